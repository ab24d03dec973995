//! Batches as the batcher writes them (OP specs `protocol/derivation.md`, "Batch Format").

use alloy_primitives::{B256, Bytes};
use alloy_rlp::{Encodable, Header};

use crate::span::Span;

/// One block of L2 as a batch tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Element {
    pub(crate) parent_hash: B256,
    pub(crate) epoch_number: u64,
    pub(crate) epoch_hash: B256,
    pub(crate) timestamp: u64,
    pub(crate) transactions: Vec<Bytes>,
}

/// A batch that is still to be encoded.
#[derive(Clone, Debug)]
pub(crate) enum Batch {
    Singular(Element),
    Span(Box<Span>),
    /// The bytes as they are.
    Raw(Vec<u8>),
}

impl Batch {
    /// Version and content.
    pub(crate) fn encode(&self) -> Vec<u8> {
        match self {
            Self::Singular(element) => {
                let mut content = Vec::new();
                element.parent_hash.encode(&mut content);
                element.epoch_number.encode(&mut content);
                element.epoch_hash.encode(&mut content);
                element.timestamp.encode(&mut content);
                element.transactions.encode(&mut content);
                let mut out = vec![0];
                let header = Header {
                    list: true,
                    payload_length: content.len(),
                };
                header.encode(&mut out);
                out.extend(content);
                out
            }
            Self::Span(span) => {
                let mut out = vec![1];
                out.extend(span.encode());
                out
            }
            Self::Raw(bytes) => bytes.clone(),
        }
    }
}
