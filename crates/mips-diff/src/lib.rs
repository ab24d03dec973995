//! The MIPS64 VM on L1 beside the one off-chain.
//!
//! A dispute is decided by one step of `MIPS64.sol`, so whoever runs the VM off-chain loses money wherever the two
//! differ. [`Bench`] has the compiled contracts in an EVM of this process and lets both make the same step: from
//! [`random`] states, with preimages of every [kind](Catalog), with proofs in both forms. Where one has a next state,
//! the other has to have the same; where one has none, the other has to refuse for the same reason.

mod bench;
mod dice;
mod difference;
mod preimages;
pub mod random;
pub mod typical;
mod witness;

pub use bench::{Bench, Cost, Form, Outcome};
pub use dice::Dice;
pub use difference::Difference;
pub use preimages::{Catalog, CatalogError, Origin};
pub use witness::Proof;
