//! The L2 node's JSON-RPC: HTTP with batches, and websockets with subscriptions.

mod call;
mod debug;
mod error;
mod eth;
mod fees;
mod json;
mod logs;
mod params;
mod rollup;
mod server;
mod socket;

pub use error::RpcError;
pub use server::{RpcServer, answer};
