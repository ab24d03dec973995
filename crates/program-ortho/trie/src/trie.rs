//! Reading and changing.

use alloc::{boxed::Box, vec::Vec};
use core::mem;

use endgame_ortho_primitives::{Hash, meter};

use crate::{
    NodeError, NodeStore, TrieError, decode, encode,
    nibbles::{Nibbles, shared},
    node::{Branch, Node},
};

/// A trie in memory, whose untouched parts are in a store.
///
/// No key may be another's beginning: keys are hashes, or RLP numbers.
#[derive(Clone, Debug, Default)]
pub struct Trie {
    root: Node,
}

impl Trie {
    /// A trie of nothing.
    pub const fn new() -> Self {
        Self { root: Node::Empty }
    }

    /// The trie in a store with this root hash.
    pub fn at(root: Hash) -> Self {
        let root = if root == Hash::EMPTY_TRIE {
            Node::Empty
        } else {
            Node::Stored(root)
        };
        Self { root }
    }

    /// The root hash. Hashes what has changed since it was last asked for.
    pub fn root(&mut self) -> Hash {
        encode::root_hash(&mut self.root)
    }

    /// The value of `key`.
    pub fn get<S: NodeStore>(
        &mut self,
        store: &S,
        key: &[u8],
    ) -> Result<Option<&[u8]>, TrieError<S::Error>> {
        let key = Nibbles::of_key(key);
        let mut rest = key.as_slice();
        let mut node = &mut self.root;
        loop {
            load(node, store)?;
            match node {
                Node::Empty | Node::Stored(_) => return Ok(None),
                Node::Leaf(path, value) => {
                    return Ok((path.as_slice() == rest).then_some(value.as_slice()));
                }
                Node::Extension(path, child) => {
                    let Some(after) = rest.strip_prefix(path.as_slice()) else {
                        return Ok(None);
                    };
                    rest = after;
                    node = child;
                }
                Node::Branch(branch) => {
                    let (nibble, after) = rest.split_first().ok_or(TrieError::KeyLength)?;
                    rest = after;
                    let child = branch.children.get_mut(usize::from(*nibble));
                    node = child.ok_or(TrieError::KeyLength)?;
                }
            }
        }
    }

    /// Sets the value of `key`.
    pub fn insert<S: NodeStore>(
        &mut self,
        store: &S,
        key: &[u8],
        value: Vec<u8>,
    ) -> Result<(), TrieError<S::Error>> {
        if value.is_empty() {
            return Err(TrieError::EmptyValue);
        }
        insert(
            &mut self.root,
            store,
            Nibbles::of_key(key).as_slice(),
            value,
        )
    }

    /// Removes `key`; whether it was there.
    pub fn delete<S: NodeStore>(
        &mut self,
        store: &S,
        key: &[u8],
    ) -> Result<bool, TrieError<S::Error>> {
        // Look first: nothing on the way is marked as changed if nothing changes.
        if self.get(store, key)?.is_none() {
            return Ok(false);
        }
        delete(&mut self.root, store, Nibbles::of_key(key).as_slice())?;
        Ok(true)
    }

    /// The RLP of the nodes from the root to `key`, or to where the trie shows that it is not
    /// there: a Merkle proof. Nodes that stand inside their parents are not listed.
    pub fn prove<S: NodeStore>(
        &mut self,
        store: &S,
        key: &[u8],
    ) -> Result<Vec<Vec<u8>>, TrieError<S::Error>> {
        let key = Nibbles::of_key(key);
        let mut rest = key.as_slice();
        let mut proof = Vec::new();
        let mut node = &mut self.root;
        loop {
            load(node, store)?;
            if matches!(node, Node::Empty) {
                return Ok(proof);
            }
            let rlp = encode::encode(node);
            if proof.is_empty() || rlp.len() >= 32 {
                proof.push(rlp);
            }
            match node {
                Node::Empty | Node::Stored(_) | Node::Leaf(..) => return Ok(proof),
                Node::Extension(path, child) => {
                    let Some(after) = rest.strip_prefix(path.as_slice()) else {
                        return Ok(proof);
                    };
                    rest = after;
                    node = child;
                }
                Node::Branch(branch) => {
                    let (nibble, after) = rest.split_first().ok_or(TrieError::KeyLength)?;
                    rest = after;
                    let child = branch.children.get_mut(usize::from(*nibble));
                    node = child.ok_or(TrieError::KeyLength)?;
                }
            }
        }
    }
}

/// Replaces a stored node by what the store has.
fn load<S: NodeStore>(node: &mut Node, store: &S) -> Result<(), TrieError<S::Error>> {
    meter::work(1);
    if let Node::Stored(hash) = *node {
        let rlp = store
            .node(hash)
            .map_err(|error| TrieError::Store { hash, error })?;
        *node = decode::stored(&rlp, hash, store.vouches())
            .map_err(|error| TrieError::Malformed { hash, error })?;
    }
    Ok(())
}

