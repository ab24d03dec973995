//! From batches to the batch of the next block (OP specs `protocol/derivation.md`, "Batch Queue";
//! `protocol/holocene/derivation.md`, "Batch Queue").

use alloc::{collections::VecDeque, rc::Rc, vec::Vec};

use crate::{
    DeriveError, L1Block, L2Block, Rollup, Source,
    batch::{Batch, SingularBatch},
    batch_queue::BatchQueue,
    channels::Channels,
    epochs::Epochs,
    validity::{Context, Validity, check_span, next_timestamp, singular_batches},
};

type Result<T, S> = core::result::Result<T, DeriveError<<S as Source>::Error>>;

/// Where the stage stands.
#[derive(Clone, Debug)]
pub(crate) struct BatchStage {
    /// The L1 block that batches come from.
    origin: Rc<L1Block>,
    /// L1 blocks that the next L2 blocks may belong to.
    epochs: Epochs,
    /// What is left of the span batch that the last block came from.
    span: VecDeque<SingularBatch>,
    /// Batches of later blocks; from Holocene on there are none.
    queue: Option<BatchQueue>,
}

/// The next block's batch, and whether it ends what must be valid as a whole.
pub(crate) type NextBatch = (SingularBatch, bool);

/// A step of the stage: a batch, more to look at, or the end of what L1 has given so far.
enum Step {
    Batch(NextBatch),
    Again,
    End,
}

/// The rollup, and the block that the next one follows.
#[derive(Clone, Copy)]
pub(crate) struct Head<'a> {
    pub(crate) rollup: &'a Rollup,
    pub(crate) parent: &'a Rc<L2Block>,
}

impl BatchStage {
    /// A stage that begins at the L1 block `base`, by the rules of Holocene or those before.
    pub(crate) fn new(base: Rc<L1Block>, is_holocene: bool) -> Self {
        let mut epochs = Epochs::default();
        epochs.push(Rc::clone(&base));
        Self {
            epochs,
            origin: base,
            span: VecDeque::new(),
            queue: (!is_holocene).then(BatchQueue::default),
        }
    }

    /// Drops what waits and goes over to the rules of Holocene ("Activation").
    pub(crate) fn activate_holocene(&mut self) {
        self.span.clear();
        self.queue = None;
    }

    /// Hears that the last batch makes no block. Whether the block keeps its deposits, and the rest
    /// of the channel is dropped: from Holocene on, by the L1 block that the batch came in.
    pub(crate) fn rejected(&mut self, channels: &mut Channels) -> bool {
        let is_holocene = self.queue.is_none();
        if is_holocene {
            self.flush(channels);
        }
        is_holocene
    }

    /// Drops what is left of the current span batch, and of the channel that it came from ("Fast
    /// Channel Invalidation").
    fn flush(&mut self, channels: &mut Channels) {
        self.span.clear();
        channels.flush();
    }

    /// The batch of the block after the head, nothing if L1 up to `origin` gives none.
    pub(crate) fn next<S: Source>(
        &mut self,
        head: Head<'_>,
        origin: &Rc<L1Block>,
        channels: &mut Channels,
        source: &mut S,
    ) -> Result<Option<NextBatch>, S> {
        loop {
            let step = if self.queue.is_some() {
                self.step_queue(head, origin, channels, source)?
            } else {
                self.step_strict(head, origin, channels, source)?
            };
            match step {
                Step::Batch(batch) => return Ok(Some(batch)),
                Step::Again => {}
                Step::End => return Ok(None),
            }
        }
    }

    /// Before Holocene: all batches that L1 has given compete for the next block.
    fn step_queue<S: Source>(
        &mut self,
        head: Head<'_>,
        origin: &Rc<L1Block>,
        channels: &mut Channels,
        source: &mut S,
    ) -> Result<Step, S> {
        if let Some(batch) = self.take_from_span(head) {
            return Ok(Step::Batch((batch, self.span.is_empty())));
        }
        let is_behind = self.update_origins(head, origin);
        let batch = channels.next_batch(head.rollup, origin);
        let is_end = batch.is_none();
        if is_behind {
            return Ok(if is_end { Step::End } else { Step::Again });
        }
        let Self {
            epochs,
            span,
            queue: Some(queue),
            ..
        } = self
        else {
            return Ok(Step::End);
        };
        let context = Context {
            rollup: head.rollup,
            l1_blocks: epochs.as_slice(),
            parent: head.parent,
            inclusion: origin,
        };
        if let Some(batch) = batch {
            queue.add(batch, Rc::clone(origin), &context, source)?;
        }
        match queue.next(&context, source)? {
            Some(Batch::Singular(batch)) => return Ok(Step::Batch((batch, true))),
            Some(Batch::Span(batch)) => {
                // It was judged block by block, so that every origin is known.
                *span = singular_batches(&context, batch).unwrap_or_default();
                return Ok(Step::Again);
            }
            None => {}
        }
        let empty = if queue.is_undecided() {
            None
        } else {
            self.empty_batch(head, is_end)
        };
        Ok(match empty {
            Some(batch) => Step::Batch((batch, true)),
            None if is_end => Step::End,
            None => Step::Again,
        })
    }

