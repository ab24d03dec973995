//! What the program must know about L1: how its blob fee changed since Prague.

use alloc::{format, vec::Vec};

use endgame_ortho_derive::BlobSchedule;
use serde_json::Value;

use super::{ConfigError, fields::Fields};

/// EIP-4844's `BLOB_BASE_FEE_UPDATE_FRACTION`.
const CANCUN: u64 = 3_338_477;
/// EIP-7691's. Osaka keeps it.
const PRAGUE: u64 = 5_007_716;
/// Those of the first two forks that change nothing else (EIP-7892).
const BPO1: u64 = 8_346_193;
const BPO2: u64 = 11_684_671;

/// Forks that may change the blob fee, with their names in geth's configuration.
const FORKS: [&str; 7] = ["prague", "osaka", "bpo1", "bpo2", "bpo3", "bpo4", "bpo5"];

/// The public L1s, as of their second fork that changes blob parameters alone.
pub(super) fn known(chain_id: u64) -> Option<Vec<BlobSchedule>> {
    let [prague, bpo1, bpo2] = match chain_id {
        // Mainnet.
        1 => [1_746_612_311, 1_765_290_071, 1_767_747_671],
        // Holesky.
        17_000 => [1_740_434_112, 1_759_800_000, 1_760_389_824],
        // Hoodi.
        560_048 => [1_742_999_832, 1_762_365_720, 1_762_955_544],
        // Sepolia.
        11_155_111 => [1_741_159_776, 1_761_017_184, 1_761_607_008],
        _ => return None,
    };
    let changes = [(prague, PRAGUE), (bpo1, BPO1), (bpo2, BPO2)];
    let changes = changes.map(|(time, update_fraction)| BlobSchedule {
        time,
        update_fraction,
    });
    Some(changes.into())
}

/// Reads a geth genesis, or the `config` inside it.
pub(super) fn parse(value: &Value, chain_id: u64) -> Result<Vec<BlobSchedule>, ConfigError> {
    const OBJECT: &str = "L1 configuration";
    let fields = Fields::of(OBJECT, value.get("config").unwrap_or(value))?;
    let configured = fields.number("chainId")?;
    if configured != chain_id {
        return Err(ConfigError::L1ChainId {
            rollup: chain_id,
            configured,
        });
    }
    let parameters = fields.object("blobSchedule", "L1 configuration's blobSchedule")?;
    let fraction = |fork: &str| -> Result<Option<u64>, ConfigError> {
        let Some(parameters) = parameters else {
            return Ok(None);
        };
        let of_fork = parameters.object(fork, "L1 configuration's blobSchedule")?;
        let name = "baseFeeUpdateFraction";
        of_fork.map(|fields| fields.positive(name)).transpose()
    };
    if fraction("cancun")?.is_some_and(|fraction| fraction != CANCUN) {
        return Err(ConfigError::Unsupported("a blob fee of its own in Cancun"));
    }
    let prague = fraction("prague")?.unwrap_or(PRAGUE);
    let mut schedule = Vec::new();
    for fork in FORKS {
        let Some(time) = fields.optional_number(&format!("{fork}Time"))? else {
            continue;
        };
        let update_fraction = match fraction(fork)? {
            Some(fraction) => fraction,
            None if matches!(fork, "prague" | "osaka") => prague,
            None => {
                let field = format!("blobSchedule.{fork}");
                return Err(fields.bad(&field, "an object with a baseFeeUpdateFraction"));
            }
        };
        schedule.push(BlobSchedule {
            time,
            update_fraction,
        });
    }
    schedule.sort_by_key(|change| change.time);
    Ok(schedule)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn at(time: u64, update_fraction: u64) -> BlobSchedule {
        BlobSchedule {
            time,
            update_fraction,
        }
    }

    #[test]
    fn genesis_and_its_configuration_give_one_schedule() {
        let config = json!({
            "chainId": 900, "pragueTime": 0, "osakaTime": 10, "bpo1Time": 20,
            "blobSchedule": { "cancun": { "baseFeeUpdateFraction": 3_338_477 },
                "bpo1": { "baseFeeUpdateFraction": 7 } },
        });
        let expected = [at(0, PRAGUE), at(10, PRAGUE), at(20, 7)];
        assert_eq!(parse(&config, 900).unwrap(), expected);
        let genesis = json!({ "config": config, "alloc": {} });
        assert_eq!(parse(&genesis, 900).unwrap(), expected);
    }

    #[test]
    fn osaka_keeps_a_fraction_that_prague_has_of_its_own() {
        let config = json!({
            "chainId": 900, "pragueTime": 5, "osakaTime": 10,
            "blobSchedule": { "prague": { "baseFeeUpdateFraction": 9 } },
        });
        assert_eq!(parse(&config, 900).unwrap(), [at(5, 9), at(10, 9)]);
    }

    #[test]
    fn schedule_that_cannot_be_followed_is_refused() {
        let other_chain = ConfigError::L1ChainId {
            rollup: 900,
            configured: 1,
        };
        assert_eq!(parse(&json!({ "chainId": 1 }), 900), Err(other_chain));
        let with_cancun = json!({
            "chainId": 900, "blobSchedule": { "cancun": { "baseFeeUpdateFraction": 1 } },
        });
        let refused = parse(&with_cancun, 900);
        assert!(matches!(refused, Err(ConfigError::Unsupported(_))));
        for bad in [
            json!(7),
            json!({}),
            json!({ "chainId": "900" }),
            json!({ "chainId": 900, "pragueTime": "0" }),
            json!({ "chainId": 900, "bpo1Time": 1 }),
            json!({ "chainId": 900, "blobSchedule": 1 }),
            json!({ "chainId": 900, "bpo1Time": 1, "blobSchedule":
                { "bpo1": { "baseFeeUpdateFraction": 0 } } }),
        ] {
            let refused = parse(&bad, 900);
            assert!(matches!(refused, Err(ConfigError::Field { .. })), "{bad}");
        }
    }

    #[test]
    fn public_chains_are_known_with_prague_first() {
        for (chain, prague) in [
            (1, 1_746_612_311),
            (11_155_111, 1_741_159_776),
            (17_000, 1_740_434_112),
            (560_048, 1_742_999_832),
        ] {
            let schedule = known(chain).unwrap();
            assert_eq!(schedule[0], at(prague, PRAGUE));
            assert!(schedule.is_sorted_by_key(|change| change.time));
        }
        assert_eq!(known(900), None);
    }
}
