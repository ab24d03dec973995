//! Where preimages come from, and how hard to try.

use std::{path::PathBuf, time::Duration};

/// The sources of a [`Backend`](crate::Backend). With no URL at all it works from its stores alone.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// L1 execution JSON-RPC URLs, the preferred first.
    pub l1_rpc: Vec<String>,
    /// L1 beacon API URLs, the preferred first.
    pub l1_beacon: Vec<String>,
    /// L2 execution JSON-RPC URLs, the preferred first.
    pub l2_rpc: Vec<String>,
    /// A folder of blobs ([`BlobStore`](crate::BlobStore)), asked before any beacon API.
    pub blob_dir: Option<PathBuf>,
    /// The folder of the preimage store; none keeps preimages in memory.
    pub data_dir: Option<PathBuf>,
    /// How hard to try.
    pub limits: Limits,
}

/// Bounds on what is asked of each provider, and for how long.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Deadline of one request.
    pub request_timeout: Duration,
    /// Deadline of one thing asked for, with all retries and providers.
    pub deadline: Duration,
    /// How often the list of providers is gone through while they are down or overloaded.
    pub rounds: u32,
    /// The same while they answer, but wrongly or that they do not know.
    pub brief_rounds: u32,
    /// The first pause between rounds; doubled each time, up to `max_backoff`, and jittered.
    pub backoff: Duration,
    /// The longest pause between rounds.
    pub max_backoff: Duration,
    /// How long a provider that failed or lied is asked last.
    pub demotion: Duration,
    /// Requests in flight to one provider.
    pub concurrency: u32,
    /// Requests a second to one provider; 0 is no limit.
    pub requests_per_second: u32,
    /// The longest answer read, in bytes.
    pub max_response: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            request_timeout: Duration::from_secs(15),
            deadline: Duration::from_secs(150),
            rounds: 20,
            brief_rounds: 3,
            backoff: Duration::from_millis(200),
            max_backoff: Duration::from_secs(8),
            demotion: Duration::from_secs(30),
            concurrency: 16,
            requests_per_second: 0,
            max_response: 256 << 20,
        }
    }
}
