//! Transactions that somebody signed.

use alloc::vec::Vec;

use endgame_ortho_primitives::{Address, Hash, Word, keccak256};
use endgame_ortho_rlp::{Encoder, Reader, RlpError};

use crate::DecodeError;

/// The type of a signed transaction: its first byte, except for a legacy one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum TxType {
    /// Before EIP-2718.
    #[default]
    Legacy = 0,
    /// EIP-2930.
    AccessList = 1,
    /// EIP-1559.
    DynamicFee = 2,
    /// EIP-4844.
    Blob = 3,
    /// EIP-7702.
    SetCode = 4,
}

/// Storage that a transaction says it will use (EIP-2930).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AccessListItem {
    /// The account.
    pub address: Address,
    /// Slots of its storage.
    pub slots: Vec<Hash>,
}

/// An account's wish to run another's code (EIP-7702). The signer is the account.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Authorization {
    /// The chain, or 0 for every chain.
    pub chain_id: Word,
    /// Whose code.
    pub address: Address,
    /// The nonce that the account must have.
    pub nonce: u64,
    /// 0 or 1, if valid.
    pub y_parity: u8,
    /// First half of the signature.
    pub r: Word,
    /// Second half of the signature.
    pub s: Word,
}

/// What is signed. Fields that a type does not have are at their defaults.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unsigned {
    /// Which fields count.
    pub tx_type: TxType,
    /// The chain; none for a legacy transaction that any chain takes (before EIP-155).
    pub chain_id: Option<u64>,
    /// Transactions that the sender sent before.
    pub nonce: u64,
    /// Wei a gas for the beneficiary; the gas price of types 0 and 1.
    pub max_priority_fee_per_gas: Word,
    /// Wei a gas at most; the gas price of types 0 and 1.
    pub max_fee_per_gas: Word,
    /// Gas at most.
    pub gas_limit: u64,
    /// The recipient; none creates a contract.
    pub to: Option<Address>,
    /// Wei.
    pub value: Word,
    /// Call data, or init code.
    pub data: Vec<u8>,
    /// Types 1 and up.
    pub access_list: Vec<AccessListItem>,
    /// Type 3: wei a blob gas at most.
    pub max_fee_per_blob_gas: Word,
    /// Type 3: versioned hashes of the blobs.
    pub blob_hashes: Vec<Hash>,
    /// Type 4.
    pub authorizations: Vec<Authorization>,
}

/// An ECDSA signature over secp256k1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Signature {
    /// Whether y of the curve point is odd.
    pub y_odd: bool,
    /// First half.
    pub r: Word,
    /// Second half.
    pub s: Word,
}

/// A signed transaction.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Signed {
    /// What is signed.
    pub body: Unsigned,
    /// By whom: the signer is recovered from it.
    pub signature: Signature,
}

impl Signed {
    /// Decodes the bytes that stand in a block.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let (&first, payload) = bytes.split_first().ok_or(DecodeError::Empty)?;
        let (tx_type, mut outer) = match first {
            0xc0.. => (TxType::Legacy, Reader::new(bytes)),
            1 => (TxType::AccessList, Reader::new(payload)),
            2 => (TxType::DynamicFee, Reader::new(payload)),
            3 => (TxType::Blob, Reader::new(payload)),
            4 => (TxType::SetCode, Reader::new(payload)),
            other => return Err(DecodeError::UnknownType(other)),
        };
        let mut items = outer.list()?;
        outer.end()?;
        let signed = if tx_type == TxType::Legacy {
            legacy(&mut items)?
        } else {
            let body = typed_body(tx_type, &mut items)?;
            let signature = Signature {
                y_odd: items.bool()?,
                r: items.word()?,
                s: items.word()?,
            };
            Self { body, signature }
        };
        items.end()?;
        Ok(signed)
    }

    /// The bytes that stand in a block.
    pub fn encode(&self) -> Vec<u8> {
        let Signature { y_odd, r, s } = self.signature;
        self.body.write(|items| {
            match (self.body.tx_type, self.body.chain_id) {
                (TxType::Legacy, None) => items.u64(27 + u64::from(y_odd)),
                // Wide: a chain id near 2^64 gives a v beyond it.
                (TxType::Legacy, Some(id)) => {
                    items.u128(u128::from(id) * 2 + 35 + u128::from(y_odd));
                }
                _ => items.bool(y_odd),
            }
            items.word(r);
            items.word(s);
        })
    }

    /// The hash that names it.
    pub fn hash(&self) -> Hash {
        keccak256(&self.encode())
    }
}

impl Unsigned {
    /// The hash that is signed.
    pub fn signing_hash(&self) -> Hash {
        keccak256(&self.write(|items| {
            if let (TxType::Legacy, Some(id)) = (self.tx_type, self.chain_id) {
                items.u64(id);
                items.u64(0);
                items.u64(0);
            }
        }))
    }

    /// The gas price of a legacy or access-list transaction is both fees at once.
    const fn has_gas_price(tx_type: TxType) -> bool {
        matches!(tx_type, TxType::Legacy | TxType::AccessList)
    }

