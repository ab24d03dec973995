//! The chain of a case: when its forks activate, its genesis and its configuration.

use std::collections::BTreeMap;

use alloy_consensus::{EMPTY_OMMER_ROOT_HASH, EMPTY_ROOT_HASH, Header};
use alloy_primitives::{Address, B256, Bytes, U256, address, hex};
use endgame_kona_executor::{GenesisAccount, MESSAGE_PASSER, genesis_state};
use serde_json::{Value, json};

use crate::{choices::Choices, keys, l1_block, oracle::Store};

pub(crate) const L2_CHAIN_ID: u64 = 901;
pub(crate) const L1_CHAIN_ID: u64 = 900;
pub(crate) const INBOX: Address = address!("ff00000000000000000000000000000000000901");
pub(crate) const DEPOSIT_CONTRACT: Address = address!("de00000000000000000000000000000000000901");
pub(crate) const SYSTEM_CONFIG: Address = address!("5c00000000000000000000000000000000000901");
/// A block's gas limit until L1 changes it.
const GAS_LIMIT: u64 = 30_000_000;

/// Forks that may be crossed, in their order.
pub(crate) const FORKS: [&str; 8] = [
    "regolith", "canyon", "delta", "ecotone", "fjord", "granite", "holocene", "isthmus",
];

/// What Jovian adds to the system configuration (OP specs `protocol/jovian/system-config.md`).
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct JovianConfig {
    /// Wei.
    pub(crate) min_base_fee: u64,
    /// Zero stands for the default.
    pub(crate) da_footprint_gas_scalar: u16,
}

/// The numbers that a case's chain is made of.
#[derive(Clone, Debug)]
pub(crate) struct Parameters {
    /// Seconds between L2 blocks.
    pub(crate) block_time: u64,
    /// Seconds between L1 blocks, mostly.
    pub(crate) l1_step: u64,
    /// L1 blocks after the genesis one.
    pub(crate) l1_blocks: usize,
    pub(crate) l1_genesis_number: u64,
    pub(crate) l1_genesis_time: u64,
    pub(crate) l2_genesis_time: u64,
    pub(crate) max_sequencer_drift: u64,
    pub(crate) seq_window_size: u64,
    pub(crate) channel_timeout: u64,
    pub(crate) granite_channel_timeout: u64,
    /// Activation times of [`FORKS`].
    pub(crate) forks: [Option<u64>; FORKS.len()],
    pub(crate) pectra_blob_schedule: Option<u64>,
    /// When Jovian activates, and what it begins with. Not after the genesis, unless the case has what
    /// Jovian deploys.
    pub(crate) jovian: Option<(u64, JovianConfig)>,
    /// When L1 headers get the fields of Cancun, and that of Prague.
    pub(crate) cancun: u64,
    pub(crate) prague: u64,
}

impl Parameters {
    /// Whether Jovian activates after the genesis says `crosses_jovian`.
    pub(crate) fn choose(choices: &mut Choices<'_>, crosses_jovian: bool) -> Self {
        let block_time = choices.pick(&[1, 2, 2, 2]);
        let l1_step = choices.pick(&[2, 3, 4, 4, 6, 6, 12]);
        let l1_blocks = choices.between(4, 14);
        let l1_genesis_time = 1_700_000_000 + choices.below(100) as u64;
        let l2_genesis_time = l1_genesis_time + choices.pick(&[0, 0, 0, 1, 5]);
        let span = l1_step as usize * l1_blocks;
        let mut forks = [None; FORKS.len()];
        let mut at_genesis = choices.below(FORKS.len() + 2);
        if crosses_jovian {
            at_genesis = at_genesis.min(FORKS.len());
        }
        let mut jovian = (at_genesis > FORKS.len()).then(|| {
            let config = JovianConfig {
                min_base_fee: choices.pick(&[0, 0, 1_000_000, 90_000_000]),
                da_footprint_gas_scalar: choices.pick(&[0, 0, 1, 400, u16::MAX]),
            };
            (0, config)
        });
        let crossed = if crosses_jovian {
            FORKS.len()
        } else if choices.rarely(2) {
            at_genesis
        } else {
            choices.below(FORKS.len() + 1)
        };
        let mut time = l2_genesis_time;
        for (index, fork) in forks.iter_mut().enumerate() {
            if index < at_genesis {
                *fork = Some(0);
            } else if index < crossed {
                time += choices.below(span.div_ceil(crossed - at_genesis).max(2)) as u64;
                time += u64::from(time == l2_genesis_time);
                *fork = Some(time);
            }
        }
        if crosses_jovian {
            time += 1 + choices.below(span.div_ceil(2)) as u64;
            jovian = Some((time, JovianConfig::default()));
        }
        let within = |choices: &mut Choices<'_>| l1_genesis_time + choices.below(span + 1) as u64;
        let cancun = if choices.rarely(4) {
            within(choices)
        } else {
            0
        };
        let prague = if choices.rarely(3) {
            within(choices)
        } else {
            0
        };
        Self {
            block_time,
            l1_step,
            l1_blocks,
            l1_genesis_number: choices.pick(&[0, 1, 100]),
            l1_genesis_time,
            l2_genesis_time,
            max_sequencer_drift: choices.pick(&[4, 10, 20, 600]),
            seq_window_size: choices.pick(&[2, 3, 4, 6, 10, 20, 40]),
            channel_timeout: choices.pick(&[1, 2, 3, 5, 10, 30, 30]),
            granite_channel_timeout: choices.pick(&[1, 2, 3, 5, 10, 50, 50]),
            forks,
            jovian,
            pectra_blob_schedule: choices.rarely(4).then(|| within(choices)),
            cancun,
            prague: prague.max(cancun),
        }
    }

