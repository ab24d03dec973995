//! L2's state from an execution client: proofs, witnesses, code, output roots.

mod output;
mod proof;
mod seen;
mod sibling;
mod witness;

pub(crate) use output::output;
pub(crate) use proof::{Proof, proof};
pub(crate) use seen::{Owner, Seen};
pub(crate) use sibling::{key_below, post_state_sibling};
pub(crate) use witness::{execution_witness, payload_witness};

use alloy_primitives::{Address, B256, Bytes, keccak256};
use serde_json::json;

use crate::{HostError, request::BlockId, rpc::Endpoint};

/// What geth's database calls for a hash, for clients that let it be read. None if this one does not
/// have it.
pub(crate) async fn from_database(
    endpoint: &Endpoint,
    hash: B256,
    is_code: bool,
) -> Result<Option<Vec<u8>>, HostError> {
    // Code has a prefix in geth's database, state nodes by hash have none.
    let prefixed = [&b"c"[..], hash.as_slice()].concat();
    let keys: &[&[u8]] = if is_code {
        &[&prefixed, hash.as_slice()]
    } else {
        &[hash.as_slice()]
    };
    for key in keys {
        let key = Bytes::copy_from_slice(key);
        match endpoint
            .call_as::<Bytes>("debug_dbGet", &json!([key]))
            .await
        {
            Ok(Some(value)) if keccak256(&value) == hash => return Ok(Some(value.into())),
            Ok(Some(_)) => {
                return Err(HostError::WrongPreimage {
                    provider: endpoint.label().into(),
                    key: endgame_preimage::PreimageKey::keccak256(hash.0),
                    reason: "its hash is another".into(),
                });
            }
            // A key that is not there is an error without a code of its own.
            Ok(None) | Err(HostError::Rpc { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(None)
}

/// The code of an account, if it is the one with this hash.
pub(crate) async fn code_of(
    endpoint: &Endpoint,
    hash: B256,
    address: Address,
    block: BlockId,
) -> Result<Vec<u8>, HostError> {
    let code: Bytes = endpoint
        .call_as("eth_getCode", &json!([address, block.param()]))
        .await?
        .unwrap_or_default();
    if keccak256(&code) == hash {
        Ok(code.into())
    } else {
        Err(HostError::WrongPreimage {
            provider: endpoint.label().into(),
            key: endgame_preimage::PreimageKey::keccak256(hash.0),
            reason: format!("the code of {address} has another hash"),
        })
    }
}
