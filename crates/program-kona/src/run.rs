//! A whole run.

use alloc::{boxed::Box, collections::BTreeMap, sync::Arc, vec::Vec};

use alloy_primitives::{B256, Bytes};
use endgame_kona_executor::{
    Accelerator, Attributes, ExecutorError, Outcome, TrieDb, decode_header,
};
use endgame_preimage::PreimageOracle;
use kona_protocol::L2BlockInfo;

use crate::{
    BootInputs, ChainConfig, ProgramError, accelerate::OraclePrecompiles, pipeline::Driver,
    source::Source, witness,
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
    pub output_root: B256,
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
    pub hash: B256,
    /// Its output root.
    pub output_root: B256,
    /// Seconds since 1970.
    pub timestamp: u64,
    /// Deposits and transactions of users.
    pub transactions: usize,
    /// Gas used by them.
    pub gas_used: u64,
}

/// Judges the claim of the boot inputs, trusting `oracle` for nothing that a key can be checked
/// against. `on_block` hears of each block on the way; up to Holocene also of blocks that are taken
/// back, because a later one of their span batch cannot be executed.
///
/// A claim for a block that L1 up to its head does not give is judged by the last block that it
/// does give; one for a block before the agreed one is false.
pub fn run<O: PreimageOracle + Send + Sync + 'static>(
    oracle: O,
    config: &ChainConfig,
    on_block: impl FnMut(BlockReport),
) -> Result<Verdict, ProgramError> {
    judge(&Source::new(oracle, true), config, None, on_block)
}

/// [`run`] inside a VM: L1 will check each preimage that matters, so the program does not, and
/// costly precompiles come from the oracle as well.
pub fn run_in_vm<O: PreimageOracle + Send + Sync + 'static>(
    oracle: O,
    config: &ChainConfig,
    on_block: impl FnMut(BlockReport),
) -> Result<Verdict, ProgramError> {
    let source = Source::new(oracle, false);
    let accelerator: Arc<dyn Accelerator> = Arc::new(OraclePrecompiles(source.clone()));
    judge(&source, config, Some(accelerator), on_block)
}

fn judge(
    source: &Source,
    config: &ChainConfig,
    accelerator: Option<Arc<dyn Accelerator>>,
    mut on_block: impl FnMut(BlockReport),
) -> Result<Verdict, ProgramError> {
    let boot = BootInputs::load(source.oracle())?;
    if boot.chain_id != config.chain_id() {
        return Err(ProgramError::ChainId {
            run: boot.chain_id,
            configured: config.chain_id(),
        });
    }
    let agreed = agreed_block_hash(source, boot.agreed_output_root)?;
    source.hint("l2-block-header", &[agreed.as_slice()])?;
    let header = source.keccak(agreed)?;
    let parent = decode_header(&header, agreed)
        .map_err(|error| ProgramError::Execution { number: 0, error })?;
    let verdict = |output_root, block| Verdict {
        output_root,
        block,
        valid: boot.claimed_output_root == output_root,
    };
    if boot.claimed_block < parent.number {
        return Ok(Verdict {
            valid: false,
            ..verdict(boot.agreed_output_root, parent.number)
        });
    }
    if boot.claimed_block == parent.number {
        return Ok(verdict(boot.agreed_output_root, parent.number));
    }
    source.set_agreed_block(parent.number);
    config.check_known(parent.number, parent.timestamp)?;
    let mut blocks = Blocks {
        driver: Driver::new(
            source.clone(),
            config,
            boot.l1_head,
            (agreed, &header),
            parent.number,
        )?,
        db: TrieDb::new(parent, source.clone()),
        before_span: None,
        source,
        config,
        accelerator,
    };
    let first = blocks.db.parent().number;
    let mut outputs = BTreeMap::from([(first, boot.agreed_output_root)]);
    while blocks.db.parent().number < boot.claimed_block || blocks.before_span.is_some() {
        let Some((outcome, transactions)) = blocks.next()? else {
            break;
        };
        let output_root = blocks.output_root()?;
        // Blocks that were taken back are not there any more.
        outputs.split_off(&outcome.header.number);
        outputs.insert(outcome.header.number, output_root);
        on_block(BlockReport {
            number: outcome.header.number,
            hash: outcome.header.hash(),
            output_root,
            timestamp: outcome.header.timestamp,
            transactions: transactions.len(),
            gas_used: outcome.header.gas_used,
        });
    }
    let end = boot.claimed_block.min(blocks.db.parent().number);
    let last = outputs.range(..=end).next_back();
    let (block, output_root) = last.unwrap_or((&first, &boot.agreed_output_root));
    Ok(verdict(*output_root, *block))
}

