//! Blocks of either chain from an execution client: headers, transactions and receipts, each held
//! against the block hash.

mod receipt;

use alloy_consensus::Header;
use alloy_eips::eip2718::Encodable2718;
use alloy_primitives::{B256, Bytes, keccak256};
use alloy_rlp::Decodable;
use serde::de::DeserializeOwned;
use serde_json::{json, value::RawValue};

use crate::{HostError, rpc::Endpoint, trie};
use receipt::RpcReceipt;

/// A header and the bytes that its hash is of.
#[derive(Clone, Debug)]
pub(crate) struct SealedHeader {
    pub(crate) header: Header,
    pub(crate) encoded: Vec<u8>,
}

#[derive(serde::Deserialize)]
struct Transactions<T> {
    transactions: Vec<T>,
}

#[derive(serde::Deserialize)]
struct TransactionHashes {
    transactions: Vec<B256>,
}

/// The header with this hash.
pub(crate) async fn header(endpoint: &Endpoint, hash: B256) -> Result<SealedHeader, HostError> {
    let block = block(endpoint, hash, false).await?;
    check_header(endpoint, hash, &block).await
}

/// The EIP-2718 transactions of a block, as the nodes of the trie under its transactions root.
pub(crate) async fn transactions<T: DeserializeOwned + Encodable2718>(
    endpoint: &Endpoint,
    hash: B256,
) -> Result<Vec<Vec<u8>>, HostError> {
    let block = block(endpoint, hash, true).await?;
    let header = check_header(endpoint, hash, &block).await?.header;
    let Transactions::<T> { transactions } = endpoint.parse("eth_getBlockByHash", &block)?;
    let encoded: Vec<_> = transactions.iter().map(T::encoded_2718).collect();
    rooted(
        endpoint,
        hash,
        "transactions",
        header.transactions_root,
        &encoded,
    )
}

/// The receipts of a block, as the nodes of the trie under its receipts root.
pub(crate) async fn receipts(endpoint: &Endpoint, hash: B256) -> Result<Vec<Vec<u8>>, HostError> {
    let block = block(endpoint, hash, false).await?;
    let root = check_header(endpoint, hash, &block)
        .await?
        .header
        .receipts_root;
    let encoded = match block_receipts(endpoint, hash).await {
        Err(HostError::MethodMissing { .. } | HostError::Rpc { .. }) => {
            match raw_receipts(endpoint, hash).await {
                Err(HostError::MethodMissing { .. } | HostError::Rpc { .. }) => {
                    single_receipts(endpoint, hash, &block).await?
                }
                other => other?,
            }
        }
        other => other?,
    };
    rooted(endpoint, hash, "receipts", root, &encoded)
}

async fn block(endpoint: &Endpoint, hash: B256, full: bool) -> Result<Box<RawValue>, HostError> {
    endpoint
        .call("eth_getBlockByHash", &json!([hash, full]))
        .await?
        .ok_or_else(|| unknown(endpoint, hash))
}

fn unknown(endpoint: &Endpoint, hash: B256) -> HostError {
    HostError::UnknownBlock {
        provider: endpoint.label().into(),
        block: hash.to_string(),
    }
}

/// The header in a block's JSON, if it hashes to `hash`.
///
/// A header with fields that we do not know cannot be encoded again from JSON, so before the provider is
/// called a liar its raw header is looked at, where it serves one.
async fn check_header(
    endpoint: &Endpoint,
    hash: B256,
    block: &RawValue,
) -> Result<SealedHeader, HostError> {
    let parsed = endpoint.parse::<Header>("eth_getBlockByHash", block);
    if let Ok(header) = &parsed {
        let encoded = alloy_rlp::encode(header);
        if keccak256(&encoded) == hash {
            return Ok(SealedHeader {
                header: header.clone(),
                encoded,
            });
        }
    }
    let raw: Option<Bytes> = endpoint
        .call_as("debug_getRawHeader", &json!([hash]))
        .await
        .unwrap_or_default();
    if let Some(encoded) = raw.filter(|raw| keccak256(raw) == hash)
        && let Ok(header) = Header::decode(&mut encoded.as_ref())
    {
        return Ok(SealedHeader {
            header,
            encoded: encoded.into(),
        });
    }
    Err(HostError::WrongBlockHash {
        provider: endpoint.label().into(),
        expected: hash,
        actual: parsed?.hash_slow(),
    })
}

async fn block_receipts(endpoint: &Endpoint, hash: B256) -> Result<Vec<Vec<u8>>, HostError> {
    const METHOD: &str = "eth_getBlockReceipts";
    let receipts: Vec<RpcReceipt> = endpoint
        .call_as(METHOD, &json!([hash]))
        .await?
        .ok_or_else(|| unknown(endpoint, hash))?;
    encode_all(endpoint, METHOD, &receipts)
}

async fn raw_receipts(endpoint: &Endpoint, hash: B256) -> Result<Vec<Vec<u8>>, HostError> {
    let receipts: Vec<Bytes> = endpoint
        .call_as("debug_getRawReceipts", &json!([hash]))
        .await?
        .ok_or_else(|| unknown(endpoint, hash))?;
    Ok(receipts.into_iter().map(Into::into).collect())
}

async fn single_receipts(
    endpoint: &Endpoint,
    hash: B256,
    block: &RawValue,
) -> Result<Vec<Vec<u8>>, HostError> {
    const METHOD: &str = "eth_getTransactionReceipt";
    let TransactionHashes { transactions } = endpoint.parse("eth_getBlockByHash", block)?;
    let mut receipts: Vec<RpcReceipt> = Vec::with_capacity(transactions.len());
    for transaction in transactions {
        let receipt = endpoint.call_as(METHOD, &json!([transaction])).await?;
        receipts.push(receipt.ok_or_else(|| unknown(endpoint, hash))?);
    }
    encode_all(endpoint, METHOD, &receipts)
}

fn encode_all(
    endpoint: &Endpoint,
    method: &str,
    receipts: &[RpcReceipt],
) -> Result<Vec<Vec<u8>>, HostError> {
    receipts
        .iter()
        .map(|receipt| {
            receipt
                .encode()
                .map_err(|reason| endpoint.bad_response(method, reason))
        })
        .collect()
}

/// The nodes of a list's trie, if its root is the expected one.
fn rooted(
    endpoint: &Endpoint,
    block: B256,
    list: &'static str,
    expected: B256,
    items: &[Vec<u8>],
) -> Result<Vec<Vec<u8>>, HostError> {
    let (actual, nodes) = trie::ordered(items);
    if actual == expected {
        Ok(nodes)
    } else {
        Err(HostError::WrongRoot {
            provider: endpoint.label().into(),
            list,
            block,
            expected,
        })
    }
}