    /// The encoding with `last` at the list's end.
    fn write(&self, last: impl FnOnce(&mut Encoder)) -> Vec<u8> {
        let typed = self.tx_type != TxType::Legacy;
        let out = if typed {
            [self.tx_type as u8].to_vec()
        } else {
            Vec::new()
        };
        let mut encoder = Encoder::after(out);
        encoder.list(|items| {
            if typed {
                items.u64(self.chain_id.unwrap_or_default());
            }
            items.u64(self.nonce);
            if !Self::has_gas_price(self.tx_type) {
                items.word(self.max_priority_fee_per_gas);
            }
            items.word(self.max_fee_per_gas);
            items.u64(self.gas_limit);
            items.bytes(self.to.as_ref().map_or(&[], |to| &to.0));
            items.word(self.value);
            items.bytes(&self.data);
            if typed {
                items.list(|list| self.access_list.iter().for_each(|item| item.write(list)));
            }
            if self.tx_type == TxType::Blob {
                items.word(self.max_fee_per_blob_gas);
                items.list(|list| self.blob_hashes.iter().for_each(|hash| list.bytes(&hash.0)));
            }
            if self.tx_type == TxType::SetCode {
                items.list(|list| self.authorizations.iter().for_each(|item| item.write(list)));
            }
            last(items);
        });
        encoder.finish()
    }
}

fn legacy(items: &mut Reader<'_>) -> Result<Signed, DecodeError> {
    let nonce = items.u64()?;
    let gas_price = items.word()?;
    let mut body = Unsigned {
        nonce,
        max_priority_fee_per_gas: gas_price,
        max_fee_per_gas: gas_price,
        gas_limit: items.u64()?,
        to: items.optional_address()?,
        value: items.word()?,
        data: items.bytes()?.to_vec(),
        ..Unsigned::default()
    };
    let v = items.u128()?;
    let low = u64::try_from(v).unwrap_or(u64::MAX);
    let y_odd = match v {
        27 | 28 => v == 28,
        35.. => {
            let id = u64::try_from((v - 35) / 2).map_err(|_| DecodeError::SignatureV(low))?;
            body.chain_id = Some(id);
            (v - 35) % 2 == 1
        }
        _ => return Err(DecodeError::SignatureV(low)),
    };
    let signature = Signature {
        y_odd,
        r: items.word()?,
        s: items.word()?,
    };
    Ok(Signed { body, signature })
}

fn typed_body(tx_type: TxType, items: &mut Reader<'_>) -> Result<Unsigned, DecodeError> {
    let chain_id = Some(items.u64()?);
    let nonce = items.u64()?;
    let max_priority_fee_per_gas = items.word()?;
    let max_fee_per_gas = if Unsigned::has_gas_price(tx_type) {
        max_priority_fee_per_gas
    } else {
        items.word()?
    };
    let gas_limit = items.u64()?;
    // EIP-4844 and EIP-7702: these create no contracts.
    let to = if matches!(tx_type, TxType::Blob | TxType::SetCode) {
        Some(items.address()?)
    } else {
        items.optional_address()?
    };
    let mut body = Unsigned {
        tx_type,
        chain_id,
        nonce,
        max_priority_fee_per_gas,
        max_fee_per_gas,
        gas_limit,
        to,
        value: items.word()?,
        data: items.bytes()?.to_vec(),
        access_list: list_of(items, AccessListItem::read)?,
        ..Unsigned::default()
    };
    if tx_type == TxType::Blob {
        body.max_fee_per_blob_gas = items.word()?;
        body.blob_hashes = list_of(items, Reader::hash)?;
    }
    if tx_type == TxType::SetCode {
        body.authorizations = list_of(items, Authorization::read)?;
    }
    Ok(body)
}

fn list_of<'a, T>(
    items: &mut Reader<'a>,
    mut read: impl FnMut(&mut Reader<'a>) -> Result<T, RlpError>,
) -> Result<Vec<T>, RlpError> {
    let mut list = items.list()?;
    let mut read_items = Vec::new();
    while !list.is_empty() {
        read_items.push(read(&mut list)?);
    }
    Ok(read_items)
}

impl AccessListItem {
    fn read(list: &mut Reader<'_>) -> Result<Self, RlpError> {
        let mut items = list.list()?;
        let item = Self {
            address: items.address()?,
            slots: list_of(&mut items, Reader::hash)?,
        };
        items.end()?;
        Ok(item)
    }

    fn write(&self, list: &mut Encoder) {
        list.list(|items| {
            items.bytes(&self.address.0);
            items.list(|slots| self.slots.iter().for_each(|slot| slots.bytes(&slot.0)));
        });
    }
}

impl Authorization {
    /// The hash that the account signed: keccak-256 of 0x05 ‖ rlp(chain id, address, nonce).
    pub fn signing_hash(&self) -> Hash {
        let mut encoder = Encoder::after([0x05].to_vec());
        encoder.list(|items| {
            items.word(self.chain_id);
            items.bytes(&self.address.0);
            items.u64(self.nonce);
        });
        keccak256(&encoder.finish())
    }

    fn read(list: &mut Reader<'_>) -> Result<Self, RlpError> {
        let mut items = list.list()?;
        let authorization = Self {
            chain_id: items.word()?,
            address: items.address()?,
            nonce: items.u64()?,
            y_parity: items
                .u64()
                .and_then(|parity| u8::try_from(parity).map_err(|_| RlpError::TooLarge(8)))?,
            r: items.word()?,
            s: items.word()?,
        };
        items.end()?;
        Ok(authorization)
    }

    fn write(&self, list: &mut Encoder) {
        list.list(|items| {
            items.word(self.chain_id);
            items.bytes(&self.address.0);
            items.u64(self.nonce);
            items.u64(self.y_parity.into());
            items.word(self.r);
            items.word(self.s);
        });
    }
}
