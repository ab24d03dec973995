//! A whole run.

use alloc::{rc::Rc, vec::Vec};

use endgame_ortho_derive::{Derivation, Rejected};
use endgame_ortho_execute::{Attributes, Block, ExecuteError, StateDatabase, StateError};
use endgame_ortho_primitives::Hash;
use endgame_preimage::{PreimageKey, PreimageOracle};

use crate::{
    BootInputs, ChainConfig, PreimageError, ProgramError,
    blobs::Blobs,
    chain_data::ChainData,
    l1::L1,
    l2::L2,
    oracle::{Oracle, Place},
    state::L2State,
    witness,
};

/// The exit code of a program whose claim is true.
pub const EXIT_VALID: u8 = 0;
/// The exit code of a program whose claim is false.
pub const EXIT_INVALID: u8 = 1;
/// The exit code of a program that came to no verdict.
pub const EXIT_FAILED: u8 = 2;

/// What a run found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// The output root of the last block, at most the claimed one, that L1 up to its head gives.
    pub output_root: Hash,
    /// That block's number.
    pub block: u64,
    /// Whether the claim is true.
    pub valid: bool,
}

impl Verdict {
    /// [`EXIT_VALID`] or [`EXIT_INVALID`].
    pub const fn exit_code(&self) -> u8 {
        if self.valid { EXIT_VALID } else { EXIT_INVALID }
    }
}

/// A block that a run derived and executed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BlockReport {
    /// Its number.
    pub number: u64,
    /// Its hash.
    pub hash: Hash,
    /// Its output root.
    pub output_root: Hash,
    /// Seconds since 1970.
    pub timestamp: u64,
    /// Deposits and transactions of users.
    pub transactions: usize,
    /// Gas used by them.
    pub gas_used: u64,
}

/// Judges the claim of the boot inputs, trusting `oracle` for nothing that a key can be checked
/// against. `on_block` hears of each block up to the claimed one, once nothing takes it back.
///
/// A claim for a block that L1 up to its head does not give is judged by the last block that it
/// does give; one for a block before the agreed one is false.
pub fn run(
    oracle: impl PreimageOracle + 'static,
    config: &ChainConfig,
    on_block: impl FnMut(BlockReport),
) -> Result<Verdict, ProgramError> {
    judge(&Oracle::new(oracle, Place::Native), config, on_block)
}

/// [`run`] inside a VM: L1 will check each preimage that matters, so the program does not, and
/// costly precompiles come from the oracle as well.
pub fn run_in_vm(
    oracle: impl PreimageOracle + 'static,
    config: &ChainConfig,
    on_block: impl FnMut(BlockReport),
) -> Result<Verdict, ProgramError> {
    judge(&Oracle::new(oracle, Place::Vm), config, on_block)
}

fn judge(
    oracle: &Oracle,
    config: &ChainConfig,
    mut on_block: impl FnMut(BlockReport),
) -> Result<Verdict, ProgramError> {
    let boot = BootInputs::load(oracle)?;
    if boot.chain_id != config.chain_id() {
        return Err(ProgramError::ChainId {
            run: boot.chain_id,
            configured: config.chain_id(),
        });
    }
    let agreed_hash = agreed_block_hash(oracle, boot.agreed_output_root)?;
    let mut l2 = L2::new(oracle.clone(), config.rollup().genesis, agreed_hash)?;
    let agreed = l2.agreed().clone();
    let mut last = (agreed.number, boot.agreed_output_root);
    if boot.claimed_block > agreed.number {
        config.check_known(agreed.number, agreed.timestamp)?;
        let safe_head = l2.block(agreed.number)?;
        let source = ChainData {
            l1: L1::new(oracle.clone(), boot.l1_head)?,
            l2,
            blobs: Blobs::new(oracle.clone()),
        };
        let state = L2State::new(oracle.clone(), agreed.number);
        let mut blocks = Blocks {
            oracle,
            config,
            derivation: Derivation::new(config.rollup().clone(), source, safe_head)?,
            database: StateDatabase::new(agreed, state),
            safe_database: None,
        };
        while last.0 < boot.claimed_block {
            let Some(reports) = blocks.next_safe()? else {
                break;
            };
            for report in reports {
                if report.number <= boot.claimed_block {
                    last = (report.number, report.output_root);
                    on_block(report);
                }
            }
        }
    }
    let (block, output_root) = last;
    Ok(Verdict {
        output_root,
        block,
        valid: boot.claimed_block >= block && boot.claimed_output_root == output_root,
    })
}

