//! The nodes of a trie and what can be done with a path through them.

use alloc::{boxed::Box, vec::Vec};

use alloy_primitives::{B256, Bytes, keccak256};

use super::{EMPTY_ROOT, TrieError, codec, fetch};
use crate::Preimages;

/// The sixteen children of a branch.
pub(super) type Children = Box<[Node; 16]>;

/// A node. `hash` is that of its encoding, if it is known and nothing below has changed; nodes
/// that encode to less than 32 bytes stand inside their parent and have none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Node {
    /// No key goes this way.
    #[default]
    Empty,
    /// A node that was not read yet.
    Hash(B256),
    /// The end of one key.
    Leaf {
        /// The nibbles from here to the key's end.
        path: Box<[u8]>,
        /// The value.
        value: Bytes,
        /// See [`Node`].
        hash: Option<B256>,
    },
    /// A stretch that all keys below share. Its child is a branch.
    Extension {
        /// The shared nibbles, at least one.
        path: Box<[u8]>,
        /// The branch.
        child: Box<Node>,
        /// See [`Node`].
        hash: Option<B256>,
    },
    /// A fork of the way; at least two children are not empty.
    Branch {
        /// By nibble.
        children: Children,
        /// See [`Node`].
        hash: Option<B256>,
    },
}

impl Node {
    fn leaf(path: &[u8], value: Bytes) -> Self {
        Self::Leaf {
            path: path.into(),
            value,
            hash: None,
        }
    }

    /// `child`, reached by `path` (a branch stays as it is if `path` is empty).
    fn extension(path: &[u8], child: Self) -> Self {
        if path.is_empty() {
            return child;
        }
        Self::Extension {
            path: path.into(),
            child: Box::new(child),
            hash: None,
        }
    }

    /// A branch of two children at the nibbles `a` and `b`, after `path`.
    fn fork(path: &[u8], (a, at_a): (u8, Self), (b, at_b): (u8, Self)) -> Self {
        let mut children = Children::default();
        *child_mut(&mut children, a) = at_a;
        *child_mut(&mut children, b) = at_b;
        Self::extension(
            path,
            Self::Branch {
                children,
                hash: None,
            },
        )
    }

    /// Reads the node behind a hash.
    fn open(&mut self, source: &impl Preimages) -> Result<(), TrieError> {
        if let Self::Hash(hash) = self {
            *self = fetch(*hash, source)?;
        }
        Ok(())
    }

    pub(super) fn get(
        &mut self,
        key: &[u8],
        source: &impl Preimages,
    ) -> Result<Option<Bytes>, TrieError> {
        self.open(source)?;
        match self {
            Self::Empty | Self::Hash(_) => Ok(None),
            Self::Leaf { path, value, .. } => Ok((**path == *key).then(|| value.clone())),
            Self::Extension { path, child, .. } => match key.strip_prefix(&**path) {
                Some(rest) => child.get(rest, source),
                None => Ok(None),
            },
            Self::Branch { children, .. } => match key.split_first() {
                Some((&nibble, rest)) => child_mut(children, nibble).get(rest, source),
                None => Ok(None),
            },
        }
    }

    pub(super) fn insert(
        &mut self,
        key: &[u8],
        value: Bytes,
        source: &impl Preimages,
    ) -> Result<(), TrieError> {
        self.open(source)?;
        match self {
            Self::Empty | Self::Hash(_) => *self = Self::leaf(key, value),
            Self::Leaf {
                path,
                value: old,
                hash,
            } => {
                if **path == *key {
                    *old = value;
                    *hash = None;
                    return Ok(());
                }
                let (shared, (a, rest_a), (b, rest_b)) = part(path, key)?;
                let old = Self::leaf(rest_a, core::mem::take(old));
                *self = Self::fork(shared, (a, old), (b, Self::leaf(rest_b, value)));
            }
            Self::Extension { path, child, hash } => {
                if let Some(rest) = key.strip_prefix(&**path) {
                    *hash = None;
                    return child.insert(rest, value, source);
                }
                let (shared, (a, rest_a), (b, rest_b)) = part(path, key)?;
                let old = Self::extension(rest_a, core::mem::take(child));
                *self = Self::fork(shared, (a, old), (b, Self::leaf(rest_b, value)));
            }
            Self::Branch { children, hash } => {
                let (&nibble, rest) = key.split_first().ok_or(TrieError::Prefix)?;
                *hash = None;
                return child_mut(children, nibble).insert(rest, value, source);
            }
        }
        Ok(())
    }

