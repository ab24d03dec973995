//! JSON-RPC errors.

use alloy::primitives::Bytes;
use serde_json::{Value, json};

use crate::{DevnetError, sequencer::PoolError};

/// An error as the caller sees it.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{message} ({code})")]
pub struct RpcError {
    /// Code as in the JSON-RPC specification, or one of Ethereum's.
    pub code: i64,
    /// In words.
    pub message: String,
    /// Revert data.
    pub data: Option<Bytes>,
}

impl RpcError {
    pub(super) fn new(code: i64, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            data: None,
        }
    }

    /// The request is not JSON-RPC.
    pub(super) fn invalid_request(message: impl Into<String>) -> Self {
        Self::new(-32600, message)
    }

    /// The method is unknown here.
    pub(super) fn no_method(method: &str) -> Self {
        Self::new(
            -32601,
            format!("the method {method} does not exist/is not available"),
        )
    }

    /// The parameters do not fit the method.
    pub(super) fn params(message: impl Into<String>) -> Self {
        Self::new(-32602, message)
    }

    /// What was asked for is not there.
    pub(super) fn not_found(what: &str) -> Self {
        Self::new(-32001, format!("{what} not found"))
    }

    /// The message reverted with this data.
    pub(super) fn reverted(data: Bytes) -> Self {
        let message = match alloy::sol_types::decode_revert_reason(&data) {
            Some(reason) => format!("execution reverted: {reason}"),
            None => "execution reverted".into(),
        };
        Self {
            code: 3,
            message,
            data: Some(data),
        }
    }

    /// As the `error` member of a response.
    pub(super) fn to_json(&self) -> Value {
        match &self.data {
            Some(data) => json!({ "code": self.code, "message": self.message, "data": data }),
            None => json!({ "code": self.code, "message": self.message }),
        }
    }
}

impl From<DevnetError> for RpcError {
    fn from(error: DevnetError) -> Self {
        Self::new(-32603, error.to_string())
    }
}

impl From<PoolError> for RpcError {
    fn from(error: PoolError) -> Self {
        Self::new(-32000, error.to_string())
    }
}
