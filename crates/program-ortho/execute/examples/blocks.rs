//! `cargo run --release -p endgame-ortho-execute --example blocks -- DIR...`: executes blocks that
//! are kept as `fixture.json` and `preimages.json`, and compares their hashes.
#![allow(
    clippy::indexing_slicing,
    reason = "what a JSON value lacks is null, and null is refused"
)]

use std::{collections::HashMap, env, fs, path::Path, process::ExitCode, time::Instant};

use endgame_ortho_execute::{
    Attributes, Chain, Eip1559, Fork, Forks, Found, StateDatabase, StateSource,
};
use endgame_ortho_primitives::{Bloom, Hash, Word};
use endgame_ortho_types::Header;
use serde_json::Value;

struct Preimages(HashMap<Hash, Vec<u8>>);

impl StateSource for Preimages {
    type Error = String;

    fn preimage(&self, what: Found, hash: Hash) -> Result<Vec<u8>, String> {
        self.0
            .get(&hash)
            .cloned()
            .ok_or_else(|| format!("no {what:?} {hash}"))
    }
}

fn text(value: &Value) -> Option<&str> {
    value.as_str()
}

fn number(value: &Value) -> Option<u64> {
    match value {
        Value::String(text) => u64::from_str_radix(text.strip_prefix("0x")?, 16).ok(),
        value => value.as_u64(),
    }
}

fn hash(value: &Value) -> Option<Hash> {
    text(value)?.parse().ok()
}

fn bytes(value: &Value) -> Option<Vec<u8>> {
    let text = text(value)?;
    let digits = text.strip_prefix("0x").unwrap_or(text);
    let (pairs, _) = digits.as_bytes().as_chunks::<2>();
    let digit = |c: u8| char::from(c).to_digit(16);
    pairs
        .iter()
        .map(|[a, b]| Some((digit(*a)? << 4 | digit(*b)?) as u8))
        .collect()
}

fn chain(config: &Value) -> Option<Chain> {
    let forks = [
        (Fork::Regolith, "regolith_time"),
        (Fork::Canyon, "canyon_time"),
        (Fork::Ecotone, "ecotone_time"),
        (Fork::Fjord, "fjord_time"),
        (Fork::Granite, "granite_time"),
        (Fork::Holocene, "holocene_time"),
        (Fork::Isthmus, "isthmus_time"),
        (Fork::Jovian, "jovian_time"),
    ];
    let times = forks
        .into_iter()
        .filter_map(|(fork, name)| Some((fork, number(&config[name])?)));
    let fees = &config["chain_op_config"];
    let fee = |name: &str| u32::try_from(number(&fees[name])?).ok();
    Some(Chain {
        chain_id: number(&config["l2_chain_id"])?,
        forks: Forks::new(times),
        eip1559: Eip1559 {
            elasticity: fee("eip1559Elasticity")?,
            denominator: fee("eip1559Denominator")?,
            denominator_canyon: fee("eip1559DenominatorCanyon")?,
        },
        create2_deployer: None,
    })
}

fn header(value: &Value) -> Option<Header> {
    let word = |value: &Value| number(value).map(Word::from);
    Some(Header {
        parent_hash: hash(&value["parentHash"])?,
        ommers_hash: hash(&value["sha3Uncles"])?,
        beneficiary: text(&value["miner"])?.parse().ok()?,
        state_root: hash(&value["stateRoot"])?,
        transactions_root: hash(&value["transactionsRoot"])?,
        receipts_root: hash(&value["receiptsRoot"])?,
        logs_bloom: Box::new(Bloom(bytes(&value["logsBloom"])?.try_into().ok()?)),
        difficulty: word(&value["difficulty"])?,
        number: number(&value["number"])?,
        gas_limit: number(&value["gasLimit"])?,
        gas_used: number(&value["gasUsed"])?,
        timestamp: number(&value["timestamp"])?,
        extra_data: bytes(&value["extraData"])?,
        mix_hash: hash(&value["mixHash"])?,
        nonce: bytes(&value["nonce"])?.try_into().ok()?,
        base_fee_per_gas: word(&value["baseFeePerGas"]),
        withdrawals_root: hash(&value["withdrawalsRoot"]),
        blob_gas_used: number(&value["blobGasUsed"]),
        excess_blob_gas: number(&value["excessBlobGas"]),
        parent_beacon_block_root: hash(&value["parentBeaconBlockRoot"]),
        requests_hash: hash(&value["requestsHash"]),
    })
}

fn attributes(value: &Value) -> Option<Attributes> {
    Some(Attributes {
        timestamp: number(&value["timestamp"])?,
        prev_randao: hash(&value["prevRandao"])?,
        fee_recipient: text(&value["suggestedFeeRecipient"])?.parse().ok()?,
        parent_beacon_block_root: hash(&value["parentBeaconBlockRoot"]),
        gas_limit: number(&value["gasLimit"])?,
        transactions: value["transactions"]
            .as_array()?
            .iter()
            .map(bytes)
            .collect::<Option<_>>()?,
        eip1559_params: bytes(&value["eip1559Params"]).and_then(|bytes| bytes.try_into().ok()),
        min_base_fee: number(&value["minBaseFee"]),
    })
}

fn run(directory: &Path) -> Result<String, String> {
    let json = |name: &str| {
        let bytes = fs::read(directory.join(name)).map_err(|error| error.to_string())?;
        serde_json::from_slice::<Value>(&bytes).map_err(|error| error.to_string())
    };
    let fixture = json("fixture.json")?;
    let all = json("preimages.json")?;
    let entries = all.as_object().ok_or("preimages are no object")?;
    let preimages = entries
        .iter()
        .map(|(key, value)| Some((key.parse().ok()?, bytes(value)?)))
        .collect::<Option<_>>()
        .ok_or("malformed preimages")?;
    let chain = chain(&fixture["rollup_config"]).ok_or("malformed configuration")?;
    let parent = header(&fixture["parent_header"]).ok_or("malformed parent")?;
    let attributes = attributes(&fixture["executing_payload"]).ok_or("malformed attributes")?;
    let expected = hash(&fixture["expected_block_hash"]).ok_or("no expected hash")?;
    let mut database = StateDatabase::new(parent, Preimages(preimages));
    let start = Instant::now();
    let block = chain
        .execute(&mut database, &attributes)
        .map_err(|error| error.to_string())?;
    let time = start.elapsed();
    if block.hash != expected {
        return Err(format!(
            "hash {}, expected {expected}: {:#?}",
            block.hash, block.header
        ));
    }
    Ok(format!(
        "block {}: {} transactions, {} gas, {time:?}",
        block.header.number,
        block.receipts.len(),
        block.header.gas_used
    ))
}

fn main() -> ExitCode {
    let mut code = ExitCode::SUCCESS;
    for directory in env::args().skip(1) {
        match run(Path::new(&directory)) {
            Ok(line) => println!("{line}"),
            Err(error) => {
                println!("{directory}: {error}");
                code = ExitCode::FAILURE;
            }
        }
    }
    code
}
