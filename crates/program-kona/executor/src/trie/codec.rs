//! The RLP of trie nodes (yellow paper, appendix D).

use alloc::{boxed::Box, vec::Vec};

use alloy_primitives::{B256, Bytes, keccak256};
use alloy_rlp::{Encodable, Header};

use super::node::{Children, Node, child_mut};

/// More nibbles than any key here has, a list's or a state's.
const MAX_PATH: usize = 64;

/// Decodes the node whose encoding has this hash.
pub(super) fn decode(raw: &Bytes, hash: B256) -> Result<Node, &'static str> {
    let mut node = decode_node(raw, raw)?;
    node.set_hash(hash);
    Ok(node)
}

/// An item of a node's list.
#[derive(Clone, Copy)]
struct Item<'a> {
    list: bool,
    /// With its header.
    whole: &'a [u8],
    payload: &'a [u8],
}

/// Splits the first item off.
fn split<'a>(rest: &mut &'a [u8]) -> Result<Item<'a>, &'static str> {
    let whole = *rest;
    let header = Header::decode(rest).map_err(|_| "not RLP")?;
    let (payload, after) = rest
        .split_at_checked(header.payload_length)
        .ok_or("item longer than the node")?;
    *rest = after;
    let (whole, _) = whole
        .split_at_checked(whole.len() - after.len())
        .ok_or("item longer than the node")?;
    Ok(Item {
        list: header.list,
        whole,
        payload,
    })
}

/// Decodes `encoded`, a part of `raw` (values share its memory).
fn decode_node(encoded: &[u8], raw: &Bytes) -> Result<Node, &'static str> {
    let mut rest = encoded;
    let outer = split(&mut rest)?;
    if !rest.is_empty() {
        return Err("bytes after the node");
    }
    if !outer.list {
        return if outer.payload.is_empty() {
            Ok(Node::Empty)
        } else {
            Err("neither a list nor empty")
        };
    }
    let mut rest = outer.payload;
    let mut items = Vec::with_capacity(17);
    while !rest.is_empty() {
        if items.len() == 17 {
            return Err("more than 17 items");
        }
        items.push(split(&mut rest)?);
    }
    match items.as_slice() {
        [path, value] => {
            if path.list {
                return Err("path is a list");
            }
            let (path, is_leaf) = decode_path(path.payload)?;
            if is_leaf {
                if value.list {
                    return Err("value is a list");
                }
                return Ok(Node::Leaf {
                    path,
                    value: raw.slice_ref(value.payload),
                    hash: None,
                });
            }
            let child = decode_reference(*value, raw)?;
            if path.is_empty() || child == Node::Empty {
                return Err("extension that leads nowhere");
            }
            Ok(Node::Extension {
                path,
                child: Box::new(child),
                hash: None,
            })
        }
        [ways @ .., value] if ways.len() == 16 => {
            if value.list || !value.payload.is_empty() {
                return Err("branch with a value");
            }
            let mut children = Children::default();
            for (nibble, way) in (0u8..).zip(ways) {
                *child_mut(&mut children, nibble) = decode_reference(*way, raw)?;
            }
            Ok(Node::Branch {
                children,
                hash: None,
            })
        }
        _ => Err("neither 2 nor 17 items"),
    }
}

fn decode_reference(item: Item<'_>, raw: &Bytes) -> Result<Node, &'static str> {
    if item.list {
        if item.whole.len() >= 32 {
            return Err("inline node of 32 bytes or more");
        }
        return decode_node(item.whole, raw);
    }
    match item.payload.len() {
        0 => Ok(Node::Empty),
        32 => Ok(Node::Hash(B256::from_slice(item.payload))),
        _ => Err("reference that is no hash"),
    }
}

/// Hex-prefix decoding: the nibbles and whether they end at a leaf.
fn decode_path(encoded: &[u8]) -> Result<(Box<[u8]>, bool), &'static str> {
    let (&first, rest) = encoded.split_first().ok_or("empty path")?;
    let (flags, nibble) = (first >> 4, first & 15);
    let odd = flags & 1 == 1;
    if flags > 3 || (!odd && nibble != 0) {
        return Err("bad path flags");
    }
    if rest.len() * 2 > MAX_PATH {
        return Err("path longer than a key");
    }
    let mut path = Vec::with_capacity(rest.len() * 2 + 1);
    if odd {
        path.push(nibble);
    }
    path.extend(rest.iter().flat_map(|b| [b >> 4, b & 15]));
    Ok((path.into(), flags & 2 == 2))
}

/// Hex-prefix encoding.
fn encode_path(path: &[u8], is_leaf: bool) -> Vec<u8> {
    let flags = u8::from(is_leaf) << 5;
    let mut out = Vec::with_capacity(path.len() / 2 + 1);
    let even = match path.split_first() {
        Some((&first, rest)) if path.len() % 2 == 1 => {
            out.push(flags | 0x10 | first);
            rest
        }
        _ => {
            out.push(flags);
            path
        }
    };
    out.extend(even.as_chunks::<2>().0.iter().map(|[hi, lo]| hi << 4 | lo));
    out
}

/// The node's encoding; `sink` gets each changed node below that has a hash of its own.
pub(super) fn encode(node: &mut Node, sink: &mut impl FnMut(B256, Vec<u8>)) -> Vec<u8> {
    let mut payload = Vec::new();
    match node {
        Node::Empty => return [0x80].into(),
        // An unread node cannot be encoded; nobody asks, since its hash is known.
        Node::Hash(hash) => return hash.to_vec(),
        Node::Leaf { path, value, .. } => {
            encode_path(path, true).as_slice().encode(&mut payload);
            value.encode(&mut payload);
        }
        Node::Extension { path, child, .. } => {
            encode_path(path, false).as_slice().encode(&mut payload);
            encode_reference(child, sink, &mut payload);
        }
        Node::Branch { children, .. } => {
            payload.reserve(17 * 33);
            for child in children.iter_mut() {
                encode_reference(child, sink, &mut payload);
            }
            payload.push(0x80);
        }
    }
    let mut out = Vec::with_capacity(payload.len() + 3);
    Header {
        list: true,
        payload_length: payload.len(),
    }
    .encode(&mut out);
    out.extend_from_slice(&payload);
    out
}

fn encode_reference(node: &mut Node, sink: &mut impl FnMut(B256, Vec<u8>), out: &mut Vec<u8>) {
    let hash = match (&*node, node.hash()) {
        (Node::Empty, _) => {
            out.push(0x80);
            return;
        }
        (_, Some(hash)) => hash,
        _ => {
            let encoded = encode(node, sink);
            if encoded.len() < 32 {
                out.extend_from_slice(&encoded);
                return;
            }
            let hash = keccak256(&encoded);
            node.set_hash(hash);
            sink(hash, encoded);
            hash
        }
    };
    out.push(0xa0);
    out.extend_from_slice(hash.as_slice());
}
