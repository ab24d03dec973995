//! Data as others publish it, of a chain that nobody else has.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use alloy_consensus::Header;
use alloy_primitives::{Address, B256, Bytes, U256, keccak256};
use endgame_kona_executor::{
    Attributes, GenesisAccount, PreimageError, PreimageKind, Preimages, TrieDb, decode_header,
    genesis_state,
};
use endgame_preimage::PreimageKey;
use endgame_program_kona::ChainConfig;
use serde_json::{Value, json};
use tempfile::TempDir;

/// OP Sepolia, whose configuration is in the superchain registry.
pub(crate) const CHAIN_ID: u64 = 11_155_420;
/// Canyon was active there, Ecotone was not.
const TIME: u64 = 1_700_000_000;

/// A directory of items, written piece by piece.
pub(crate) struct Made {
    _keeper: TempDir,
    /// Where the items are.
    pub(crate) path: PathBuf,
}

impl Made {
    pub(crate) fn new() -> Self {
        let keeper = TempDir::new().unwrap();
        let path = keeper.path().join("data");
        fs::create_dir(&path).unwrap();
        Self {
            _keeper: keeper,
            path,
        }
    }

    /// Writes an item's file.
    pub(crate) fn write(&self, item: &str, file: &str, content: &Value) {
        self.write_raw(item, file, content.to_string().as_bytes());
    }

    /// Writes bytes as an item's file.
    pub(crate) fn write_raw(&self, item: &str, file: &str, content: &[u8]) {
        let directory = self.path.join(item);
        fs::create_dir_all(&directory).unwrap();
        fs::write(directory.join(file), content).unwrap();
    }
}

/// The chain's configuration as op-node writes it: with a number where the registry has a name.
pub(crate) fn rollup_config() -> Value {
    let (rollup, _) = ChainConfig::registry_json(CHAIN_ID).unwrap();
    let mut rollup: Value = serde_json::from_slice(&rollup).unwrap();
    rollup["l2_chain_id"] = json!(CHAIN_ID);
    rollup
}

#[derive(Debug)]
struct Witness<'a>(&'a BTreeMap<B256, Bytes>);

impl Preimages for Witness<'_> {
    fn get(&self, kind: PreimageKind, hash: B256) -> Result<Bytes, PreimageError> {
        let found = self.0.get(&hash).cloned();
        found.ok_or(PreimageError::NotFound { kind, hash })
    }
}

/// A block that takes one deposit on a state of two accounts.
pub(crate) struct MadeBlock {
    /// `fixture.json`.
    pub(crate) fixture: Value,
    /// `preimages.json`.
    pub(crate) preimages: BTreeMap<B256, Bytes>,
}

impl MadeBlock {
    /// The block after number `parent`, with the hash that the executor itself gives it.
    pub(crate) fn after(parent: u64) -> Self {
        let (from, to) = (Address::repeat_byte(1), Address::repeat_byte(2));
        let rich = GenesisAccount {
            balance: U256::from(1_000_000),
            ..GenesisAccount::default()
        };
        let accounts = [(from, rich.clone()), (to, rich)].into();
        let (state_root, nodes) = genesis_state(&accounts).unwrap();
        let preimages: BTreeMap<B256, Bytes> = nodes.into_iter().collect();
        let header = Header {
            number: parent,
            state_root,
            timestamp: TIME,
            gas_limit: 30_000_000,
            base_fee_per_gas: Some(1_000_000_000),
            withdrawals_root: Some(alloy_consensus::constants::EMPTY_ROOT_HASH),
            ..Header::default()
        };
        let attributes = Attributes {
            timestamp: TIME + 2,
            prev_randao: B256::repeat_byte(7),
            gas_limit: 30_000_000,
            transactions: vec![deposit(from, to)],
            ..Attributes::default()
        };
        let expected = built(&header, &attributes, &preimages);
        let fixture = json!({
            "rollup_config": rollup_config(),
            "parent_header": header,
            "executing_payload": {
                "timestamp": format!("{:#x}", attributes.timestamp),
                "prevRandao": attributes.prev_randao,
                "suggestedFeeRecipient": attributes.fee_recipient,
                "parentBeaconBlockRoot": null,
                "gasLimit": format!("{:#x}", attributes.gas_limit),
                "transactions": attributes.transactions,
                "eip1559Params": null,
                "minBaseFee": null,
            },
            "expected_block_hash": expected,
        });
        Self { fixture, preimages }
    }

