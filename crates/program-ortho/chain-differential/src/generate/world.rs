//! L1 and L2 of a case while they grow.

use std::collections::VecDeque;

use alloy_consensus::Sealable;
use alloy_primitives::{Address, B64, B256, Bytes};
use endgame_kona_executor::Attributes;
use endgame_program_kona::{BootInputs, ChainConfig};
use serde_json::Value;

use crate::{
    chain::{L2_CHAIN_ID, Parameters},
    channel::Frame,
    choices::Choices,
    keys,
    l1::{L1, MadeReceipt},
    logs,
    oracle::{Oracle, Store},
    programs,
    sequencer::{Node, Sequencer},
    transactions,
};

/// L2 blocks that a case may have, for the sake of time.
const MAX_BLOCKS: usize = 40;

#[derive(Debug)]
pub(super) struct World<'a, 'b> {
    pub(super) choices: &'a mut Choices<'b>,
    pub(super) parameters: Parameters,
    pub(super) store: Store,
    pub(super) rollup: Vec<u8>,
    pub(super) config: ChainConfig,
    pub(super) l1: L1,
    pub(super) sequencer: Sequencer,
    /// The last L2 block that is in a channel.
    pub(super) submitted: usize,
    /// The last L2 block that is known to be derived from L1.
    pub(super) safe: usize,
    /// Frames that are still to be posted.
    pub(super) frames: VecDeque<Frame>,
    /// Transactions that come later.
    pub(super) held: Vec<Bytes>,
    /// 0 for an honest chain; otherwise one deed in so many is an attacker's.
    pub(super) hostility: usize,
    /// Whether there are blobs, which take most of a case's time.
    pub(super) blobs: bool,
    pub(super) notes: Vec<String>,
}

impl<'a, 'b> World<'a, 'b> {
    /// With what Jovian deploys, the chain crosses Jovian.
    pub(super) fn new(choices: &'a mut Choices<'b>, upgrade_data: &[Vec<u8>]) -> Self {
        let parameters = Parameters::choose(choices, !upgrade_data.is_empty());
        let hostility = choices.pick(&[0, 3, 6, 12, 24, 40]);
        let store = Store::default();
        let genesis = parameters.genesis(choices, &store).seal_slow();
        // The configuration names the L1 block, which has a state that the configuration sets.
        let draft = parameters.rollup(B256::ZERO, genesis.hash());
        let draft = ChainConfig::from_json(draft.to_string().as_bytes(), None).unwrap();
        let system = draft.rollup().genesis.system_config.unwrap();
        let l1 = L1::new(choices, &parameters, &store, system);
        let rollup = parameters.rollup(l1.last().hash, genesis.hash());
        let rollup = rollup.to_string().into_bytes();
        let config = ChainConfig::from_json(&rollup, None).unwrap();
        let config = config.with_upgrade_data(upgrade_data.iter().cloned().map(Bytes::from));
        let sequencer = Sequencer::new(genesis.into_inner(), config.clone(), &store);
        let blobs = choices.rarely(10);
        Self {
            choices,
            store,
            rollup,
            config,
            l1,
            sequencer,
            submitted: 0,
            safe: 0,
            frames: VecDeque::new(),
            held: Vec::new(),
            hostility,
            blobs,
            notes: vec![format!("{parameters:?} hostility {hostility}")],
            parameters,
        }
    }

    /// Whether an attacker acts now, once in `times` more than the case's measure.
    pub(super) fn evil(&mut self, times: usize) -> bool {
        self.hostility > 0 && self.choices.rarely(self.hostility * times)
    }

    pub(super) fn note(&mut self, note: impl Into<String>) {
        let at = self.l1.last().header.number + 1;
        self.notes.push(format!("L1 {at}: {}", note.into()));
    }

    /// The time of the L1 block that is being made.
    pub(super) fn next_l1_time(&self) -> u64 {
        self.l1.last().header.timestamp + self.parameters.l1_step
    }

    pub(super) fn active(&self, fork: &str) -> bool {
        self.parameters.is_active(fork, self.next_l1_time())
    }

