//! Any step of a run: its state hash, its state, its witness.
//!
//! A trace keeps snapshots on the way. A question about a step is answered from the nearest one
//! before it, so it costs the steps between. When snapshots get too many or too large, every
//! other one goes and the distance doubles: memory stays bounded however long the run is.

use std::{collections::BTreeMap, ops::ControlFlow, sync::Arc};

use alloy_primitives::B256;
use endgame_preimage::PreimageOracle;
use endgame_vm::{PAGE_BYTES, Preimages};

use crate::{
    State, StepWitness, VmError,
    engine::{self, Engine},
    reference::Step,
};

/// What serves a trace's preimages.
pub type SharedOracle = Arc<dyn PreimageOracle + Send + Sync>;

/// How a trace keeps snapshots.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TraceOptions {
    /// Steps between snapshots at first.
    pub interval: u64,
    /// The most snapshots to keep beside the first.
    pub max_snapshots: usize,
    /// The most bytes of pages that the snapshots may hold beside the first, roughly.
    pub max_bytes: usize,
}

impl Default for TraceOptions {
    /// A snapshot every 16 Mi steps, at most 64 of them with at most 2 GiB of changed pages.
    fn default() -> Self {
        Self {
            interval: 1 << 24,
            max_snapshots: 64,
            max_bytes: 2 << 30,
        }
    }
}

/// The run of one prestate.
pub struct Trace {
    oracle: SharedOracle,
    options: TraceOptions,
    engine: Box<dyn Engine>,
    first: u64,
    snapshots: BTreeMap<u64, State>,
    end: Option<u64>,
}

impl std::fmt::Debug for Trace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Trace")
            .field("options", &self.options)
            .field("first", &self.first)
            .field("snapshots", &self.snapshots.len())
            .field("end", &self.end)
            .finish_non_exhaustive()
    }
}

impl Trace {
    /// A trace of the run from `prestate` on.
    pub fn new(prestate: State, oracle: SharedOracle, options: TraceOptions) -> Self {
        let engine = engine::best(&prestate);
        Self::with_engine(prestate, engine, oracle, options)
    }

    /// A trace that executes with `engine`, whatever state that holds.
    pub fn with_engine(
        prestate: State,
        mut engine: Box<dyn Engine>,
        oracle: SharedOracle,
        options: TraceOptions,
    ) -> Self {
        engine.restore(&prestate);
        let first = prestate.step;
        Self {
            oracle,
            options,
            engine,
            first,
            end: prestate.exited.then_some(first),
            snapshots: BTreeMap::from([(first, prestate)]),
        }
    }

    /// Runs to the end; returns the number of steps that the last state has.
    pub fn run_to_end(&mut self) -> Result<u64, VmError> {
        self.advance_to(u64::MAX)
    }

    /// The number of steps that the last state has, if the trace got there already.
    pub const fn end(&self) -> Option<u64> {
        self.end
    }

    /// Goes to a step, or to the end if that comes first; returns where it stands. Calling it
    /// with growing steps shows progress.
    pub fn advance_to(&mut self, step: u64) -> Result<u64, VmError> {
        let step = step.max(self.first).min(self.end.unwrap_or(u64::MAX));
        self.go_near(step);
        let oracle = self.oracle.clone();
        let mut preimages = Preimages::new(&*oracle);
        while self.engine.step() < step && !self.engine.exited() {
            let interval = self.options.interval.max(1);
            let next = (self.engine.step() / interval)
                .saturating_add(1)
                .saturating_mul(interval);
            let until = next.min(step);
            self.engine.run(until, &mut preimages, &mut log_output)?;
            if self.engine.step() == next {
                self.keep_snapshot();
            }
        }
        if self.engine.exited() {
            self.end = Some(self.engine.step());
        }
        Ok(self.engine.step())
    }

    /// The state hash after `step` steps. Past the end it is the last state's.
    pub fn state_hash_at(&mut self, step: u64) -> Result<B256, VmError> {
        Ok(self.state_at(step)?.state_hash())
    }

    /// The state after `step` steps. Past the end it is the last state.
    pub fn state_at(&mut self, step: u64) -> Result<State, VmError> {
        self.advance_to(step)?;
        Ok(self.engine.state())
    }

    /// The witness of the step that follows `step` steps. Past the end it is that of a step
    /// that changes nothing.
    pub fn step_witness(&mut self, step: u64) -> Result<StepWitness, VmError> {
        let mut state = self.state_at(step)?;
        StepWitness::take(&mut state, &mut Preimages::new(&*self.oracle))
    }

