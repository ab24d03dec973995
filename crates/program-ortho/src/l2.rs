//! L2 up to the safe head: old blocks from the oracle, new ones as they are executed.

use alloc::{boxed::Box, collections::BTreeMap, rc::Rc, vec::Vec};

use endgame_ortho_derive::{Genesis, L2Block};
use endgame_ortho_primitives::Hash;
use endgame_ortho_types::Header;

use crate::{PreimageError, oracle::Oracle};

/// L2 as derivation reads it.
#[derive(Debug)]
pub(crate) struct L2 {
    oracle: Oracle,
    genesis: Genesis,
    agreed: Header,
    /// The agreed block and its ancestors, down to the lowest that was asked for.
    headers: BTreeMap<u64, (Hash, Header)>,
    /// Those with their transactions, and the blocks that were executed.
    blocks: BTreeMap<u64, Rc<L2Block>>,
}

impl L2 {
    /// L2 up to the agreed block, of which `hash` is the hash.
    pub(crate) fn new(oracle: Oracle, genesis: Genesis, hash: Hash) -> Result<Self, PreimageError> {
        let agreed = read_header(&oracle, hash)?;
        Ok(Self {
            oracle,
            genesis,
            headers: [(agreed.number, (hash, agreed.clone()))].into(),
            agreed,
            blocks: BTreeMap::new(),
        })
    }

    /// The header of the agreed block.
    pub(crate) const fn agreed(&self) -> &Header {
        &self.agreed
    }

    /// Adds a block that was executed.
    pub(crate) fn add(
        &mut self,
        hash: Hash,
        header: Header,
        transactions: Vec<Vec<u8>>,
    ) -> Result<Rc<L2Block>, PreimageError> {
        let number = header.number;
        let block = self.block_of(hash, header, transactions)?;
        self.blocks.insert(number, Rc::clone(&block));
        Ok(block)
    }

    /// Takes back the executed blocks after the one with this number.
    pub(crate) fn take_back(&mut self, number: u64) {
        self.blocks.split_off(&number.saturating_add(1));
    }

    /// The block with this number.
    pub(crate) fn block(&mut self, number: u64) -> Result<Rc<L2Block>, PreimageError> {
        if let Some(block) = self.blocks.get(&number) {
            return Ok(Rc::clone(block));
        }
        let (hash, header) = self.header(number)?;
        self.oracle.hint("l2-transactions", &[&hash.0])?;
        let root = header.transactions_root;
        let transactions = self.oracle.list("transactions", hash, root)?;
        let block = self.block_of(hash, header, transactions)?;
        self.blocks.insert(number, Rc::clone(&block));
        Ok(block)
    }

    fn block_of(
        &self,
        hash: Hash,
        header: Header,
        transactions: Vec<Vec<u8>>,
    ) -> Result<Rc<L2Block>, PreimageError> {
        L2Block::new(hash, header, transactions, &self.genesis)
            .map(Rc::new)
            .map_err(|error| PreimageError::L2Block(Box::new(error)))
    }

    /// The header with this number, at or before the agreed block.
    fn header(&mut self, number: u64) -> Result<(Hash, Header), PreimageError> {
        loop {
            if let Some(found) = self.headers.get(&number) {
                return Ok(found.clone());
            }
            let (child, hash) = match self.headers.first_key_value() {
                Some((lowest, (_, header))) if *lowest > number => (*lowest, header.parent_hash),
                _ => return Err(PreimageError::PastSafeHead(number)),
            };
            let header = read_header(&self.oracle, hash)?;
            if header.number.checked_add(1) != Some(child) {
                return Err(PreimageError::Number {
                    hash,
                    number: header.number,
                    child,
                });
            }
            self.headers.insert(header.number, (hash, header));
        }
    }
}

fn read_header(oracle: &Oracle, hash: Hash) -> Result<Header, PreimageError> {
    oracle.hint("l2-block-header", &[&hash.0])?;
    let rlp = oracle.keccak(hash)?;
    Header::decode(&rlp).map_err(|error| PreimageError::Malformed {
        what: "L2 header",
        hash,
        error,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Served;

    #[test]
    fn ancestors_are_found_by_hash_and_nothing_is_known_past_the_agreed_block() {
        let served = Served::default();
        let header = |number, parent_hash| Header {
            number,
            parent_hash,
            transactions_root: Hash::EMPTY_TRIE,
            ..Header::default()
        };
        let first = served.keccak(header(0, Hash::ZERO).encode());
        let second = served.keccak(header(1, first).encode());
        let mut genesis = Genesis::default();
        genesis.l2.hash = first;
        let mut l2 = L2::new(served.natively(), genesis, second).unwrap();
        assert_eq!(l2.agreed().number, 1);
        assert_eq!(l2.block(0).unwrap().hash, first);
        assert_eq!(l2.block(2), Err(PreimageError::PastSafeHead(2)));
        // No block after the genesis is without transactions.
        let bare = l2.block(1);
        assert!(matches!(bare, Err(PreimageError::L2Block(_))), "{bare:?}");

        let skipping = served.keccak(header(5, first).encode());
        let mut l2 = L2::new(served.natively(), genesis, skipping).unwrap();
        let error = PreimageError::Number {
            hash: first,
            number: 0,
            child: 5,
        };
        assert_eq!(l2.block(0), Err(error));
    }
}
