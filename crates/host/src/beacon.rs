//! Blobs from the beacon API.

use std::{collections::HashMap, sync::Mutex};

use alloy_primitives::{B256, Bytes};
use serde::Deserialize;

use crate::{HostError, kzg, poison::lock, rpc::Endpoint};

/// Where slots begin, and how long one is, in seconds.
#[derive(Clone, Copy, Debug)]
struct Clock {
    genesis: u64,
    slot: u64,
}

/// The beacon chain's clock, asked for once of each provider: what one says must not mislead us at the
/// others.
#[derive(Debug, Default)]
pub(crate) struct Beacon {
    clocks: Mutex<HashMap<String, Clock>>,
}

#[derive(Deserialize)]
struct Data<T> {
    data: T,
}

#[derive(Deserialize)]
struct Genesis {
    genesis_time: String,
}

#[derive(Deserialize)]
struct Spec {
    #[serde(rename = "SECONDS_PER_SLOT")]
    seconds_per_slot: String,
}

#[derive(Deserialize)]
struct Sidecar {
    blob: Bytes,
    kzg_commitment: Bytes,
}

impl Beacon {
    /// The blob with this versioned hash, in the block of this time. Not yet checked.
    pub(crate) async fn blob(
        &self,
        endpoint: &Endpoint,
        hash: B256,
        timestamp: u64,
    ) -> Result<Vec<u8>, HostError> {
        let known = lock(&self.clocks).get(endpoint.label()).copied();
        let clock = if let Some(clock) = known {
            clock
        } else {
            let clock = clock(endpoint).await?;
            lock(&self.clocks).insert(endpoint.label().into(), clock);
            clock
        };
        let slot = timestamp.saturating_sub(clock.genesis) / clock.slot;
        // The endpoint since Fulu, then the one before it.
        let path = format!("/eth/v1/beacon/blobs/{slot}?versioned_hashes={hash}");
        if let Ok(Some(Data { data })) = endpoint.get_as::<Data<Vec<Bytes>>>(&path).await
            && let [blob] = data.as_slice()
        {
            return Ok(blob.to_vec());
        }
        let path = format!("/eth/v1/beacon/blob_sidecars/{slot}");
        let sidecars: Option<Data<Vec<Sidecar>>> = endpoint.get_as(&path).await?;
        sidecars
            .into_iter()
            .flat_map(|sidecars| sidecars.data)
            .find(|sidecar| {
                <&[u8; 48]>::try_from(sidecar.kzg_commitment.as_ref())
                    .is_ok_and(|commitment| kzg::versioned_hash(commitment) == hash)
            })
            .map(|sidecar| sidecar.blob.to_vec())
            .ok_or_else(|| HostError::UnknownBlob {
                provider: endpoint.label().into(),
                hash,
            })
    }
}

async fn clock(endpoint: &Endpoint) -> Result<Clock, HostError> {
    const GENESIS: &str = "/eth/v1/beacon/genesis";
    const SPEC: &str = "/eth/v1/config/spec";
    let genesis: Data<Genesis> = required(endpoint, GENESIS).await?;
    let spec: Data<Spec> = required(endpoint, SPEC).await?;
    let number = |text: &str, path| {
        text.parse::<u64>()
            .map_err(|_| endpoint.bad_response(path, "not a number of seconds"))
    };
    let slot = number(&spec.data.seconds_per_slot, SPEC)?;
    if slot == 0 {
        return Err(endpoint.bad_response(SPEC, "slots of no length"));
    }
    Ok(Clock {
        genesis: number(&genesis.data.genesis_time, GENESIS)?,
        slot,
    })
}

async fn required<T: serde::de::DeserializeOwned>(
    endpoint: &Endpoint,
    path: &str,
) -> Result<T, HostError> {
    endpoint
        .get_as(path)
        .await?
        .ok_or_else(|| endpoint.bad_response(path, "not found"))
}