    /// Whether a fork of [`FORKS`] is active at a time; a later one brings all before it.
    pub(crate) fn is_active(&self, name: &str, time: u64) -> bool {
        let first = FORKS.iter().position(|fork| *fork == name);
        first.is_some_and(|first| {
            self.forks[first..]
                .iter()
                .any(|fork| fork.is_some_and(|at| at <= time))
        })
    }

    /// What Jovian's configuration is at the genesis, if Jovian is active there.
    fn jovian_at_genesis(&self) -> Option<JovianConfig> {
        self.jovian
            .and_then(|(time, config)| (time == 0).then_some(config))
    }

    /// The first L2 block: its header, with its state in the store.
    pub(crate) fn genesis(&self, choices: &mut Choices<'_>, store: &Store) -> Header {
        let mut accounts = BTreeMap::new();
        for user in keys::users() {
            let account = GenesisAccount {
                balance: U256::from(10).pow(U256::from(24)),
                ..GenesisAccount::default()
            };
            accounts.insert(user.address, account);
        }
        if !choices.rarely(5) {
            let account = GenesisAccount {
                nonce: 1,
                code: l1_block::code().into(),
                ..GenesisAccount::default()
            };
            accounts.insert(l1_block::L1_BLOCK, account);
        }
        if choices.rarely(2) {
            let account = GenesisAccount {
                nonce: 1,
                storage: [(B256::with_last_byte(1), U256::ONE)].into(),
                ..GenesisAccount::default()
            };
            accounts.insert(MESSAGE_PASSER, account);
        }
        let (state_root, nodes) = genesis_state(&accounts).unwrap();
        store.add_all(nodes);
        let active = |fork| self.is_active(fork, self.l2_genesis_time);
        let withdrawals_root = if active("isthmus") {
            Some(storage_root(&accounts))
        } else {
            active("canyon").then_some(EMPTY_ROOT_HASH)
        };
        Header {
            ommers_hash: EMPTY_OMMER_ROOT_HASH,
            state_root,
            gas_limit: GAS_LIMIT,
            timestamp: self.l2_genesis_time,
            base_fee_per_gas: Some(1_000_000),
            extra_data: if let Some(jovian) = self.jovian_at_genesis() {
                let fees = hex!("01000000fa00000006");
                [&fees[..], &jovian.min_base_fee.to_be_bytes()]
                    .concat()
                    .into()
            } else if active("holocene") {
                hex!("00000000fa00000006").into()
            } else {
                Bytes::new()
            },
            withdrawals_root,
            blob_gas_used: active("ecotone").then_some(0),
            excess_blob_gas: active("ecotone").then_some(0),
            parent_beacon_block_root: active("ecotone").then_some(B256::ZERO),
            requests_hash: active("isthmus").then_some(alloy_eips::eip7685::EMPTY_REQUESTS_HASH),
            ..Header::default()
        }
    }

    /// `rollup.json`.
    pub(crate) fn rollup(&self, l1_genesis: B256, l2_genesis: B256) -> Value {
        let mut rollup = json!({
            "genesis": {
                "l1": { "hash": l1_genesis, "number": self.l1_genesis_number },
                "l2": { "hash": l2_genesis, "number": 0 },
                "l2_time": self.l2_genesis_time,
                "system_config": {
                    "batcherAddr": keys::batchers()[0].address,
                    "overhead": B256::with_last_byte(188),
                    "scalar": B256::from(U256::from(684_000)),
                    "gasLimit": GAS_LIMIT,
                },
            },
            "block_time": self.block_time,
            "max_sequencer_drift": self.max_sequencer_drift,
            "seq_window_size": self.seq_window_size,
            "channel_timeout": self.channel_timeout,
            "granite_channel_timeout": self.granite_channel_timeout,
            "l1_chain_id": L1_CHAIN_ID,
            "l2_chain_id": L2_CHAIN_ID,
            "batch_inbox_address": INBOX,
            "deposit_contract_address": DEPOSIT_CONTRACT,
            "l1_system_config_address": SYSTEM_CONFIG,
            "chain_op_config": {
                "eip1559Elasticity": 6,
                "eip1559Denominator": 50,
                "eip1559DenominatorCanyon": 250,
            },
        });
        for (fork, time) in FORKS.iter().zip(self.forks) {
            if let Some(time) = time {
                rollup[format!("{fork}_time")] = time.into();
            }
        }
        if let Some((time, _)) = self.jovian {
            rollup["jovian_time"] = time.into();
        }
        if let Some(jovian) = self.jovian_at_genesis() {
            let system = &mut rollup["genesis"]["system_config"];
            system["minBaseFee"] = jovian.min_base_fee.into();
            system["daFootprintGasScalar"] = jovian.da_footprint_gas_scalar.into();
        }
        if let Some(time) = self.pectra_blob_schedule {
            rollup["pectra_blob_schedule_time"] = time.into();
        }
        rollup
    }

    /// `genesis.json` of L1, as far as blobs' fees go.
    pub(crate) fn l1_config(&self) -> Vec<u8> {
        let config = json!({
            "chainId": L1_CHAIN_ID,
            "cancunTime": self.cancun,
            "pragueTime": self.prague,
        });
        config.to_string().into_bytes()
    }
}

fn storage_root(accounts: &BTreeMap<Address, GenesisAccount>) -> B256 {
    let mut trie = endgame_kona_executor::trie::Trie::empty();
    if let Some(account) = accounts.get(&MESSAGE_PASSER) {
        for (slot, value) in &account.storage {
            let key = alloy_primitives::keccak256(slot);
            trie.insert(
                key.as_slice(),
                alloy_rlp::encode(value).into(),
                &Store::default(),
            )
            .unwrap();
        }
    }
    trie.commit(&mut |_, _| {})
}