    pub(super) fn run(&mut self) {
        for _ in 0..self.parameters.l1_blocks {
            self.sequence();
            self.write_channels();
            let posted = self.post();
            let receipts = self.receipts();
            let mut time = self.next_l1_time();
            if self.evil(4) {
                time += self.choices.below(40) as u64;
                self.note(format!("late, at {time}"));
            }
            self.l1
                .push(self.choices, &self.parameters, time, &posted, &receipts);
            if self.choices.rarely(7) {
                self.sync(self.safe);
            }
        }
        self.sync(self.safe);
    }

    /// Makes L2 blocks up to L1's time.
    fn sequence(&mut self) {
        let ahead = self.choices.below(3) as u64 * self.parameters.block_time;
        let until = self.l1.last().header.timestamp + ahead;
        while self.sequencer.nodes.len() < MAX_BLOCKS {
            let head = self.sequencer.head();
            let time = head.header.timestamp + self.parameters.block_time;
            if time > until {
                break;
            }
            let mut origin = head.origin;
            let next_is_old_enough = |origin: usize| {
                let next = self.l1.blocks.get(origin + 1);
                next.is_some_and(|next| next.header.timestamp <= time)
            };
            let may_advance = next_is_old_enough(origin);
            let origin_time = self.l1.blocks[origin].header.timestamp;
            let drift = if self.parameters.is_active("fjord", origin_time) {
                1800
            } else {
                self.parameters.max_sequencer_drift
            };
            let late = time > origin_time + drift;
            if may_advance && ((late && !self.evil(2)) || !self.choices.rarely(4)) {
                origin += 1;
            }
            let mut transactions = Vec::new();
            // An upgrade's first block has none but its own.
            let is_upgrade = self.config.rollup().is_first_jovian_block(time);
            if !(late || is_upgrade) || self.evil(1) {
                transactions = self.user_transactions(time);
            }
            if !self.sequencer.extend(&self.l1, origin, &transactions)
                && !self.sequencer.extend(&self.l1, origin, &[])
            {
                self.note(format!("sequencer stuck at {time}"));
                break;
            }
        }
    }

    fn user_transactions(&mut self, time: u64) -> Vec<Bytes> {
        let mut out = Vec::new();
        let users = keys::users();
        let first = self.choices.below(users.len());
        for step in 0..self.choices.pick(&[0, 0, 0, 1, 1, 2]) {
            let user = &users[(first + step) % users.len()];
            let isthmus = self.parameters.is_active("isthmus", time);
            let kind = self
                .choices
                .pick(&[0, 1, 2, 2, if isthmus { 4 } else { 2 }]);
            let nonce = self.sequencer.nonce(user.address);
            out.push(transactions::on_l2(self.choices, user, kind, nonce));
        }
        out
    }

    fn receipts(&mut self) -> Vec<MadeReceipt> {
        let mut out = Vec::new();
        for _ in 0..self.choices.pick(&[0, 0, 1, 1, 2]) {
            let mut logs = Vec::new();
            for _ in 0..self.choices.pick(&[0, 1, 1, 2]) {
                let mut log = if self.choices.rarely(3) {
                    let kinds = if self.parameters.jovian.is_some() {
                        [1, 2, 4, 5, 6, 7]
                    } else {
                        [1, 1, 2, 3, 4, 5]
                    };
                    let kind = self.choices.pick(&kinds);
                    logs::config_update(self.choices, kind)
                } else {
                    logs::deposit(self.choices)
                };
                if self.evil(2) {
                    let kind = self.choices.pick(&[0, 0, 0, 6, 7, 8]);
                    self.note(format!("config update {kind}"));
                    log = logs::config_update(self.choices, kind);
                } else if self.evil(8) {
                    logs::distort(self.choices, &mut log);
                    self.note(format!("distorted log {log:?}"));
                }
                logs.push(log);
            }
            out.push(MadeReceipt {
                success: !self.choices.rarely(8),
                kind: self.choices.below(5) as u8,
                logs,
            });
        }
        out
    }

