//! op-node's rollup configuration, read with kona's types that refuse what they do not know.

use alloc::{string::String, vec::Vec};

use alloy_primitives::Address;
use kona_genesis::RollupConfig;
use serde_json::{Map, Value};

use super::LaterFork;
use crate::{ConfigError, system_config::SystemConfig};

/// Fields of a rollup configuration that kona-genesis reads.
const FIELDS: [&str; 23] = [
    "genesis",
    "block_time",
    "max_sequencer_drift",
    "seq_window_size",
    "channel_timeout",
    "granite_channel_timeout",
    "l1_chain_id",
    "l2_chain_id",
    "regolith_time",
    "canyon_time",
    "delta_time",
    "ecotone_time",
    "fjord_time",
    "granite_time",
    "holocene_time",
    "pectra_blob_schedule_time",
    "isthmus_time",
    "jovian_time",
    "batch_inbox_address",
    "deposit_contract_address",
    "l1_system_config_address",
    "protocol_versions_address",
    "chain_op_config",
];

/// Fields of a system configuration that kona-genesis reads.
const SYSTEM_FIELDS: [&str; 13] = [
    "batcherAddr",
    "batcherAddress",
    "overhead",
    "scalar",
    "gasLimit",
    "baseFeeScalar",
    "blobBaseFeeScalar",
    "eip1559Params",
    "eip1559Denominator",
    "eip1559Elasticity",
    "operatorFeeParams",
    "operatorFeeScalar",
    "operatorFeeConstant",
];

/// The configuration up to Jovian, the system configuration of the genesis block, and the later
/// forks that it names, the earliest first.
pub(super) fn parse(
    value: Value,
) -> Result<(RollupConfig, SystemConfig, Vec<LaterFork>), ConfigError> {
    let bad = |reason: &str| ConfigError::Rollup(reason.into());
    let Value::Object(mut fields) = value else {
        return Err(bad("not an object"));
    };
    refuse_alt_da(&fields)?;
    let later = later_forks(&fields);
    fields.retain(|name, value| FIELDS.contains(&name.as_str()) && !value.is_null());
    // Not every tool writes it, and derivation does not read it.
    fields
        .entry("protocol_versions_address")
        .or_insert_with(|| alloc::format!("{}", Address::ZERO).into());
    let mut jovian = SystemConfig::default();
    if let Some(Value::Object(system)) = fields
        .get_mut("genesis")
        .and_then(|genesis| genesis.get_mut("system_config"))
    {
        // kona does not know these.
        let number = |name: &str| system.get(name).and_then(Value::as_u64).unwrap_or_default();
        jovian.min_base_fee = number("minBaseFee");
        jovian.da_footprint_gas_scalar = number("daFootprintGasScalar")
            .try_into()
            .map_err(|_| bad("daFootprintGasScalar is beyond 16 bits"))?;
        system.retain(|name, value| SYSTEM_FIELDS.contains(&name.as_str()) && !value.is_null());
    }
    let config: RollupConfig = serde_json::from_value(Value::Object(fields))
        .map_err(|e| ConfigError::Rollup(alloc::format!("{e}")))?;
    if config.block_time == 0 {
        return Err(bad("block_time is zero"));
    }
    let fees = &config.chain_op_config;
    if [
        fees.eip1559_elasticity,
        fees.eip1559_denominator,
        fees.eip1559_denominator_canyon,
    ]
    .contains(&0)
    {
        return Err(bad("chain_op_config holds a zero"));
    }
    let first = config.genesis.system_config.as_ref();
    let first = first.ok_or_else(|| bad("genesis has no system_config"))?;
    let first = SystemConfig {
        min_base_fee: jovian.min_base_fee,
        da_footprint_gas_scalar: jovian.da_footprint_gas_scalar,
        ..SystemConfig::from_genesis(first)
    };
    Ok((config, first, later))
}

/// The forks that this program does not know: those with a time that is no field of kona's.
fn later_forks(fields: &Map<String, Value>) -> Vec<LaterFork> {
    let mut later: Vec<_> = fields
        .iter()
        .filter(|(name, _)| !FIELDS.contains(&name.as_str()))
        .filter_map(|(name, value)| Some((name.strip_suffix("_time")?, value.as_u64()?)))
        .map(|(name, time)| (capitalised(name), time))
        .collect();
    later.sort_by(|(a, at_a), (b, at_b)| (at_a, a).cmp(&(at_b, b)));
    later
}

fn capitalised(name: &str) -> String {
    let mut chars = name.chars();
    chars.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(chars).collect()
    })
}

/// Batches outside L1 cannot be derived from L1.
fn refuse_alt_da(fields: &Map<String, Value>) -> Result<(), ConfigError> {
    let is_set = |name: &str| match fields.get(name) {
        Some(Value::String(address)) => !address
            .trim_start_matches("0x")
            .bytes()
            .all(|digit| digit == b'0'),
        Some(Value::Bool(flag)) => *flag,
        Some(Value::Object(object)) => !object.is_empty(),
        _ => false,
    };
    let names = [
        "alt_da",
        "use_plasma",
        "da_challenge_address",
        "da_challenge_contract_address",
    ];
    if names.into_iter().any(is_set) {
        return Err(ConfigError::Unsupported("alt-DA"));
    }
    Ok(())
}
