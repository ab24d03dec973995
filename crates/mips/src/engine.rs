//! The seam between what asks for a run and what executes it.

use std::ops::ControlFlow;

use endgame_vm::Preimages;

use crate::{Fast, State, VmError, reference, reference::Step};

/// Sees every step that reads a preimage or prints, and may stop the run after it.
pub type Observer<'a> = dyn FnMut(&Step) -> ControlFlow<()> + 'a;

/// Executes a state, exactly: stopped anywhere it holds what the specification says.
pub trait Engine: Send {
    /// Steps executed so far, those before it got the state included.
    fn step(&self) -> u64;

    /// Whether the run has ended.
    fn exited(&self) -> bool;

    /// Executes until the state has `until` steps, the run ends or `observe` breaks.
    fn run(
        &mut self,
        until: u64,
        preimages: &mut Preimages<'_>,
        observe: &mut Observer<'_>,
    ) -> Result<(), VmError>;

    /// The state as it stands: a snapshot that shares what later steps don't change.
    fn state(&mut self) -> State;

    /// Goes on from `state` instead, which is cheap if it resembles the one held.
    fn restore(&mut self, state: &State);
}

/// The fast engine, or the reference where the operating system refuses what it needs.
pub fn best(state: &State) -> Box<dyn Engine> {
    match Fast::new(state) {
        Ok(engine) => Box::new(engine),
        Err(error) => {
            tracing::warn!(%error, "no address space for the fast engine: running slowly");
            Box::new(Reference::new(state.clone()))
        }
    }
}

/// The reference interpreter as an engine.
#[derive(Clone, Debug)]
pub struct Reference(State);

impl Reference {
    /// An engine that starts from `state`.
    pub const fn new(state: State) -> Self {
        Self(state)
    }
}

impl Engine for Reference {
    fn step(&self) -> u64 {
        self.0.step
    }

    fn exited(&self) -> bool {
        self.0.exited
    }

    fn run(
        &mut self,
        until: u64,
        preimages: &mut Preimages<'_>,
        observe: &mut Observer<'_>,
    ) -> Result<(), VmError> {
        while self.0.step < until && !self.0.exited {
            let step = reference::step(&mut self.0, preimages)?;
            let silent = step.preimage.is_none() && step.output.is_none();
            if !silent && observe(&step).is_break() {
                break;
            }
        }
        Ok(())
    }

    fn state(&mut self) -> State {
        self.0.clone()
    }

    fn restore(&mut self, state: &State) {
        self.0 = state.clone();
    }
}
