//! Span batches: a row of L2 blocks, column by column (specs `protocol/delta/span-batches.md`).

use alloy::{
    consensus::{Transaction as _, TxEip1559, TxEip2930, TxEip7702, TxLegacy},
    eips::Decodable2718 as _,
    primitives::{B256, Signature},
    rlp::Encodable,
};
use op_alloy_consensus::OpTxEnvelope;

use super::{
    BatchBlock,
    varint::{put_bits, put_varint},
};

/// Version byte of span batches.
const SPAN_VERSION: u8 = 1;

/// What a span batch is relative to.
#[derive(Clone, Copy, Debug)]
pub struct SpanContext {
    /// Timestamp of the L2 genesis block.
    pub genesis_time: u64,
    /// Height of the L1 origin of the block before the span.
    pub parent_epoch: u64,
}

/// Why a row of blocks makes no span batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SpanError {
    /// There are no blocks.
    #[error("a span of no blocks")]
    Empty,
    /// A block is older than the chain.
    #[error("a block older than the genesis block")]
    BeforeGenesis,
    /// A transaction does not decode, or is of a type that spans cannot hold.
    #[error("transaction {0} of the span cannot be in a batch")]
    Transaction(usize),
}

/// A span batch of consecutive blocks, with its version byte.
pub fn span_batch(context: &SpanContext, blocks: &[BatchBlock]) -> Result<Vec<u8>, SpanError> {
    let (first, last) = blocks.first().zip(blocks.last()).ok_or(SpanError::Empty)?;
    let mut out = vec![SPAN_VERSION];
    let relative = first.timestamp.checked_sub(context.genesis_time);
    put_varint(&mut out, relative.ok_or(SpanError::BeforeGenesis)?);
    put_varint(&mut out, last.epoch_number);
    put_check(&mut out, first.parent_hash);
    put_check(&mut out, last.epoch_hash);
    put_varint(&mut out, blocks.len() as u64);
    let mut epoch = context.parent_epoch;
    let moves: Vec<bool> = blocks
        .iter()
        .map(|block| std::mem::replace(&mut epoch, block.epoch_number) != block.epoch_number)
        .collect();
    put_bits(&mut out, &moves);
    for block in blocks {
        put_varint(&mut out, block.transactions.len() as u64);
    }
    let mut columns = Columns::default();
    for (i, raw) in blocks.iter().flat_map(|b| &b.transactions).enumerate() {
        let tx = OpTxEnvelope::decode_2718_exact(raw).map_err(|_| SpanError::Transaction(i))?;
        columns.push(&tx).ok_or(SpanError::Transaction(i))?;
    }
    columns.write(&mut out);
    Ok(out)
}

/// The first 20 bytes of a hash: enough to tell a wrong chain.
fn put_check(out: &mut Vec<u8>, hash: B256) {
    out.extend(hash.iter().take(20));
}

/// The transactions' fields, each kind together so that it compresses well.
#[derive(Default)]
struct Columns {
    creations: Vec<bool>,
    parities: Vec<bool>,
    signatures: Vec<u8>,
    recipients: Vec<u8>,
    data: Vec<u8>,
    nonces: Vec<u8>,
    gas: Vec<u8>,
    protected: Vec<bool>,
}

impl Columns {
    fn push(&mut self, tx: &OpTxEnvelope) -> Option<()> {
        let signature: Signature = *tx.signature()?;
        self.creations.push(tx.to().is_none());
        self.parities.push(signature.v());
        self.signatures.extend(signature.r().to_be_bytes::<32>());
        self.signatures.extend(signature.s().to_be_bytes::<32>());
        if let Some(to) = tx.to() {
            self.recipients.extend(to);
        }
        put_varint(&mut self.nonces, tx.nonce());
        put_varint(&mut self.gas, tx.gas_limit());
        match tx {
            OpTxEnvelope::Legacy(tx) => {
                let TxLegacy {
                    gas_price,
                    value,
                    input,
                    chain_id,
                    ..
                } = tx.tx();
                self.protected.push(chain_id.is_some());
                put_list(&mut self.data, None, &[value, gas_price, input]);
            }
            OpTxEnvelope::Eip2930(tx) => {
                let TxEip2930 {
                    gas_price,
                    value,
                    input,
                    access_list,
                    ..
                } = tx.tx();
                put_list(
                    &mut self.data,
                    Some(1),
                    &[value, gas_price, input, access_list],
                );
            }
            OpTxEnvelope::Eip1559(tx) => {
                let TxEip1559 {
                    max_fee_per_gas: cap,
                    max_priority_fee_per_gas: tip,
                    value,
                    input,
                    access_list,
                    ..
                } = tx.tx();
                put_list(
                    &mut self.data,
                    Some(2),
                    &[value, tip, cap, input, access_list],
                );
            }
            OpTxEnvelope::Eip7702(tx) => {
                let TxEip7702 {
                    max_fee_per_gas: cap,
                    max_priority_fee_per_gas: tip,
                    value,
                    input,
                    access_list,
                    authorization_list,
                    ..
                } = tx.tx();
                let fields: [&dyn Encodable; 6] =
                    [value, tip, cap, input, access_list, authorization_list];
                put_list(&mut self.data, Some(4), &fields);
            }
            OpTxEnvelope::Deposit(_) | OpTxEnvelope::PostExec(_) => return None,
        }
        Some(())
    }