    pub(crate) fn write(&self, made: &Made, item: &str) {
        made.write(item, "fixture.json", &self.fixture);
        made.write(item, "preimages.json", &json!(self.preimages));
    }
}

/// The hash of the block, by the executor without the suite.
fn built(header: &Header, attributes: &Attributes, preimages: &BTreeMap<B256, Bytes>) -> B256 {
    let raw = alloy_rlp::encode(header);
    let parent = decode_header(&raw, keccak256(&raw)).unwrap();
    let mut db = TrieDb::new(parent, Witness(preimages));
    let config = ChainConfig::from_json(rollup_config().to_string().as_bytes(), None).unwrap();
    let outcome = config.chain().execute(&mut db, attributes).unwrap();
    outcome.header.hash()
}

/// A deposit of 5 wei (specs `protocol/deposits.md`): the type, then the list of its fields.
fn deposit(from: Address, to: Address) -> Bytes {
    let mut fields = Vec::new();
    let put = |field: &dyn alloy_rlp::Encodable, fields: &mut Vec<u8>| field.encode(fields);
    put(&B256::repeat_byte(3), &mut fields);
    put(&from, &mut fields);
    put(&to, &mut fields);
    put(&0u64, &mut fields);
    put(&5u64, &mut fields);
    put(&50_000u64, &mut fields);
    put(&false, &mut fields);
    put(&Bytes::new(), &mut fields);
    let mut raw = vec![0x7e];
    let header = alloy_rlp::Header {
        list: true,
        payload_length: fields.len(),
    };
    header.encode(&mut raw);
    raw.extend(fields);
    raw.into()
}

/// A run about the agreed block itself: nothing is derived, and the claim is true exactly if it is
/// the agreed output root.
pub(crate) struct MadeRun {
    /// `boot.json`.
    pub(crate) boot: Value,
    /// `rollup.json`.
    pub(crate) rollup: Value,
    /// `preimages.json`, by typed keys.
    pub(crate) preimages: BTreeMap<B256, Bytes>,
}

impl MadeRun {
    pub(crate) fn new() -> Self {
        let header = Header {
            number: 100,
            timestamp: TIME,
            ..Header::default()
        };
        let header = alloy_rlp::encode(header);
        let head = keccak256(&header);
        let root = [B256::ZERO, B256::repeat_byte(1), B256::repeat_byte(2), head].concat();
        let agreed = keccak256(&root);
        let preimages = [header, root].map(|value| {
            let key = PreimageKey::keccak256(keccak256(&value).0);
            (B256::from(*key.as_bytes()), value.into())
        });
        Self {
            boot: json!({
                "l1_head": B256::repeat_byte(9),
                "agreed_l2_head": head,
                "agreed_l2_output_root": agreed,
                "claimed_l2_output_root": agreed,
                "claimed_l2_block_number": 100,
                "l2_chain_id": CHAIN_ID,
                "expected_exit": 0,
            }),
            rollup: rollup_config(),
            preimages: preimages.into(),
        }
    }

    pub(crate) fn write(&self, made: &Made, item: &str) {
        made.write(item, "boot.json", &self.boot);
        made.write(item, "rollup.json", &self.rollup);
        made.write(item, "preimages.json", &json!(self.preimages));
    }
}

/// Removes an item's file.
pub(crate) fn remove(made: &Made, item: &str, file: &str) {
    fs::remove_file(Path::new(&made.path).join(item).join(file)).unwrap();
}