    pub(super) fn remove(
        &mut self,
        key: &[u8],
        source: &impl Preimages,
    ) -> Result<bool, TrieError> {
        self.open(source)?;
        match self {
            Self::Empty | Self::Hash(_) => Ok(false),
            Self::Leaf { path, .. } => {
                let found = **path == *key;
                if found {
                    *self = Self::Empty;
                }
                Ok(found)
            }
            Self::Extension { path, child, hash } => {
                let Some(rest) = key.strip_prefix(&**path) else {
                    return Ok(false);
                };
                if !child.remove(rest, source)? {
                    return Ok(false);
                }
                *hash = None;
                let child = core::mem::take(&mut **child);
                *self = child.behind(path);
                Ok(true)
            }
            Self::Branch { children, hash } => {
                let Some((&nibble, rest)) = key.split_first() else {
                    return Ok(false);
                };
                if !child_mut(children, nibble).remove(rest, source)? {
                    return Ok(false);
                }
                *hash = None;
                let mut left = (0u8..).zip(children.iter_mut());
                let mut left = left.by_ref().filter(|(_, child)| **child != Self::Empty);
                if let (Some((nibble, last)), None) = (left.next(), left.next()) {
                    if let Self::Hash(hash) = last {
                        source.prefetch_node(*hash);
                    }
                    last.open(source)?;
                    let last = core::mem::take(last);
                    *self = last.behind(&[nibble]);
                }
                Ok(true)
            }
        }
    }

    /// This opened node with `path` before it.
    fn behind(self, path: &[u8]) -> Self {
        match self {
            Self::Leaf {
                path: rest, value, ..
            } => Self::leaf(&[path, &*rest].concat(), value),
            Self::Extension {
                path: rest, child, ..
            } => Self::extension(&[path, &*rest].concat(), *child),
            Self::Empty => Self::Empty,
            branch => Self::extension(path, branch),
        }
    }

    /// The root's hash; `sink` gets what is new.
    pub(super) fn commit(&mut self, sink: &mut impl FnMut(B256, Vec<u8>)) -> B256 {
        match self {
            Self::Empty => return EMPTY_ROOT,
            Self::Hash(hash) => return *hash,
            _ => {}
        }
        if let Some(hash) = self.hash() {
            return hash;
        }
        let encoded = codec::encode(self, sink);
        let hash = keccak256(&encoded);
        self.set_hash(hash);
        sink(hash, encoded);
        hash
    }

    pub(super) fn proof(
        &mut self,
        key: &[u8],
        is_root: bool,
        source: &impl Preimages,
        out: &mut Vec<Bytes>,
    ) -> Result<(), TrieError> {
        self.open(source)?;
        let encoded = match self {
            Self::Empty | Self::Hash(_) => return Ok(()),
            _ => codec::encode(self, &mut |_, _| {}),
        };
        if is_root || encoded.len() >= 32 {
            out.push(encoded.into());
        }
        match self {
            Self::Extension { path, child, .. } => match key.strip_prefix(&**path) {
                Some(rest) => child.proof(rest, false, source, out),
                None => Ok(()),
            },
            Self::Branch { children, .. } => match key.split_first() {
                Some((&nibble, rest)) => {
                    child_mut(children, nibble).proof(rest, false, source, out)
                }
                None => Ok(()),
            },
            _ => Ok(()),
        }
    }

    /// The known hash of an opened node.
    pub(super) const fn hash(&self) -> Option<B256> {
        match self {
            Self::Empty => None,
            Self::Hash(hash) => Some(*hash),
            Self::Leaf { hash, .. } | Self::Extension { hash, .. } | Self::Branch { hash, .. } => {
                *hash
            }
        }
    }

    pub(super) const fn set_hash(&mut self, new: B256) {
        match self {
            Self::Empty | Self::Hash(_) => {}
            Self::Leaf { hash, .. } | Self::Extension { hash, .. } | Self::Branch { hash, .. } => {
                *hash = Some(new);
            }
        }
    }
}

#[expect(
    clippy::indexing_slicing,
    reason = "the index is masked to the sixteen children"
)]
pub(super) const fn child_mut(children: &mut Children, nibble: u8) -> &mut Node {
    &mut children[(nibble & 15) as usize]
}

/// A way's first nibble and the rest of it.
type Way<'a> = (u8, &'a [u8]);

/// Where two paths part: what they share, then each one's own.
fn part<'a>(a: &'a [u8], b: &'a [u8]) -> Result<(&'a [u8], Way<'a>, Way<'a>), TrieError> {
    let shared = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    let (shared_a, rest_a) = a.split_at(shared);
    let (_, rest_b) = b.split_at(shared);
    match (rest_a.split_first(), rest_b.split_first()) {
        (Some((&x, rest_a)), Some((&y, rest_b))) => Ok((shared_a, (x, rest_a), (y, rest_b))),
        _ => Err(TrieError::Prefix),
    }
}
