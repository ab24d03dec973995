//! op-node's rollup configuration.

use alloc::{string::String, vec::Vec};

use endgame_ortho_derive::{BlockId, Genesis, Rollup, SystemConfig};
use endgame_ortho_execute::{Eip1559, Fork, Forks};
use serde_json::Value;

use super::{ConfigError, LaterFork, fields::Fields};

/// What a rollup configuration says.
pub(super) struct Parsed {
    /// Without L1's blob schedule.
    pub(super) rollup: Rollup,
    pub(super) eip1559: Eip1559,
    pub(super) l1_chain_id: u64,
    pub(super) later_forks: Vec<LaterFork>,
}

/// The forks that the program knows, with their fields.
const FORKS: [(Fork, &str); 9] = [
    (Fork::Regolith, "regolith_time"),
    (Fork::Canyon, "canyon_time"),
    (Fork::Delta, "delta_time"),
    (Fork::Ecotone, "ecotone_time"),
    (Fork::Fjord, "fjord_time"),
    (Fork::Granite, "granite_time"),
    (Fork::Holocene, "holocene_time"),
    (Fork::Isthmus, "isthmus_time"),
    (Fork::Jovian, "jovian_time"),
];

/// Times that are no fork of L2.
const OTHER_TIMES: [&str; 2] = ["block_time", "pectra_blob_schedule_time"];

/// `CHANNEL_TIMEOUT` from Granite on, where the configuration does not say.
const GRANITE_CHANNEL_TIMEOUT: u64 = 50;

pub(super) fn parse(value: &Value) -> Result<Parsed, ConfigError> {
    let fields = Fields::of("rollup configuration", value)?;
    refuse_alt_da(&fields)?;
    let mut times = Vec::new();
    for (fork, name) in FORKS {
        times.extend(fields.optional_number(name)?.map(|time| (fork, time)));
    }
    let genesis = fields
        .object("genesis", "rollup configuration's genesis")?
        .ok_or_else(|| fields.bad("genesis", "an object"))?;
    let rollup = Rollup {
        genesis: parse_genesis(&genesis)?,
        l2_chain_id: fields.number("l2_chain_id")?,
        block_time: fields.positive("block_time")?,
        max_sequencer_drift: fields.number("max_sequencer_drift")?,
        seq_window_size: fields.number("seq_window_size")?,
        channel_timeout: fields.number("channel_timeout")?,
        channel_timeout_granite: fields
            .optional_number("granite_channel_timeout")?
            .unwrap_or(GRANITE_CHANNEL_TIMEOUT),
        forks: Forks::new(times),
        pectra_blob_schedule_time: fields.optional_number("pectra_blob_schedule_time")?,
        batch_inbox: fields.address("batch_inbox_address")?,
        deposit_contract: fields.address("deposit_contract_address")?,
        system_config_address: fields.address("l1_system_config_address")?,
        ..Rollup::default()
    };
    let eip1559 = match fields.object("chain_op_config", "chain_op_config")? {
        Some(fees) => Eip1559 {
            elasticity: fees.positive("eip1559Elasticity")?,
            denominator: fees.positive("eip1559Denominator")?,
            denominator_canyon: fees.positive("eip1559DenominatorCanyon")?,
        },
        None => Eip1559::default(),
    };
    Ok(Parsed {
        rollup,
        eip1559,
        l1_chain_id: fields.number("l1_chain_id")?,
        later_forks: later_forks(&fields)?,
    })
}

fn parse_genesis(fields: &Fields<'_>) -> Result<Genesis, ConfigError> {
    let block = |name| -> Result<BlockId, ConfigError> {
        let block = fields
            .object(name, "rollup configuration's genesis block")?
            .ok_or_else(|| fields.bad(name, "an object"))?;
        Ok(BlockId {
            hash: block.hash("hash")?,
            number: block.number("number")?,
        })
    };
    let system_config = fields
        .object("system_config", "rollup configuration's system_config")?
        .ok_or_else(|| fields.bad("system_config", "an object"))?;
    Ok(Genesis {
        l1: block("l1")?,
        l2: block("l2")?,
        l2_time: fields.number("l2_time")?,
        system_config: parse_system_config(&system_config)?,
    })
}

/// A system configuration as op-node writes it, or as the published copy of the superchain registry
/// does, which has numbers where op-node has byte strings.
fn parse_system_config(fields: &Fields<'_>) -> Result<SystemConfig, ConfigError> {
    let narrow = |name| -> Result<u32, ConfigError> {
        let number = |value: &Value| u32::try_from(value.as_u64()?).ok();
        let number = fields.optional(name, "a number of at most 32 bits", number)?;
        Ok(number.unwrap_or_default())
    };
    let eip1559_params = if let Some(params) = fields.optional_bytes("eip1559Params")? {
        params
    } else {
        let denominator = narrow("eip1559Denominator")?;
        let elasticity = narrow("eip1559Elasticity")?;
        let number = u64::from(denominator) << 32 | u64::from(elasticity);
        number.to_be_bytes()
    };
    // Scalar in bytes 20 to 23, constant in bytes 24 to 31.
    let fees = fields.optional_bytes::<32>("operatorFeeParams")?;
    let (operator_fee_scalar, operator_fee_constant) = if let Some(fees) = fees {
        let number = fees
            .iter()
            .skip(16)
            .fold(0u128, |n, byte| n << 8 | u128::from(*byte));
        ((number >> 64) as u32, number as u64)
    } else {
        (
            narrow("operatorFeeScalar")?,
            fields
                .optional_number("operatorFeeConstant")?
                .unwrap_or_default(),
        )
    };
    let batcher = if fields.get("batcherAddr").is_some() {
        "batcherAddr"
    } else {
        "batcherAddress"
    };
    let footprint = |value: &Value| u16::try_from(value.as_u64()?).ok();
    Ok(SystemConfig {
        batcher: fields.address(batcher)?,
        overhead: fields.word("overhead")?,
        scalar: fields.word("scalar")?,
        gas_limit: fields.number("gasLimit")?,
        eip1559_params,
        operator_fee_scalar,
        operator_fee_constant,
        min_base_fee: fields.optional_number("minBaseFee")?.unwrap_or_default(),
        da_footprint_gas_scalar: fields
            .optional(
                "daFootprintGasScalar",
                "a number of at most 16 bits",
                footprint,
            )?
            .unwrap_or_default(),
    })
}

/// The forks that this program does not know, the earliest first.
fn later_forks(fields: &Fields<'_>) -> Result<Vec<LaterFork>, ConfigError> {
    let is_known =
        |name: &str| OTHER_TIMES.contains(&name) || FORKS.iter().any(|(_, field)| *field == name);
    let mut later = Vec::new();
    for name in fields.names().filter(|name| !is_known(name)) {
        let Some(fork) = name.strip_suffix("_time") else {
            continue;
        };
        later.extend(
            fields
                .optional_number(name)?
                .map(|time| (capitalised(fork), time)),
        );
    }
    later.sort_by(|(a, at_a), (b, at_b)| (at_a, a).cmp(&(at_b, b)));
    Ok(later)
}

fn capitalised(name: &str) -> String {
    let mut chars = name.chars();
    chars.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(chars).collect()
    })
}

/// Batches outside L1 cannot be derived from L1.
fn refuse_alt_da(fields: &Fields<'_>) -> Result<(), ConfigError> {
    let is_set = |name: &str| match fields.get(name) {
        Some(Value::String(address)) => {
            let digits = address.strip_prefix("0x").unwrap_or(address);
            digits.bytes().any(|digit| digit != b'0')
        }
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
