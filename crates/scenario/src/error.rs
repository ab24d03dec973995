//! What can keep a scenario from its end.

/// Why a scenario did not come to its end, or came to the wrong one.
#[derive(Debug, thiserror::Error)]
pub enum ScenarioError {
    /// The chains failed.
    #[error(transparent)]
    Devnet(#[from] endgame_devnet::DevnetError),
    /// An agent failed.
    #[error(transparent)]
    Agent(#[from] endgame_agent::AgentError),
    /// The preimage host could not be set up.
    #[error(transparent)]
    Host(#[from] endgame_host::HostError),
    /// The program's prestate could not be made.
    #[error(transparent)]
    Prestate(#[from] endgame_prestate::PrestateError),
    /// The chains' configuration could not be written down for the program.
    #[error("the chains' configuration: {0}")]
    Config(#[source] serde_json::Error),
    /// The folder for the agents' jobs could not be made.
    #[error("a folder for the agents' jobs: {0}")]
    Folder(#[source] std::io::Error),
    /// It ended otherwise than the rules have it.
    #[error("{what}: expected {expected}, found {found}")]
    WrongEnd {
        /// What was looked at.
        what: &'static str,
        /// What must be.
        expected: String,
        /// What is.
        found: String,
    },
}

impl ScenarioError {
    /// Whether everything worked, and still the dispute ended as it must not.
    pub const fn is_wrong_end(&self) -> bool {
        matches!(self, Self::WrongEnd { .. })
    }

    /// Refuses anything but `expected`.
    pub(crate) fn expect<T: PartialEq + std::fmt::Debug>(
        what: &'static str,
        expected: &T,
        found: &T,
    ) -> Result<(), Self> {
        if expected == found {
            return Ok(());
        }
        Err(Self::WrongEnd {
            what,
            expected: format!("{expected:?}"),
            found: format!("{found:?}"),
        })
    }
}