    /// Restores the last snapshot up to `step` unless the engine is nearer.
    fn go_near(&mut self, step: u64) {
        if let Some((at, snapshot)) = self.snapshots.range(..=step).next_back() {
            let here = self.engine.step();
            if here > step || here < *at {
                self.engine.restore(snapshot);
            }
        }
    }

    fn keep_snapshot(&mut self) {
        let step = self.engine.step();
        if !self.snapshots.contains_key(&step) {
            let state = self.engine.state();
            self.snapshots.insert(step, state);
        }
        while self.snapshots.len() > 2
            && (self.snapshots.len() - 1 > self.options.max_snapshots
                || self.changed_bytes() > self.options.max_bytes)
        {
            self.thin_out();
        }
    }

    /// Bytes of pages that one snapshot holds and the one before does not.
    fn changed_bytes(&self) -> usize {
        let pairs = self.snapshots.values().zip(self.snapshots.values().skip(1));
        let pages = pairs.map(|(old, new)| new.memory.changed_since(&old.memory).len());
        pages.sum::<usize>() * PAGE_BYTES
    }

    fn thin_out(&mut self) {
        self.options.interval = self.options.interval.saturating_mul(2);
        let (first, interval) = (self.first, self.options.interval);
        let before = self.snapshots.len();
        self.snapshots
            .retain(|step, _| *step == first || step.is_multiple_of(interval));
        tracing::debug!(
            before,
            after = self.snapshots.len(),
            interval,
            "snapshots thinned out"
        );
    }
}

fn log_output(step: &Step) -> ControlFlow<()> {
    if let Some((stream, bytes)) = &step.output {
        let text = String::from_utf8_lossy(bytes);
        tracing::debug!(?stream, text = text.trim_end(), "guest output");
    }
    ControlFlow::Continue(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_programs::{NoOracle, counter};

    fn trace(interval: u64, max_snapshots: usize, max_bytes: usize) -> Trace {
        let options = TraceOptions {
            interval,
            max_snapshots,
            max_bytes,
        };
        Trace::new(counter(5000), Arc::new(NoOracle), options)
    }

    #[test]
    fn every_step_is_the_one_of_a_straight_run() {
        let mut trace = trace(100, 8, usize::MAX);
        let end = trace.run_to_end().unwrap();
        assert_eq!(trace.end(), Some(end));
        assert!(trace.snapshots.len() <= 9 && trace.options.interval > 100);
        let mut state = counter(5000);
        let mut preimages = Preimages::new(&NoOracle);
        let mut hashes = vec![state.state_hash()];
        while !state.exited {
            crate::reference::step(&mut state, &mut preimages).unwrap();
            hashes.push(if state.step.is_multiple_of(97) {
                state.state_hash()
            } else {
                B256::ZERO
            });
        }
        assert_eq!(hashes.len() as u64, end + 1);
        for (step, hash) in hashes
            .iter()
            .enumerate()
            .rev()
            .filter(|(_, h)| !h.is_zero())
        {
            assert_eq!(trace.state_hash_at(step as u64).unwrap(), *hash, "{step}");
        }
        assert_eq!(trace.state_hash_at(u64::MAX).unwrap(), state.state_hash());
    }

    #[test]
    fn witnesses_chain_and_repeat_past_the_end() {
        let mut trace = trace(1000, 4, usize::MAX);
        let end = trace.run_to_end().unwrap();
        let (a, b) = (
            trace.step_witness(7).unwrap(),
            trace.step_witness(8).unwrap(),
        );
        assert_eq!((a.step, a.post), (7, b.pre));
        let last = trace.step_witness(end - 1).unwrap();
        let past = trace.step_witness(end + 5).unwrap();
        assert_eq!((past.pre, past.post), (last.post, last.post));
    }

    #[test]
    fn memory_bounds_thin_the_snapshots_out() {
        let mut trace = trace(10, 1000, 60 * PAGE_BYTES);
        trace.run_to_end().unwrap();
        assert!(trace.snapshots.len() > 2 && trace.changed_bytes() <= 60 * PAGE_BYTES);
    }

    #[test]
    fn a_failing_step_is_reported() {
        let mut state = counter(10);
        state.left.clear();
        let mut trace = Trace::new(state, Arc::new(NoOracle), TraceOptions::default());
        assert_eq!(trace.run_to_end(), Err(VmError::NoThread));
    }
}