    /// Learns from program `kona` what L1 so far says after a block that is known to be right, and
    /// goes on from there.
    fn sync(&mut self, agreed: usize) {
        let boot = BootInputs {
            l1_head: self.l1.last().hash,
            agreed_output_root: self.sequencer.nodes[agreed].output_root,
            claimed_output_root: B256::ZERO,
            claimed_block: u64::MAX,
            chain_id: L2_CHAIN_ID,
        };
        let oracle = Oracle::new(&self.store, boot);
        let outcome = programs::kona(&oracle, &self.config);
        let payloads = oracle.payloads.lock().unwrap().clone();
        for (number, hash) in &outcome.blocks {
            let number = *number as usize;
            let known = self.sequencer.nodes.get(number);
            if known.is_some_and(|node| node.header.hash() == *hash) {
                continue;
            }
            self.sequencer.rewind(number - 1);
            let parent = self.sequencer.head().header.hash();
            let made = payloads
                .iter()
                .rev()
                .filter(|payload| payload.starts_with(parent.as_slice()))
                .filter_map(|payload| attributes(payload.get(32..)?))
                .any(|attributes| {
                    let made = self.sequencer.execute(&self.l1, &attributes);
                    if made.is_some_and(|made| made != *hash) {
                        self.sequencer.rewind(number - 1);
                    }
                    made == Some(*hash)
                });
            if !made {
                self.note(format!("block {number} cannot be made again"));
                break;
            }
            self.submitted = self.submitted.min(number);
        }
        let safe = outcome.blocks.last_key_value();
        self.safe = safe.map_or(agreed, |(number, _)| *number as usize);
        self.safe = self.safe.min(self.sequencer.nodes.len() - 1);
        self.submitted = self
            .submitted
            .clamp(self.safe, self.sequencer.nodes.len() - 1);
        if self.frames.is_empty() && self.held.is_empty() {
            self.submitted = self.safe;
        }
        let (safe, head) = (self.safe, self.sequencer.nodes.len() - 1);
        let error = outcome.verdict.err().unwrap_or_default();
        self.notes.push(format!("safe {safe} of {head} {error}"));
    }

    pub(super) fn choose_claim(&mut self) -> u64 {
        if self.choices.rarely(2) {
            u64::MAX
        } else {
            self.choices.below(self.safe + 3) as u64
        }
    }

    /// A block that L1 says, so that both sides may agree on it.
    pub(super) fn choose_agreed(&mut self) -> Node {
        let number = if self.choices.rarely(2) {
            0
        } else {
            self.choices.below(self.safe + 1)
        };
        self.notes.push(format!("agreed block {number}"));
        self.sequencer.nodes[number].clone()
    }

    pub(super) fn claimed_root(&mut self, block: u64) -> B256 {
        let node = self.sequencer.nodes.get(block as usize);
        node.map_or(B256::ZERO, |node| node.output_root)
    }
}

/// Attributes as the engine API writes them.
fn attributes(json: &[u8]) -> Option<Attributes> {
    let value: Value = serde_json::from_slice(json).ok()?;
    let text = |name: &str| value.get(name)?.as_str();
    let number = |name: &str| u64::from_str_radix(text(name)?.strip_prefix("0x")?, 16).ok();
    let hash = |name: &str| text(name)?.parse::<B256>().ok();
    let transactions = value.get("transactions")?.as_array()?.iter();
    Some(Attributes {
        timestamp: number("timestamp")?,
        prev_randao: hash("prevRandao")?,
        fee_recipient: text("suggestedFeeRecipient")?.parse::<Address>().ok()?,
        parent_beacon_root: hash("parentBeaconBlockRoot"),
        gas_limit: number("gasLimit")?,
        transactions: transactions
            .map(|raw| raw.as_str()?.parse::<Bytes>().ok())
            .collect::<Option<_>>()?,
        eip1559_params: text("eip1559Params").and_then(|text| text.parse::<B64>().ok()),
        min_base_fee: value.get("minBaseFee").and_then(Value::as_u64),
    })
}