    /// From Holocene on: batches come in the order of their blocks, or are dropped.
    fn step_strict<S: Source>(
        &mut self,
        head: Head<'_>,
        origin: &Rc<L1Block>,
        channels: &mut Channels,
        source: &mut S,
    ) -> Result<Step, S> {
        let is_behind = self.update_origins(head, origin);
        // In the L1 block of the head's own origin there can be batches of the past alone.
        if is_behind || head.parent.origin.number == origin.header.number {
            return Ok(match channels.next_batch(head.rollup, origin) {
                Some(_) => Step::Again,
                None => Step::End,
            });
        }
        let batch = match self.take_from_span(head) {
            Some(batch) => batch,
            None => match channels.next_batch(head.rollup, origin) {
                None => {
                    return Ok(match self.empty_batch(head, true) {
                        Some(batch) => Step::Batch((batch, true)),
                        None => Step::End,
                    });
                }
                Some(Batch::Singular(batch)) => batch,
                Some(Batch::Span(span)) => {
                    let context = self.context(head, origin);
                    let blocks = match check_span(&context, &span, source)? {
                        Validity::Accept => singular_batches(&context, span),
                        Validity::Drop(_) => None,
                        Validity::Past | Validity::Undecided | Validity::Future => {
                            return Ok(Step::Again);
                        }
                    };
                    match blocks {
                        Some(blocks) => self.span = blocks,
                        None => self.flush(channels),
                    }
                    return Ok(Step::Again);
                }
            },
        };
        Ok(match self.context(head, origin).check_singular(&batch) {
            Validity::Accept => Step::Batch((batch, true)),
            Validity::Drop(_) => {
                self.flush(channels);
                Step::Again
            }
            Validity::Past | Validity::Undecided | Validity::Future => Step::Again,
        })
    }

    fn context<'a>(&'a self, head: Head<'a>, origin: &'a L1Block) -> Context<'a> {
        Context {
            rollup: head.rollup,
            l1_blocks: self.epochs.as_slice(),
            parent: head.parent,
            inclusion: origin,
        }
    }

    /// The next block of the current span batch. If it is for another block, the last one was not
    /// accepted, and the rest is dropped.
    fn take_from_span(&mut self, head: Head<'_>) -> Option<SingularBatch> {
        let mut batch = self.span.pop_front()?;
        if batch.timestamp == next_timestamp(head.rollup, head.parent) {
            batch.parent_hash = head.parent.hash;
            return Some(batch);
        }
        self.span.clear();
        None
    }

    /// Takes in the current L1 block and forgets those before the head's; whether L1 has not come
    /// to the head's origin yet.
    fn update_origins(&mut self, head: Head<'_>, origin: &Rc<L1Block>) -> bool {
        let head_origin = head.parent.origin.number;
        let is_behind = origin.header.number < head_origin;
        if self.origin.hash != origin.hash {
            self.origin = Rc::clone(origin);
            if is_behind {
                self.epochs.clear();
            } else {
                self.epochs.push(Rc::clone(origin));
            }
            if let Some(queue) = &mut self.queue {
                queue.origin_advanced();
            }
        }
        self.epochs.forget_before(head_origin);
        is_behind
    }

    /// An empty batch, where the epoch's sequencing window has passed without one ("then an empty
    /// batch can be derived"). Without one, the next epoch's turn may have come.
    fn empty_batch(&mut self, head: Head<'_>, is_end: bool) -> Option<SingularBatch> {
        let [epoch, next_epoch, ..] = self.epochs.as_slice() else {
            return None;
        };
        let number = epoch.header.number;
        let expiry = number.saturating_add(head.rollup.seq_window_size);
        let now = self.origin.header.number;
        if now < expiry || (now == expiry && !is_end) {
            return None;
        }
        let timestamp = next_timestamp(head.rollup, head.parent);
        // Each epoch has at least one block.
        let is_first_of_epoch = Some(number) == head.parent.origin.number.checked_add(1);
        if timestamp < next_epoch.header.timestamp || is_first_of_epoch {
            return Some(SingularBatch {
                parent_hash: head.parent.hash,
                epoch_number: number,
                epoch_hash: epoch.hash,
                timestamp,
                transactions: Vec::new(),
            });
        }
        self.epochs.pop_first();
        None
    }
}