    fn write(self, out: &mut Vec<u8>) {
        put_bits(out, &self.creations);
        put_bits(out, &self.parities);
        out.extend(self.signatures);
        out.extend(self.recipients);
        out.extend(self.data);
        out.extend(self.nonces);
        out.extend(self.gas);
        put_bits(out, &self.protected);
    }
}

/// An RLP list of fields behind an optional type byte.
fn put_list(out: &mut Vec<u8>, kind: Option<u8>, fields: &[&dyn Encodable]) {
    let mut payload = Vec::new();
    for field in fields {
        field.encode(&mut payload);
    }
    out.extend(kind);
    alloy::rlp::Header {
        list: true,
        payload_length: payload.len(),
    }
    .encode(out);
    out.extend(payload);
}

#[cfg(test)]
mod tests {
    use alloy::{
        consensus::SignableTransaction,
        eips::Encodable2718 as _,
        primitives::{Address, Bytes, TxKind, U256},
        signers::SignerSync as _,
    };
    use kona_protocol::{RawSpanBatch, SpanBatch};

    use super::*;
    use crate::{Role, batch::single::tests::sample};

    const CONTEXT: SpanContext = SpanContext {
        genesis_time: 1_000,
        parent_epoch: 0,
    };

    fn signed<T: SignableTransaction<Signature>>(tx: T) -> Bytes
    where
        OpTxEnvelope: From<alloy::consensus::Signed<T>>,
    {
        let signature = Role::User
            .signer()
            .sign_hash_sync(&tx.signature_hash())
            .unwrap();
        OpTxEnvelope::from(tx.into_signed(signature))
            .encoded_2718()
            .into()
    }

    fn transactions() -> Vec<Bytes> {
        let to = TxKind::Call(Address::repeat_byte(5));
        let value = U256::from(1u64) << 70;
        vec![
            signed(TxLegacy {
                chain_id: Some(901),
                nonce: 300,
                gas_price: 7,
                gas_limit: 1_000_000,
                to,
                value,
                input: vec![1; 60].into(),
            }),
            signed(TxEip1559 {
                chain_id: 901,
                nonce: 301,
                gas_limit: 21_000,
                max_fee_per_gas: 1 << 40,
                max_priority_fee_per_gas: 1,
                to: TxKind::Create,
                value: U256::ZERO,
                input: vec![0x60, 0].into(),
                ..TxEip1559::default()
            }),
            signed(TxEip2930 {
                chain_id: 901,
                nonce: 302,
                gas_price: 1,
                gas_limit: 21_000,
                to,
                ..TxEip2930::default()
            }),
        ]
    }

    /// The blocks that kona reads out of a span batch.
    fn through_kona(raw: &[u8], origins: &[(u64, B256)]) -> Vec<(u64, u64, Vec<Bytes>)> {
        let (version, mut body) = raw.split_first().unwrap();
        assert_eq!(*version, SPAN_VERSION);
        let mut decoded = RawSpanBatch::decode(&mut body).unwrap();
        assert!(body.is_empty());
        let span: SpanBatch = decoded.derive(2, CONTEXT.genesis_time, 901).unwrap();
        let last = origins.last().unwrap();
        assert_eq!(span.l1_origin_check.as_slice(), &last.1[..20]);
        span.batches
            .into_iter()
            .map(|b| (b.epoch_num, b.timestamp, b.transactions))
            .collect()
    }

    #[test]
    fn kona_reads_a_span_batch_back() {
        let blocks: Vec<_> = (1..12)
            .map(|n| {
                sample(
                    n,
                    if n % 4 == 1 {
                        transactions()
                    } else {
                        Vec::new()
                    },
                )
            })
            .collect();
        let raw = span_batch(&CONTEXT, &blocks).unwrap();
        let origins: Vec<_> = blocks
            .iter()
            .map(|b| (b.epoch_number, b.epoch_hash))
            .collect();
        let expected: Vec<_> = blocks
            .iter()
            .map(|b| (b.epoch_number, b.timestamp, b.transactions.clone()))
            .collect();
        assert_eq!(through_kona(&raw, &origins), expected);
    }

    #[test]
    fn what_makes_no_span_is_refused() {
        assert_eq!(span_batch(&CONTEXT, &[]), Err(SpanError::Empty));
        let early = BatchBlock {
            timestamp: 999,
            ..sample(1, Vec::new())
        };
        assert_eq!(
            span_batch(&CONTEXT, &[early]),
            Err(SpanError::BeforeGenesis)
        );
        let broken = sample(1, vec![transactions()[0].clone(), Bytes::from_static(&[9])]);
        assert_eq!(
            span_batch(&CONTEXT, &[broken]),
            Err(SpanError::Transaction(1))
        );
        let deposit = op_alloy_consensus::TxDeposit::default().encoded_2718();
        let deposits = sample(1, vec![deposit.into()]);
        assert_eq!(
            span_batch(&CONTEXT, &[deposits]),
            Err(SpanError::Transaction(0))
        );
    }
}
