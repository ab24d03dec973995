//! What L1 says the L2 chain is: derivation by the fault proof program, run natively.

mod oracle;
mod task;

pub use oracle::ChainOracle;
pub use task::Deriver;
