//! Batches that wait for their block (before Holocene).

use alloc::{collections::BTreeMap, rc::Rc, vec::Vec};

use endgame_ortho_primitives::meter;

use crate::{
    DeriveError, L1Block, Source,
    batch::Batch,
    validity::{Context, Validity, check_span},
};

/// A batch with the L1 block that it was complete in.
#[derive(Clone, Debug)]
struct Queued {
    batch: Batch,
    inclusion: Rc<L1Block>,
}

/// Batches in the order in which they came, those for later blocks apart.
///
/// The order is what counts (`protocol/derivation.md`, "Batch Queue"): of several batches that may
/// be the next block the first one is. Keeping the future ones by their time means that each batch
/// is looked at when its time has come, and not at every block.
#[derive(Clone, Debug, Default)]
pub(crate) struct BatchQueue {
    /// How many came.
    count: u64,
    /// Batches whose time has come, by arrival.
    ready: BTreeMap<u64, Queued>,
    /// Batches of later blocks, by time and arrival.
    future: BTreeMap<(u64, u64), Queued>,
    /// Whether the first that is ready needs more of L1.
    is_undecided: bool,
}

type Result<T, S> = core::result::Result<T, DeriveError<<S as Source>::Error>>;

impl BatchQueue {
    /// Adds a batch that came in `context.inclusion`, unless it can never be a block.
    pub(crate) fn add<S: Source>(
        &mut self,
        batch: Batch,
        inclusion: Rc<L1Block>,
        context: &Context<'_>,
        source: &mut S,
    ) -> Result<(), S> {
        let validity = check(context, &batch, source)?;
        if matches!(validity, Validity::Drop(_) | Validity::Past) {
            return Ok(());
        }
        let arrival = self.count;
        self.count += 1;
        self.future
            .insert((timestamp(&batch), arrival), Queued { batch, inclusion });
        Ok(())
    }

    /// Says that L1 has moved on.
    pub(crate) fn origin_advanced(&mut self) {
        self.is_undecided = false;
    }

    /// Whether a batch waits for more of L1, so that no other block may be next.
    pub(crate) const fn is_undecided(&self) -> bool {
        self.is_undecided
    }

    /// The first batch that is the next block.
    pub(crate) fn next<S: Source>(
        &mut self,
        context: &Context<'_>,
        source: &mut S,
    ) -> Result<Option<Batch>, S> {
        let later = (context.next_timestamp().saturating_add(1), 0);
        let rest = self.future.split_off(&later);
        for ((_, arrival), queued) in core::mem::replace(&mut self.future, rest) {
            meter::work(1);
            self.ready.insert(arrival, queued);
        }
        if self.is_undecided {
            return Ok(None);
        }
        let mut back = Vec::new();
        let mut accepted = None;
        while let Some((arrival, queued)) = self.ready.pop_first() {
            let context = Context {
                inclusion: &queued.inclusion,
                ..*context
            };
            match check(&context, &queued.batch, source)? {
                Validity::Accept => {
                    accepted = Some(queued.batch);
                    break;
                }
                Validity::Drop(_) | Validity::Past => {}
                Validity::Undecided => {
                    self.is_undecided = true;
                    self.ready.insert(arrival, queued);
                    break;
                }
                // The chain was taken back by some blocks.
                Validity::Future => back.push((arrival, queued)),
            }
        }
        for (arrival, queued) in back {
            self.future
                .insert((timestamp(&queued.batch), arrival), queued);
        }
        Ok(accepted)
    }
}

/// The time of the first block.
fn timestamp(batch: &Batch) -> u64 {
    match batch {
        Batch::Singular(batch) => batch.timestamp,
        Batch::Span(span) => span.blocks.first().map_or(0, |block| block.timestamp),
    }
}

fn check<S: Source>(context: &Context<'_>, batch: &Batch, source: &mut S) -> Result<Validity, S> {
    meter::work(1);
    match batch {
        Batch::Singular(batch) => Ok(context.check_singular(batch)),
        Batch::Span(span) => check_span(context, span, source),
    }
}
