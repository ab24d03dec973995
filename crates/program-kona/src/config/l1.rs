//! What the program must know about L1: how its blob fee changed since Prague.

use alloc::{format, vec::Vec};

use serde_json::Value;

use crate::ConfigError;

/// A change of the blob fee: from `time` on (seconds), its update fraction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BlobSchedule {
    /// The fork's activation time.
    pub time: u64,
    /// `baseFeeUpdateFraction` (EIP-7840).
    pub update_fraction: u64,
}

/// L1's chain configuration, as far as the L1 attributes depend on it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct L1Config {
    /// The changes after Prague, the earliest first (EIP-7892 and Osaka).
    schedule: Vec<BlobSchedule>,
}

/// Forks after Prague that may change the blob fee, with their names in geth's configuration.
const FORKS: [&str; 6] = ["osaka", "bpo1", "bpo2", "bpo3", "bpo4", "bpo5"];

impl L1Config {
    /// The two public L1s, as of their second blob parameter fork; for others, none after Prague.
    pub fn known(chain_id: u64) -> Self {
        let at = |time, update_fraction| BlobSchedule {
            time,
            update_fraction,
        };
        Self {
            schedule: match chain_id {
                1 => [
                    at(1_764_798_551, 5_007_716),
                    at(1_765_290_071, 8_346_193),
                    at(1_767_747_671, 11_684_671),
                ]
                .into(),
                11_155_111 => [
                    at(1_760_427_360, 5_007_716),
                    at(1_761_017_184, 8_346_193),
                    at(1_761_607_008, 11_684_671),
                ]
                .into(),
                _ => Vec::new(),
            },
        }
    }

    /// Reads a geth genesis, or the `config` inside it.
    pub(super) fn parse(value: &Value, chain_id: u64) -> Result<Self, ConfigError> {
        let config = value.get("config").unwrap_or(value);
        let bad = |reason| ConfigError::L1(reason);
        let actual = config.get("chainId").and_then(Value::as_u64);
        if actual != Some(chain_id) {
            return Err(bad(format!(
                "chainId is {actual:?}, the rollup's L1 is {chain_id}"
            )));
        }
        let mut schedule = Vec::new();
        for fork in FORKS {
            let Some(time) = config.get(format!("{fork}Time")).and_then(Value::as_u64) else {
                continue;
            };
            let parameters = config.get("blobSchedule").and_then(|s| s.get(fork));
            let update_fraction = parameters
                .and_then(|p| p.get("baseFeeUpdateFraction"))
                .and_then(Value::as_u64);
            match update_fraction {
                Some(update_fraction) if update_fraction > 0 => schedule.push(BlobSchedule {
                    time,
                    update_fraction,
                }),
                // Osaka alone keeps Prague's.
                None if fork == "osaka" => schedule.push(BlobSchedule {
                    time,
                    update_fraction: 5_007_716,
                }),
                _ => {
                    return Err(bad(format!(
                        "blobSchedule has no baseFeeUpdateFraction for {fork}"
                    )));
                }
            }
        }
        schedule.sort_by_key(|change| change.time);
        Ok(Self { schedule })
    }

    /// The update fraction at an L1 block of this time, `None` up to Prague.
    pub fn update_fraction(&self, time: u64) -> Option<u64> {
        self.schedule
            .iter()
            .rev()
            .find(|change| change.time <= time)
            .map(|change| change.update_fraction)
    }
}
