//! An L1 for tests.
#![allow(
    dead_code,
    reason = "each test file is its own crate and uses what it needs"
)]

use std::{cell::RefCell, collections::BTreeMap, rc::Rc};

use endgame_ortho_derive::{L1Block, L2Block, Source};
use endgame_ortho_primitives::{Address, Bloom, Hash, Word, keccak256};
use endgame_ortho_types::{
    DepositReceipt, Header, Log, Outcome, Receipt, Signature, Signed, Transaction, Unsigned,
};
use k256::ecdsa::SigningKey;

/// Blocks by their hash or number, whatever they claim to be.
#[derive(Default)]
pub(crate) struct L1 {
    pub(crate) blocks: BTreeMap<Hash, Rc<L1Block>>,
    pub(crate) transactions: BTreeMap<Hash, Vec<Vec<u8>>>,
    pub(crate) receipts: BTreeMap<Hash, Vec<Vec<u8>>>,
    pub(crate) blobs: BTreeMap<(u64, Hash), Vec<u8>>,
    pub(crate) l2: BTreeMap<u64, Rc<L2Block>>,
    /// What was asked for, in order.
    pub(crate) asked_blobs: RefCell<Vec<(u64, Hash)>>,
}

/// What the source has not got.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Missing(pub(crate) &'static str);

impl Source for L1 {
    type Error = Missing;

    fn l1_block(&mut self, hash: Hash) -> Result<Rc<L1Block>, Missing> {
        self.blocks.get(&hash).cloned().ok_or(Missing("block"))
    }

    fn l1_block_at(&mut self, number: u64) -> Result<Option<Rc<L1Block>>, Missing> {
        let mut blocks = self.blocks.values();
        Ok(blocks.find(|block| block.header.number == number).cloned())
    }

    fn l1_transactions(&mut self, block: &L1Block) -> Result<Vec<Vec<u8>>, Missing> {
        Ok(self
            .transactions
            .get(&block.hash)
            .cloned()
            .unwrap_or_default())
    }

    fn l1_receipts(&mut self, block: &L1Block) -> Result<Vec<Vec<u8>>, Missing> {
        Ok(self.receipts.get(&block.hash).cloned().unwrap_or_default())
    }

    fn blob(&mut self, _: &L1Block, index: u64, hash: Hash) -> Result<Vec<u8>, Missing> {
        self.asked_blobs.borrow_mut().push((index, hash));
        self.blobs
            .get(&(index, hash))
            .cloned()
            .ok_or(Missing("blob"))
    }

    fn l2_block(&mut self, number: u64) -> Result<Rc<L2Block>, Missing> {
        self.l2.get(&number).cloned().ok_or(Missing("L2 block"))
    }
}

/// An L1 block with this number and time.
pub(crate) fn l1_block(number: u64, timestamp: u64) -> L1Block {
    let header = Header {
        number,
        timestamp,
        base_fee_per_gas: Some(Word::from(7_u64)),
        // Allows for every log.
        logs_bloom: Box::new(Bloom([0xff; 256])),
        ..Header::default()
    };
    L1Block {
        hash: header.hash(),
        header,
    }
}

/// The address of the key that is made of this byte.
pub(crate) fn address_of(key: u8) -> Address {
    let key = SigningKey::from_slice(&[key; 32]).unwrap();
    let point = key.verifying_key().to_encoded_point(false);
    Address::from_word(keccak256(&point.as_bytes()[1..]).to_word())
}

/// The transaction as the key that is made of this byte signs it.
pub(crate) fn sign(body: Unsigned, key: u8) -> Vec<u8> {
    let key = SigningKey::from_slice(&[key; 32]).unwrap();
    let (signature, id) = key
        .sign_prehash_recoverable(&body.signing_hash().0)
        .unwrap();
    let signature = Signature {
        y_odd: id.is_y_odd(),
        r: Word::from_be_slice(&signature.r().to_bytes()),
        s: Word::from_be_slice(&signature.s().to_bytes()),
    };
    Transaction::Signed(Signed { body, signature }).encode()
}

/// The receipt of a transaction that succeeded.
pub(crate) fn receipt(tx_type: u8, logs: Vec<Log>) -> Receipt {
    Receipt {
        tx_type,
        outcome: Outcome::Status(true),
        cumulative_gas_used: 21_000,
        logs_bloom: Box::new(Receipt::bloom_of(&logs)),
        logs,
        deposit: DepositReceipt::default(),
    }
}
