//! Why a preimage could not be had, and who is to blame.

use std::time::Duration;

use alloy_primitives::{Address, B256};
use endgame_preimage::{OracleError, PreimageKey};

/// What can go wrong between a hint and its preimages.
///
/// Providers are named by their URL with credentials and API keys left out.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HostError {
    /// No connection, a broken one, or an HTTP status of the server's own failing (5xx).
    #[error("{provider} is down: {reason}")]
    ProviderDown {
        /// Who.
        provider: String,
        /// What the connection or the status said.
        reason: String,
    },
    /// The provider wants us to slow down (HTTP 429, JSON-RPC -32005).
    #[error("{provider} limits our rate")]
    RateLimited {
        /// Who.
        provider: String,
        /// How long it asked us to wait.
        retry_after: Option<Duration>,
    },
    /// No answer in time.
    #[error("{provider} did not answer within {after:?}")]
    Deadline {
        /// Who.
        provider: String,
        /// The deadline of one request.
        after: Duration,
    },
    /// The provider answered with a JSON-RPC error.
    #[error("{provider} refused {method}: {message} ({code})")]
    Rpc {
        /// Who.
        provider: String,
        /// The method called.
        method: String,
        /// The JSON-RPC error code.
        code: i64,
        /// Its message.
        message: String,
    },
    /// The provider does not offer this method.
    #[error("{provider} has no {method}")]
    MethodMissing {
        /// Who.
        provider: String,
        /// The method called.
        method: String,
    },
    /// The answer is not what the method returns.
    #[error("{provider} answered {method} with something else: {reason}")]
    BadResponse {
        /// Who.
        provider: String,
        /// The method or path asked for.
        method: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The provider has no such block: it is behind, pruned, or on another chain.
    #[error("{provider} does not know block {block}")]
    UnknownBlock {
        /// Who.
        provider: String,
        /// Hash or number.
        block: String,
    },
    /// The provider has no such blob.
    #[error("{provider} does not have blob {hash}")]
    UnknownBlob {
        /// Who.
        provider: String,
        /// The versioned hash.
        hash: B256,
    },
    /// The block returned has another hash than the one asked for.
    #[error("{provider} answered block {expected} with a header that hashes to {actual}")]
    WrongBlockHash {
        /// Who lied.
        provider: String,
        /// The hash asked for.
        expected: B256,
        /// The hash of what came.
        actual: B256,
    },
    /// A list does not have the root that its block's header commits to.
    #[error("{provider} returned {list} of block {block} whose root is not {expected}")]
    WrongRoot {
        /// Who lied.
        provider: String,
        /// `transactions` or `receipts`.
        list: &'static str,
        /// The block.
        block: B256,
        /// The root in the header.
        expected: B256,
    },
    /// A Merkle proof does not hold together or starts at another root.
    #[error("{provider} returned a wrong proof for {address}: {reason}")]
    WrongProof {
        /// Who lied.
        provider: String,
        /// The account.
        address: Address,
        /// Where it breaks.
        reason: String,
    },
    /// A preimage that does not match its key.
    #[error("{provider} returned a wrong preimage for {key}: {reason}")]
    WrongPreimage {
        /// Who lied.
        provider: String,
        /// The key asked for.
        key: PreimageKey,
        /// What is wrong with it.
        reason: String,
    },
    /// Every provider was asked as often as the policy allows.
    #[error("{what}: gave up after {rounds} rounds: {}", join(errors))]
    Exhausted {
        /// What was asked for.
        what: String,
        /// How often the list of providers was gone through.
        rounds: u32,
        /// The last error of each provider.
        errors: Vec<HostError>,
    },
    /// No provider of this kind is configured.
    #[error("no {0} is configured")]
    NoProvider(&'static str),
    /// A known hint with data of the wrong shape.
    #[error("hint {name}: {reason}")]
    BadHint {
        /// The hint's name.
        name: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A precompile that L1 would not run for us.
    #[error("precompile {0} is not accelerated")]
    UnsupportedPrecompile(Address),
    /// The library of KZG operations refused.
    #[error("kzg: {0}")]
    Kzg(String),
    /// Another process has the store open.
    #[error("the preimage store at {0} is in use by another process")]
    StoreBusy(String),
    /// The store failed.
    #[error("preimage store: {0}")]
    Store(String),
    /// A stored or imported value does not match its key.
    #[error("preimage {key} is wrong: {reason}")]
    Corrupt {
        /// The key.
        key: PreimageKey,
        /// What is wrong with the value.
        reason: String,
    },
    /// A file to import is not one that `export` wrote, or was damaged since.
    #[error("import: {0}")]
    Import(String),
    /// A configured URL cannot be used.
    #[error("provider URL {url}: {reason}")]
    BadUrl {
        /// As configured, without credentials.
        url: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A client's request could not be served.
    #[error(transparent)]
    Served(OracleError),
    /// The operating system refused.
    #[error("{what}: {reason}")]
    Io {
        /// What was tried.
        what: String,
        /// Its answer.
        reason: String,
    },
}

/// How long it makes sense to go on asking after an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Retry {
    /// Not at all.
    Never,
    /// A few times: the provider may be about to learn better.
    Briefly,
    /// For as long as the policy allows.
    Patiently,
}

impl HostError {
    pub(crate) fn io(what: impl Into<String>, error: &std::io::Error) -> Self {
        Self::Io {
            what: what.into(),
            reason: error.to_string(),
        }
    }

    pub(crate) fn store(error: impl std::fmt::Display) -> Self {
        Self::Store(error.to_string())
    }

    pub(crate) const fn retry(&self) -> Retry {
        match self {
            Self::ProviderDown { .. } | Self::RateLimited { .. } | Self::Deadline { .. } => {
                Retry::Patiently
            }
            Self::Rpc { .. }
            | Self::BadResponse { .. }
            | Self::UnknownBlock { .. }
            | Self::UnknownBlob { .. }
            | Self::WrongBlockHash { .. }
            | Self::WrongRoot { .. }
            | Self::WrongProof { .. }
            | Self::WrongPreimage { .. } => Retry::Briefly,
            _ => Retry::Never,
        }
    }

    /// True if asking again later may help: a provider was down, slow, overloaded or behind.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Exhausted { errors, .. } => errors.iter().any(Self::is_transient),
            Self::UnknownBlock { .. } | Self::UnknownBlob { .. } | Self::StoreBusy(_) => true,
            other => other.retry() == Retry::Patiently,
        }
    }

    /// True if a provider said something that its hash or root contradicts.
    pub const fn is_lie(&self) -> bool {
        matches!(
            self,
            Self::WrongBlockHash { .. }
                | Self::WrongRoot { .. }
                | Self::WrongProof { .. }
                | Self::WrongPreimage { .. }
        )
    }

    /// This error, or those of each provider behind it.
    pub fn causes(&self) -> &[Self] {
        match self {
            Self::Exhausted { errors, .. } => errors,
            other => std::slice::from_ref(other),
        }
    }

    /// How a program or VM hears of it.
    pub(crate) fn into_oracle(self, key: Option<PreimageKey>) -> OracleError {
        match (key, self) {
            (
                _,
                Self::WrongPreimage {
                    provider,
                    key,
                    reason,
                },
            ) => OracleError::Wrong {
                key,
                reason: format!("{reason}, from {provider}"),
            },
            (_, Self::Corrupt { key, reason }) => OracleError::Wrong { key, reason },
            (Some(key), other) => OracleError::Server(format!("{key}: {other}")),
            (None, other) => OracleError::Server(other.to_string()),
        }
    }
}

fn join(errors: &[HostError]) -> String {
    let texts: Vec<_> = errors.iter().map(ToString::to_string).collect();
    texts.join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exhausted_is_transient_if_any_provider_may_recover() {
        let down = HostError::ProviderDown {
            provider: "a".into(),
            reason: "refused".into(),
        };
        let liar = HostError::WrongBlockHash {
            provider: "b".into(),
            expected: B256::ZERO,
            actual: B256::repeat_byte(1),
        };
        let both = |errors| HostError::Exhausted {
            what: "x".into(),
            rounds: 1,
            errors,
        };
        assert!(both(vec![liar.clone(), down]).is_transient());
        assert!(!both(vec![liar.clone()]).is_transient());
        assert!(liar.is_lie());
    }

    #[test]
    fn exhausted_names_every_provider() {
        let error = HostError::Exhausted {
            what: "header".into(),
            rounds: 2,
            errors: ["a", "b"]
                .map(|provider| HostError::UnknownBlock {
                    provider: provider.into(),
                    block: "7".into(),
                })
                .into(),
        };
        let text = error.to_string();
        assert!(text.contains("a does not know") && text.contains("b does not know"));
    }
}
