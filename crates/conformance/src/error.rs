//! What keeps conformance data from being run at all.

use std::path::{Path, PathBuf};

/// Why data cannot be run. (An item that fails is no error: its [`Item`](crate::Item) says so.)
#[derive(Debug, thiserror::Error)]
pub enum ConformanceError {
    /// A file or directory cannot be read.
    #[error("cannot read {path}: {reason}")]
    Read {
        /// Which.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// Nothing in the fixture looks like an item.
    #[error("{path} holds nothing to run: no {marker} in it (or none that the filter lets pass)")]
    Empty {
        /// The fixture.
        path: PathBuf,
        /// What an item would have.
        marker: String,
    },
}

impl ConformanceError {
    pub(crate) fn read(path: &Path, reason: &impl ToString) -> Self {
        Self::Read {
            path: path.to_owned(),
            reason: reason.to_string(),
        }
    }
}
