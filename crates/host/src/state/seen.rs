//! What one run's proofs have shown: where a node hangs, whose code has which hash.

use std::collections::{HashMap, VecDeque};

use alloy_consensus::Header;
use alloy_primitives::{Address, B256};
use alloy_trie::Nibbles;
use endgame_preimage::PreimageKey;

use super::Proof;
use crate::{request::BlockId, trie::Walk};

/// Bounds on what is remembered: beyond them the oldest, or all, is forgotten.
const MAX_MENTIONS: usize = 1 << 18;
const MAX_PROOFS: usize = 512;
const MAX_HEADERS: usize = 4096;

/// Whose trie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Owner {
    Accounts,
    Storage(Address),
}

/// Where a node hangs that a proof mentioned by hash only.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    pub(crate) block: BlockId,
    pub(crate) owner: Owner,
    pub(crate) path: Nibbles,
}

/// The memory of one run. It only helps to find things: everything found is checked by hash.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    mentions: HashMap<B256, Place>,
    proofs: VecDeque<(BlockId, Address, Option<B256>)>,
    code_owners: HashMap<B256, (Address, BlockId)>,
    state_roots: HashMap<u64, B256>,
}

impl Seen {
    pub(crate) fn header(&mut self, header: &Header) {
        if self.state_roots.len() >= MAX_HEADERS {
            self.state_roots.clear();
        }
        self.state_roots.insert(header.number, header.state_root);
    }

    pub(crate) fn state_root(&self, block: BlockId) -> Option<B256> {
        match block {
            BlockId::Number(number) => self.state_roots.get(&number).copied(),
            BlockId::Hash(_) => None,
        }
    }

    pub(crate) fn proof(
        &mut self,
        block: BlockId,
        address: Address,
        slot: Option<B256>,
        proof: &Proof,
    ) {
        if self.proofs.len() >= MAX_PROOFS {
            self.proofs.pop_front();
        }
        self.proofs.push_back((block, address, slot));
        if let Some(account) = &proof.value {
            self.code_owners.insert(account.code_hash, (address, block));
        }
        self.mention(block, Owner::Accounts, &proof.account);
        if let Some(storage) = &proof.storage {
            self.mention(block, Owner::Storage(address), storage);
        }
    }

    fn mention(&mut self, block: BlockId, owner: Owner, walk: &Walk) {
        if self.mentions.len() >= MAX_MENTIONS {
            self.mentions.clear();
        }
        self.mentions.extend(walk.mentions.iter().map(|mention| {
            let place = Place {
                block,
                owner,
                path: mention.path,
            };
            (mention.hash, place)
        }));
    }

    pub(crate) fn place(&self, hash: B256) -> Option<Place> {
        self.mentions.get(&hash).copied()
    }

    /// The hash behind a keccak key, if a proof mentioned it. The key lacks its first byte.
    pub(crate) fn mentioned(&self, key: PreimageKey) -> Option<B256> {
        (0..=u8::MAX)
            .map(|first| {
                let mut hash = B256::new(*key.as_bytes());
                hash.0[0] = first;
                hash
            })
            .find(|hash| self.mentions.contains_key(hash))
    }

    pub(crate) fn code_owner(&self, hash: B256) -> Option<(Address, BlockId)> {
        self.code_owners.get(&hash).copied()
    }

    /// The proofs asked for in the same trie of the same block, the newest first.
    pub(crate) fn proofs_at(&self, place: &Place) -> Vec<(Address, Option<B256>)> {
        self.proofs
            .iter()
            .rev()
            .filter(|(block, address, slot)| {
                *block == place.block
                    && match place.owner {
                        Owner::Accounts => true,
                        Owner::Storage(owner) => *address == owner && slot.is_some(),
                    }
            })
            .map(|(_, address, slot)| (*address, *slot))
            .collect()
    }
}
