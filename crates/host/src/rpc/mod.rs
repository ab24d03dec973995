//! Providers over HTTP: one request to one of them, and failover between several.

mod endpoint;
mod pacing;
mod pool;

pub(crate) use endpoint::Endpoint;
pub(crate) use pool::Pool;
