//! L1 up to a head, by hashes from there.

use alloc::{collections::BTreeMap, rc::Rc, vec::Vec};

use endgame_ortho_derive::L1Block;
use endgame_ortho_primitives::Hash;
use endgame_ortho_types::Header;

use crate::{PreimageError, oracle::Oracle};

/// L1 as derivation reads it.
#[derive(Debug)]
pub(crate) struct L1 {
    oracle: Oracle,
    blocks: BTreeMap<Hash, Rc<L1Block>>,
    /// The canonical blocks from the head down to the lowest that was asked for.
    canonical: BTreeMap<u64, Rc<L1Block>>,
}

impl L1 {
    pub(crate) fn new(oracle: Oracle, head: Hash) -> Result<Self, PreimageError> {
        let mut l1 = Self {
            oracle,
            blocks: BTreeMap::new(),
            canonical: BTreeMap::new(),
        };
        let head = l1.block(head)?;
        l1.canonical.insert(head.header.number, head);
        Ok(l1)
    }

    /// The block with this hash.
    pub(crate) fn block(&mut self, hash: Hash) -> Result<Rc<L1Block>, PreimageError> {
        if let Some(block) = self.blocks.get(&hash) {
            return Ok(Rc::clone(block));
        }
        self.oracle.hint("l1-block-header", &[&hash.0])?;
        let rlp = self.oracle.keccak(hash)?;
        let header = Header::decode(&rlp).map_err(|error| PreimageError::Malformed {
            what: "L1 header",
            hash,
            error,
        })?;
        let block = Rc::new(L1Block { hash, header });
        self.blocks.insert(hash, Rc::clone(&block));
        Ok(block)
    }

    /// The canonical block with this number, nothing past the head.
    pub(crate) fn block_at(&mut self, number: u64) -> Result<Option<Rc<L1Block>>, PreimageError> {
        loop {
            if let Some(block) = self.canonical.get(&number) {
                return Ok(Some(Rc::clone(block)));
            }
            let parent_hash = match self.canonical.first_key_value() {
                Some((lowest, block)) if *lowest > number => block.header.parent_hash,
                _ => return Ok(None),
            };
            let child = self.canonical.first_key_value().map_or(0, |(n, _)| *n);
            let parent = self.block(parent_hash)?;
            if parent.header.number.checked_add(1) != Some(child) {
                return Err(PreimageError::Number {
                    hash: parent.hash,
                    number: parent.header.number,
                    child,
                });
            }
            self.canonical.insert(parent.header.number, parent);
        }
    }

    pub(crate) fn transactions(&self, block: &L1Block) -> Result<Vec<Vec<u8>>, PreimageError> {
        self.oracle.hint("l1-transactions", &[&block.hash.0])?;
        let root = block.header.transactions_root;
        self.oracle.list("transactions", block.hash, root)
    }

    pub(crate) fn receipts(&self, block: &L1Block) -> Result<Vec<Vec<u8>>, PreimageError> {
        self.oracle.hint("l1-receipts", &[&block.hash.0])?;
        let root = block.header.receipts_root;
        self.oracle.list("receipts", block.hash, root)
    }
}

#[cfg(test)]
mod tests {
    use alloc::{format, vec};

    use endgame_preimage::PreimageKey;

    use super::*;
    use crate::testing::Served;

    /// A chain of blocks with these numbers; their hashes.
    fn chain(served: &Served, numbers: &[u64]) -> Vec<Hash> {
        let mut parent_hash = Hash::ZERO;
        let mut hashes = Vec::new();
        for number in numbers {
            let header = Header {
                parent_hash,
                number: *number,
                ..Header::default()
            };
            parent_hash = served.keccak(header.encode());
            hashes.push(parent_hash);
        }
        hashes
    }

    #[test]
    fn canonical_blocks_are_found_from_the_head_down() {
        let served = Served::default();
        let hashes = chain(&served, &[7, 8, 9]);
        let mut l1 = L1::new(served.natively(), hashes[2]).unwrap();
        assert_eq!(l1.block_at(7).unwrap().unwrap().hash, hashes[0]);
        assert_eq!(l1.block_at(9).unwrap().unwrap().hash, hashes[2]);
        assert_eq!(l1.block_at(10).unwrap(), None);
        // Each header is asked for once, after its hint.
        let hinted = [2, 1, 0].map(|i: usize| format!("l1-block-header {}", hashes[i]));
        assert_eq!(served.hints(), hinted);
    }

    #[test]
    fn numbers_that_do_not_follow_one_another_end_the_walk() {
        let served = Served::default();
        let hashes = chain(&served, &[9, 9]);
        let mut l1 = L1::new(served.natively(), hashes[1]).unwrap();
        let error = PreimageError::Number {
            hash: hashes[0],
            number: 9,
            child: 9,
        };
        assert_eq!(l1.block_at(5), Err(error));
    }

    #[test]
    fn header_that_is_none_and_one_that_is_not_there_are_told_apart() {
        let served = Served::default();
        let hash = served.keccak(vec![0xc0]);
        let malformed = L1::new(served.natively(), hash).unwrap_err();
        assert!(matches!(
            malformed,
            PreimageError::Malformed {
                what: "L1 header",
                ..
            }
        ));
        served.remove(PreimageKey::keccak256(hash.0));
        let missing = L1::new(served.natively(), hash).unwrap_err();
        assert!(matches!(missing, PreimageError::Oracle(_)));
    }

    #[test]
    fn lists_are_those_of_the_header_after_their_hints() {
        let served = Served::default();
        let (transactions, receipts) = ([[1; 40].to_vec()], [[2; 40].to_vec()]);
        let header = Header {
            transactions_root: served.list(&transactions),
            receipts_root: served.list(&receipts),
            ..Header::default()
        };
        let hash = served.keccak(header.encode());
        let mut l1 = L1::new(served.natively(), hash).unwrap();
        let block = l1.block(hash).unwrap();
        served.hints();
        assert_eq!(l1.transactions(&block).unwrap(), transactions);
        assert_eq!(l1.receipts(&block).unwrap(), receipts);
        let hinted = ["l1-transactions", "l1-receipts"].map(|name| format!("{name} {hash}"));
        assert_eq!(served.hints(), hinted);
    }
}
