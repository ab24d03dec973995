//! The whole way from L1 to payload attributes.

use alloc::rc::Rc;

use endgame_ortho_execute::{Attributes, Fork};
use endgame_ortho_primitives::Address;

use crate::{
    BlockId, DeriveError, L1Block, L2Block, Rollup, Source, SystemConfig,
    attributes::attributes,
    batch_stage::{BatchStage, Head},
    channels::Channels,
    data::batcher_data,
    receipts::{may_log, receipts},
    system_config::CONFIG_UPDATE,
};

type Result<T, S> = core::result::Result<T, DeriveError<<S as Source>::Error>>;

/// Derives the attributes of one L2 block after the other.
///
/// Whoever executes them says what became of them: [`accepted`](Self::accepted) with the block, or
/// [`rejected`](Self::rejected) where the rules forbid it.
#[derive(Debug)]
pub struct Derivation<S> {
    rollup: Rollup,
    source: S,
    /// The L1 block that is being read.
    origin: Rc<L1Block>,
    /// The system configuration as of that block.
    system_config: SystemConfig,
    channels: Channels,
    batches: BatchStage,
    /// The last block that stays.
    safe: Rc<L2Block>,
    /// The last block; after `safe` where a span batch is not at its end (before Holocene).
    head: Rc<L2Block>,
    /// Whether the last attributes end what must be valid as a whole.
    is_whole: bool,
}

/// What follows from attributes that make no block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rejected {
    /// The block has the same attributes without the transactions that are no deposits; the rest
    /// of its channel is dropped (`protocol/holocene/derivation.md`, "Engine Queue").
    DepositsOnly,
    /// There is no such block, and those after the one with this number are taken back: the other
    /// blocks of a span batch are not valid without it. The next batch may do.
    BackTo(u64),
}

impl<S: Source> Derivation<S> {
    /// Begins after the block `safe_head`, far enough back on L1 that every channel which may
    /// still give a block is read from its first frame (`protocol/derivation.md`, "Resetting the
    /// Pipeline").
    pub fn new(rollup: Rollup, mut source: S, safe_head: Rc<L2Block>) -> Result<Self, S> {
        let base = base(&rollup, &mut source, &safe_head)?;
        let system_config = config_at(&rollup, &mut source, &base, &safe_head)?;
        let is_holocene = rollup
            .forks
            .is_active(Fork::Holocene, base.header.timestamp);
        let mut derivation = Self {
            channels: Channels::new(is_holocene),
            batches: BatchStage::new(Rc::clone(&base), is_holocene),
            origin: base,
            system_config,
            head: Rc::clone(&safe_head),
            safe: safe_head,
            is_whole: true,
            rollup,
            source,
        };
        derivation.read_origin()?;
        Ok(derivation)
    }

    /// The attributes of the next block, nothing when L1 up to its head gives no more.
    pub fn next_attributes(&mut self) -> Result<Option<Attributes>, S> {
        loop {
            let head = Head {
                rollup: &self.rollup,
                parent: &self.head,
            };
            let next =
                self.batches
                    .next(head, &self.origin, &mut self.channels, &mut self.source)?;
            if let Some((batch, is_whole)) = next {
                self.is_whole = is_whole;
                let epoch = BlockId {
                    hash: batch.epoch_hash,
                    number: batch.epoch_number,
                };
                return attributes(
                    &mut self.source,
                    &self.rollup,
                    &self.head,
                    epoch,
                    batch.timestamp,
                    batch.transactions,
                )
                .map(Some);
            }
            if !self.advance_origin()? {
                return Ok(None);
            }
        }
    }

    /// Takes the block that the last attributes became.
    pub fn accepted(&mut self, block: Rc<L2Block>) {
        if self.is_whole {
            self.safe = Rc::clone(&block);
        }
        self.head = block;
    }

    /// Hears that the last attributes make no block.
    pub fn rejected(&mut self) -> Rejected {
        if self.batches.rejected(&mut self.channels) {
            return Rejected::DepositsOnly;
        }
        self.head = Rc::clone(&self.safe);
        Rejected::BackTo(self.safe.header.number)
    }

    /// The last block that nothing takes back.
    pub const fn safe_head(&self) -> &Rc<L2Block> {
        &self.safe
    }

    /// Whether the last attributes end what must be valid as a whole: the block that they become
    /// stays.
    pub const fn is_whole(&self) -> bool {
        self.is_whole
    }

    /// The source.
    pub const fn source(&mut self) -> &mut S {
        &mut self.source
    }

    /// Goes on to the next L1 block; false at the head of L1.
    fn advance_origin(&mut self) -> Result<bool, S> {
        let number = self.origin.header.number.saturating_add(1);
        let Some(next) = self.source.l1_block_at(number)? else {
            return Ok(false);
        };
        let time = next.header.timestamp;
        if may_update_config(&self.rollup, &next) {
            let receipts = receipts(&mut self.source, &next)?;
            self.system_config.apply(&receipts, &self.rollup, time);
        }
        let forks = &self.rollup.forks;
        let was_holocene = forks.is_active(Fork::Holocene, self.origin.header.timestamp);
        if forks.is_active(Fork::Holocene, time) && !was_holocene {
            self.channels = Channels::new(true);
            self.batches.activate_holocene();
        }
        self.origin = next;
        self.read_origin()?;
        Ok(true)
    }

    /// Reads what the batcher wrote in the current L1 block.
    fn read_origin(&mut self) -> Result<(), S> {
        let batcher: Address = self.system_config.batcher;
        let data = batcher_data(&mut self.source, &self.rollup, &self.origin, batcher)?;
        self.channels.extend(data);
        Ok(())
    }
}

/// The L1 block that channels can have begun at which are still open at the safe head's origin.
fn base<S: Source>(rollup: &Rollup, source: &mut S, safe: &L2Block) -> Result<Rc<L1Block>, S> {
    let mut block = source.l1_block(safe.origin.hash)?;
    loop {
        let number = block.header.number;
        let timeout = rollup.channel_timeout_at(block.header.timestamp);
        if number <= rollup.genesis.l1.number
            || number.saturating_add(timeout) <= safe.origin.number
        {
            return Ok(block);
        }
        block = source.l1_block(block.header.parent_hash)?;
    }
}

/// The system configuration as of `base`. Where no L1 block between can have changed it, that is
/// the safe head's; else it is that of the safe head's ancestor with this origin.
fn config_at<S: Source>(
    rollup: &Rollup,
    source: &mut S,
    base: &L1Block,
    safe: &Rc<L2Block>,
) -> Result<SystemConfig, S> {
    let mut block = source.l1_block(safe.origin.hash)?;
    let mut has_update = false;
    while block.header.number > base.header.number && !has_update {
        has_update = may_update_config(rollup, &block);
        block = source.l1_block(block.header.parent_hash)?;
    }
    let mut ancestor = Rc::clone(safe);
    while has_update
        && ancestor.origin.number > base.header.number
        && ancestor.header.number > rollup.genesis.l2.number
    {
        ancestor = source.l2_block(ancestor.header.number.saturating_sub(1))?;
    }
    SystemConfig::of_block(&ancestor, rollup)
}

/// Whether the block can have changed the system configuration.
fn may_update_config(rollup: &Rollup, block: &L1Block) -> bool {
    may_log(block, rollup.system_config_address, CONFIG_UPDATE)
}
