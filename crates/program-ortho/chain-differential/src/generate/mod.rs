//! Made-up chains: an honest sequencer and batcher, and what an attacker does to their work.

mod attack;
mod attack_bytes;
mod batcher;
mod world;

use alloy_primitives::B256;
use endgame_program_kona::{BootInputs, ChainConfig};

use crate::{
    chain::L2_CHAIN_ID,
    choices::Choices,
    oracle::{Oracle, Store},
};
use world::World;

/// A chain of L1 with a claim about what it says of L2.
#[derive(Debug)]
pub struct Case {
    pub(crate) store: Store,
    pub(crate) boot: BootInputs,
    genesis_output: B256,
    /// The last block that the sequencer made.
    pub head: u64,
    /// Whether nobody attacked.
    pub honest: bool,
    pub(crate) kona: ChainConfig,
    /// `rollup.json`.
    pub rollup: Vec<u8>,
    /// L1's configuration, as geth writes it.
    pub l1: Vec<u8>,
    /// What network upgrades deploy.
    pub(crate) upgrade_data: Vec<Vec<u8>>,
    /// What was done to the chain, for whoever looks into a difference.
    pub notes: Vec<String>,
}

impl Case {
    /// The case that follows from a seed.
    pub fn from_seed(seed: u64) -> Self {
        Self::make(&mut Choices::from_seed(seed), &[])
    }

    /// The case that follows from a seed, with Jovian after the genesis: that takes the init code that
    /// Jovian deploys, which is in no published crate.
    pub fn crossing_jovian(seed: u64, init_code: &[Vec<u8>]) -> Self {
        Self::make(&mut Choices::from_seed(seed), init_code)
    }

    /// The case that these bytes choose.
    pub fn from_bytes(bytes: &[u8]) -> Self {
        Self::make(&mut Choices::from_bytes(bytes), &[])
    }

    fn make(choices: &mut Choices<'_>, upgrade_data: &[Vec<u8>]) -> Self {
        let mut world = World::new(choices, upgrade_data);
        world.run();
        let claimed_block = world.choose_claim();
        let agreed = world.choose_agreed();
        let boot = BootInputs {
            l1_head: world.l1.last().hash,
            agreed_output_root: agreed.output_root,
            claimed_output_root: world.claimed_root(claimed_block),
            claimed_block,
            chain_id: L2_CHAIN_ID,
        };
        Self {
            store: world.store,
            boot,
            genesis_output: world.sequencer.nodes[0].output_root,
            head: world.sequencer.head().header.number,
            honest: world.hostility == 0,
            kona: world.config,
            rollup: world.rollup,
            l1: world.parameters.l1_config(),
            upgrade_data: upgrade_data.to_vec(),
            notes: world.notes,
        }
    }

    /// The preimages of this case.
    pub(crate) fn oracle(&self) -> Oracle {
        Oracle::new(&self.store, self.boot)
    }

    /// The same chain, derived from the rollup's genesis on to the end of L1, whatever block
    /// is agreed on and claimed.
    pub fn from_genesis(&self) -> Self {
        Self {
            store: self.store.clone(),
            boot: BootInputs {
                agreed_output_root: self.genesis_output,
                claimed_block: u64::MAX,
                ..self.boot
            },
            kona: self.kona.clone(),
            rollup: self.rollup.clone(),
            l1: self.l1.clone(),
            upgrade_data: self.upgrade_data.clone(),
            notes: self.notes.clone(),
            ..*self
        }
    }
}
