//! State tests of ethereum/execution-spec-tests, on ortho's EVM.

use endgame_ortho_statetest::{Failure, Fork, Options, StateTestError, Summary, fork_named, run};

use crate::Fixture;

/// Which state tests to run, and how.
#[derive(Clone, Debug, Default)]
pub struct StateTests {
    options: Options,
}

impl StateTests {
    /// All tests of every fork that the EVM has, on `jobs` threads.
    pub fn new(jobs: usize) -> Self {
        let options = Options {
            jobs,
            ..Options::default()
        };
        Self { options }
    }

    /// Only those of one fork.
    #[must_use]
    pub const fn of_fork(mut self, fork: Fork) -> Self {
        self.options.fork = Some(fork);
        self
    }

    /// Only those whose path and name fit: `*` and `?`, or a part of the name.
    #[must_use]
    pub fn that_fit(mut self, filter: &str) -> Self {
        self.options.filter = Some(filter.to_owned());
        self
    }

    /// Runs them and tells of each failure as it happens, with the first difference.
    pub fn run(
        &self,
        fixture: &Fixture,
        on_failure: impl FnMut(&Failure) + Send,
    ) -> Result<Summary, StateTestError> {
        run(fixture.root(), &self.options, on_failure)
    }
}

/// The fork of this name, whatever its case.
pub fn evm_fork(name: &str) -> Result<Fork, String> {
    fork_named(name).ok_or_else(|| {
        format!("no fork {name:?}; there are Paris, Shanghai, Cancun, Prague, Osaka")
    })
}