/// Loads the node under an extension, which must be a branch.
fn load_branch<S: NodeStore>(node: &mut Node, store: &S) -> Result<(), TrieError<S::Error>> {
    let hash = if let Node::Stored(hash) = *node {
        hash
    } else {
        Hash::ZERO
    };
    load(node, store)?;
    match node {
        Node::Branch(_) => Ok(()),
        _ => Err(TrieError::Malformed {
            hash,
            error: NodeError::Extension,
        }),
    }
}

fn insert<S: NodeStore>(
    node: &mut Node,
    store: &S,
    key: &[u8],
    value: Vec<u8>,
) -> Result<(), TrieError<S::Error>> {
    load(node, store)?;
    match node {
        Node::Empty | Node::Stored(_) => *node = Node::Leaf(Nibbles::from_nibbles(key), value),
        Node::Leaf(path, old) if path.as_slice() == key => *old = value,
        Node::Leaf(path, old) => {
            let common = shared(path.as_slice(), key);
            let mut branch = Branch::default();
            let old = mem::take(old);
            put(&mut branch, path.as_slice(), common, |rest| {
                Node::Leaf(rest, old)
            })?;
            put(&mut branch, key, common, |rest| Node::Leaf(rest, value))?;
            *node = under_path(key, common, branch);
        }
        Node::Extension(path, child) => {
            if let Some(rest) = key.strip_prefix(path.as_slice()) {
                load_branch(child, store)?;
                return insert(child, store, rest, value);
            }
            let common = shared(path.as_slice(), key);
            let mut branch = Branch::default();
            let child = mem::take(child);
            put(&mut branch, path.as_slice(), common, |rest| {
                if rest.is_empty() {
                    *child
                } else {
                    Node::Extension(rest, child)
                }
            })?;
            put(&mut branch, key, common, |rest| Node::Leaf(rest, value))?;
            *node = under_path(key, common, branch);
        }
        Node::Branch(branch) => {
            let (nibble, rest) = key.split_first().ok_or(TrieError::KeyLength)?;
            branch.hash = None;
            let child = branch.children.get_mut(usize::from(*nibble));
            insert(child.ok_or(TrieError::KeyLength)?, store, rest, value)?;
        }
    }
    Ok(())
}

/// Puts a node at the way that `path` takes after its first `common` nibbles.
fn put<E>(
    branch: &mut Branch,
    path: &[u8],
    common: usize,
    node: impl FnOnce(Nibbles) -> Node,
) -> Result<(), TrieError<E>> {
    let (nibble, rest) = path
        .get(common..)
        .and_then(<[u8]>::split_first)
        .ok_or(TrieError::KeyLength)?;
    let child = branch
        .children
        .get_mut(usize::from(*nibble))
        .ok_or(TrieError::KeyLength)?;
    *child = node(Nibbles::from_nibbles(rest));
    Ok(())
}

/// The branch, under an extension by the first `common` nibbles of `path` if there are any.
fn under_path(path: &[u8], common: usize, branch: Branch) -> Node {
    let branch = Node::Branch(Box::new(branch));
    match path.get(..common) {
        None | Some([]) => branch,
        Some(path) => Node::Extension(Nibbles::from_nibbles(path), Box::new(branch)),
    }
}

/// Removes a key that is there.
fn delete<S: NodeStore>(node: &mut Node, store: &S, key: &[u8]) -> Result<(), TrieError<S::Error>> {
    match node {
        Node::Empty | Node::Stored(_) => {}
        Node::Leaf(..) => *node = Node::Empty,
        Node::Extension(path, child) => {
            let rest = key
                .strip_prefix(path.as_slice())
                .ok_or(TrieError::KeyLength)?;
            delete(child, store, rest)?;
            let path = mem::take(path);
            *node = prefixed(path, None, mem::take(child));
        }
        Node::Branch(branch) => {
            let (nibble, rest) = key.split_first().ok_or(TrieError::KeyLength)?;
            branch.hash = None;
            let child = branch.children.get_mut(usize::from(*nibble));
            delete(child.ok_or(TrieError::KeyLength)?, store, rest)?;
            let mut left = (0u8..).zip(&mut branch.children);
            let mut left = left
                .by_ref()
                .filter(|(_, child)| !matches!(child, Node::Empty));
            if let (Some((nibble, only)), None) = (left.next(), left.next()) {
                // What the only one left is decides how the path goes on, so it must be loaded.
                if let Node::Stored(hash) = *only {
                    store
                        .expect_sibling(hash)
                        .map_err(|error| TrieError::Store { hash, error })?;
                }
                load(only, store)?;
                let only = Box::new(mem::take(only));
                *node = prefixed(Nibbles::default(), Some(nibble), only);
            }
        }
    }
    Ok(())
}

/// `node` under the path `path` and `nibble`, merged with its own path if it has one.
fn prefixed(path: Nibbles, nibble: Option<u8>, node: Box<Node>) -> Node {
    match *node {
        Node::Leaf(rest, value) => Node::Leaf(path.joined(nibble, &rest), value),
        Node::Extension(rest, child) => Node::Extension(path.joined(nibble, &rest), child),
        Node::Empty => Node::Empty,
        Node::Branch(_) | Node::Stored(_) => {
            Node::Extension(path.joined(nibble, &Nibbles::default()), node)
        }
    }
}
