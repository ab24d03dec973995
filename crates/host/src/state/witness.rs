//! Everything that executing a block reads, in one answer.

use std::collections::BTreeMap;

use alloy_primitives::{B256, Bytes};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{HostError, rpc::Endpoint, store::Batch};

/// Clients list the preimages, or map each hash to its preimage.
#[derive(Deserialize)]
#[serde(untagged)]
enum Preimages {
    List(Vec<Bytes>),
    Map(BTreeMap<String, Bytes>),
}

impl Default for Preimages {
    fn default() -> Self {
        Self::List(Vec::new())
    }
}

impl Preimages {
    fn into_values(self) -> Vec<Bytes> {
        match self {
            Self::List(list) => list,
            Self::Map(map) => map.into_values().collect(),
        }
    }
}

#[derive(Deserialize)]
struct Witness {
    state: Preimages,
    #[serde(default)]
    codes: Preimages,
    /// Ancestors' headers, RLP; some clients give JSON instead, which is of no use here.
    #[serde(default)]
    headers: Option<Value>,
}

impl Witness {
    fn into_batch(self) -> Batch {
        let headers: Vec<Bytes> = self
            .headers
            .and_then(|headers| serde_json::from_value(headers).ok())
            .unwrap_or_default();
        let mut batch = Batch::default();
        for preimage in self
            .state
            .into_values()
            .into_iter()
            .chain(self.codes.into_values())
            .chain(headers)
        {
            batch.keccak(preimage.into());
        }
        batch
    }
}

/// What executing `attributes` on `parent` reads (`debug_executePayload`).
pub(crate) async fn payload_witness(
    endpoint: &Endpoint,
    parent: B256,
    attributes: &Value,
) -> Result<Batch, HostError> {
    const METHOD: &str = "debug_executePayload";
    let witness: Option<Witness> = endpoint
        .call_as(METHOD, &json!([parent, attributes]))
        .await?;
    Ok(witness.map(Witness::into_batch).unwrap_or_default())
}

/// What executing block `number` read (`debug_executionWitness`).
pub(crate) async fn execution_witness(
    endpoint: &Endpoint,
    number: u64,
) -> Result<Batch, HostError> {
    const METHOD: &str = "debug_executionWitness";
    let witness: Option<Witness> = endpoint
        .call_as(METHOD, &json!([format!("{number:#x}")]))
        .await?;
    Ok(witness.map(Witness::into_batch).unwrap_or_default())
}