/// The block that an output root commits to (specs `protocol/withdrawals.md`).
fn agreed_block_hash(source: &Source, output_root: B256) -> Result<B256, ProgramError> {
    source.hint("starting-l2-output", &[output_root.as_slice()])?;
    let key = endgame_preimage::PreimageKey::keccak256(output_root.0);
    let output = source.exact::<128>(key)?;
    let (words, _) = output.as_chunks::<32>();
    match words {
        [version, _, _, hash] if *version == [0; 32] => Ok(B256::from(*hash)),
        [version, ..] => Err(ProgramError::OutputVersion(B256::from(*version))),
        [] => Err(ProgramError::OutputVersion(B256::ZERO)),
    }
}

/// Derives and executes one block after the other.
struct Blocks<'a> {
    driver: Driver,
    db: TrieDb<Source>,
    /// What the span batch in use began on, while it has more blocks; up to Holocene, where one
    /// that cannot be executed takes those before it with it.
    before_span: Option<Box<(TrieDb<Source>, L2BlockInfo)>>,
    source: &'a Source,
    config: &'a ChainConfig,
    accelerator: Option<Arc<dyn Accelerator>>,
}

impl Blocks<'_> {
    /// The next block with its transactions, `None` when L1 gives no more. Up to Holocene it may
    /// come in the place of blocks that were given before.
    fn next(&mut self) -> Result<Option<(Outcome, Vec<Bytes>)>, ProgramError> {
        loop {
            let Some(mut attributes) = self.driver.next()? else {
                return Ok(None);
            };
            let number = self.db.parent().number + 1;
            self.config.check_known(number, attributes.timestamp)?;
            let ends_span = self.driver.is_holocene() || self.driver.ends_span();
            if !ends_span && self.before_span.is_none() {
                let before = (self.db.clone(), self.driver.safe());
                self.before_span = Some(Box::new(before));
            }
            let outcome = match self.execute(&attributes)? {
                Ok(outcome) => outcome,
                Err(error) if attributes.is_deposits_only() => {
                    // Specs `protocol/derivation.md`, "L1-sync": no batch is to blame.
                    return Err(ProgramError::Execution { number, error });
                }
                Err(_) if !self.driver.is_holocene() => {
                    // Before Holocene the batch is dropped as a whole; the next one may do.
                    if let Some(before) = self.before_span.take() {
                        let (db, safe) = *before;
                        self.db = db;
                        self.driver.rewind(safe);
                    }
                    continue;
                }
                Err(_) => {
                    // Specs `protocol/holocene/derivation.md`, "Engine Queue": the block keeps its
                    // deposits, and the rest of its channel is dropped.
                    self.driver.flush()?;
                    attributes = attributes.deposits_only();
                    self.execute(&attributes)?
                        .map_err(|error| ProgramError::Execution { number, error })?
                }
            };
            let header = alloy_rlp::encode(outcome.header.inner()).into();
            let transactions = attributes.transactions;
            self.driver
                .executed(outcome.header.hash(), &header, &transactions)?;
            if ends_span {
                self.before_span = None;
            }
            return Ok(Some((outcome, transactions)));
        }
    }

    /// Executes a block: an inner error says that the rules forbid it.
    fn execute(
        &mut self,
        attributes: &Attributes,
    ) -> Result<Result<Outcome, ExecutorError>, ProgramError> {
        let parent = self.db.parent();
        let number = parent.number + 1;
        witness::hint(self.source, parent.hash(), attributes)?;
        let outcome =
            self.config
                .chain()
                .execute_with(&mut self.db, attributes, self.accelerator.clone());
        if let Some(fault) = self.source.take_fault() {
            return Err(fault);
        }
        match outcome {
            Err(error) if !error.is_invalid() => Err(ProgramError::Execution { number, error }),
            outcome => Ok(outcome),
        }
    }

    fn output_root(&mut self) -> Result<B256, ProgramError> {
        let number = self.db.parent().number;
        self.db
            .output_root()
            .map_err(|error| ProgramError::Execution { number, error })
    }
}
