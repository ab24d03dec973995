//! Receipts.

use alloc::{boxed::Box, vec::Vec};

use endgame_ortho_primitives::{Address, Bloom, Hash};
use endgame_ortho_rlp::{Encoder, Reader, RlpError};

use crate::{DEPOSIT_TYPE, DecodeError};

/// An event that a contract logged.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Log {
    /// The contract.
    pub address: Address,
    /// At most four.
    pub topics: Vec<Hash>,
    /// The rest.
    pub data: Vec<u8>,
}

/// How a transaction ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Whether it succeeded (EIP-658).
    Status(bool),
    /// The state root after it, before Byzantium.
    StateRoot(Hash),
}

/// What a deposit's receipt adds (Regolith and Canyon).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DepositReceipt {
    /// The sender's nonce before the deposit, from Regolith.
    pub nonce: Option<u64>,
    /// 1 from Canyon, where the nonce is hashed too.
    pub version: Option<u64>,
}

/// A transaction's receipt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The transaction's type; 0 for a legacy one.
    pub tx_type: u8,
    /// How it ended.
    pub outcome: Outcome,
    /// Gas used in the block up to and with this transaction.
    pub cumulative_gas_used: u64,
    /// Filter over the logs.
    pub logs_bloom: Box<Bloom>,
    /// What was logged.
    pub logs: Vec<Log>,
    /// Only for deposits.
    pub deposit: DepositReceipt,
}

impl Receipt {
    /// Decodes a value of the receipts' trie (EIP-2718).
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let (&first, rest) = bytes.split_first().ok_or(DecodeError::Empty)?;
        let (tx_type, mut outer) = match first {
            0xc0.. => (0, Reader::new(bytes)),
            1..=4 | DEPOSIT_TYPE => (first, Reader::new(rest)),
            other => return Err(DecodeError::UnknownType(other)),
        };
        let mut items = outer.list()?;
        outer.end()?;
        let outcome = match items.bytes()? {
            [] => Outcome::Status(false),
            [1] => Outcome::Status(true),
            root => {
                Outcome::StateRoot(Hash::from_slice(root).ok_or(DecodeError::Outcome(root.len()))?)
            }
        };
        let cumulative_gas_used = items.u64()?;
        let logs_bloom = Box::new(Bloom(items.array()?));
        let mut list = items.list()?;
        let mut logs = Vec::new();
        while !list.is_empty() {
            logs.push(Log::read(&mut list)?);
        }
        let mut deposit = DepositReceipt::default();
        if tx_type == DEPOSIT_TYPE {
            if !items.is_empty() {
                deposit.nonce = Some(items.u64()?);
            }
            if !items.is_empty() {
                deposit.version = Some(items.u64()?);
            }
        }
        items.end()?;
        Ok(Self {
            tx_type,
            outcome,
            cumulative_gas_used,
            logs_bloom,
            logs,
            deposit,
        })
    }

    /// The value of the receipts' trie.
    pub fn encode(&self) -> Vec<u8> {
        let out = if self.tx_type == 0 {
            Vec::new()
        } else {
            [self.tx_type].to_vec()
        };
        let mut encoder = Encoder::after(out);
        encoder.list(|items| {
            match self.outcome {
                Outcome::Status(succeeded) => items.bool(succeeded),
                Outcome::StateRoot(root) => items.bytes(&root.0),
            }
            items.u64(self.cumulative_gas_used);
            items.bytes(&self.logs_bloom.0);
            items.list(|list| self.logs.iter().for_each(|log| log.write(list)));
            if let (DEPOSIT_TYPE, Some(nonce)) = (self.tx_type, self.deposit.nonce) {
                items.u64(nonce);
                if let Some(version) = self.deposit.version {
                    items.u64(version);
                }
            }
        });
        encoder.finish()
    }

    /// The filter over these logs.
    pub fn bloom_of(logs: &[Log]) -> Bloom {
        let mut bloom = Bloom::default();
        for log in logs {
            bloom.accrue(&log.address.0);
            log.topics.iter().for_each(|topic| bloom.accrue(&topic.0));
        }
        bloom
    }
}

impl Log {
    fn read(list: &mut Reader<'_>) -> Result<Self, RlpError> {
        let mut items = list.list()?;
        let address = items.address()?;
        let mut topics = Vec::new();
        let mut hashes = items.list()?;
        while !hashes.is_empty() {
            topics.push(hashes.hash()?);
        }
        let data = items.bytes()?.to_vec();
        items.end()?;
        Ok(Self {
            address,
            topics,
            data,
        })
    }

    /// Writes the log as an item: also what the "logs hash" of a state test is made of.
    pub fn write(&self, encoder: &mut Encoder) {
        encoder.list(|items| {
            items.bytes(&self.address.0);
            items.list(|list| self.topics.iter().for_each(|topic| list.bytes(&topic.0)));
            items.bytes(&self.data);
        });
    }
}