/// The block that an output root commits to (`protocol/proposals.md`, "L2 Output Commitment
/// Construction").
fn agreed_block_hash(oracle: &Oracle, output_root: Hash) -> Result<Hash, ProgramError> {
    oracle.hint("starting-l2-output", &[&output_root.0])?;
    let output: [u8; 128] = oracle.exact(PreimageKey::keccak256(output_root.0))?;
    match output.as_chunks::<32>() {
        ([version, _, _, hash], []) if *version == [0; 32] => Ok(Hash(*hash)),
        ([version, ..], _) => Err(ProgramError::OutputVersion(Hash(*version))),
        ([], _) => Err(ProgramError::OutputVersion(Hash::ZERO)),
    }
}

/// Derives and executes one block after the other.
struct Blocks<'a> {
    oracle: &'a Oracle,
    config: &'a ChainConfig,
    derivation: Derivation<ChainData>,
    database: StateDatabase<L2State>,
    /// The state after the safe head, while `database` is past it.
    safe_database: Option<StateDatabase<L2State>>,
}

impl Blocks<'_> {
    /// The next blocks that nothing takes back: one, or those of a span batch that must be valid
    /// as a whole. Nothing when L1 gives no more.
    fn next_safe(&mut self) -> Result<Option<Vec<BlockReport>>, ProgramError> {
        let mut reports = Vec::new();
        loop {
            let Some(attributes) = self.derivation.next_attributes()? else {
                return Ok(None);
            };
            let number = self.database.parent().number.saturating_add(1);
            self.config.check_known(number, attributes.timestamp)?;
            if !self.derivation.is_whole() && self.safe_database.is_none() {
                self.safe_database = Some(self.database.clone());
            }
            match self.execute(&attributes) {
                Ok(block) => reports.push(self.accept(block, attributes)?),
                // No rule makes anything else of deposits alone.
                Err(error) if !error.is_invalid() || attributes.is_deposits_only() => {
                    return Err(ProgramError::Execution { number, error });
                }
                Err(_) => match self.derivation.rejected() {
                    Rejected::DepositsOnly => {
                        let attributes = attributes.deposits_only();
                        let block = self
                            .execute(&attributes)
                            .map_err(|error| ProgramError::Execution { number, error })?;
                        reports.push(self.accept(block, attributes)?);
                    }
                    Rejected::BackTo(number) => {
                        if let Some(database) = self.safe_database.take() {
                            self.database = database;
                        }
                        self.derivation.source().l2.take_back(number);
                        reports.clear();
                    }
                },
            }
            if !reports.is_empty() && self.is_safe() {
                self.safe_database = None;
                return Ok(Some(reports));
            }
        }
    }

    /// Whether nothing takes the last block back.
    fn is_safe(&self) -> bool {
        self.derivation.safe_head().hash == self.database.parent_hash()
    }

    fn execute(&mut self, attributes: &Attributes) -> Result<Block, ExecuteError<PreimageError>> {
        witness::hint(self.oracle, self.database.parent_hash(), attributes)
            .map_err(StateError::Source)?;
        self.config.chain().execute(&mut self.database, attributes)
    }

    /// Hands the block to derivation.
    fn accept(
        &mut self,
        block: Block,
        attributes: Attributes,
    ) -> Result<BlockReport, ProgramError> {
        let (number, timestamp) = (block.header.number, block.header.timestamp);
        let gas_used = block.header.gas_used;
        let transactions = attributes.transactions.len();
        let output_root = self
            .database
            .output_root()
            .map_err(|error| ProgramError::State { number, error })?;
        let source = self.derivation.source();
        let derived = source
            .l2
            .add(block.hash, block.header, attributes.transactions)?;
        self.derivation.accepted(Rc::clone(&derived));
        Ok(BlockReport {
            number,
            hash: block.hash,
            output_root,
            timestamp,
            transactions,
            gas_used,
        })
    }
}

#[cfg(test)]
mod tests;
