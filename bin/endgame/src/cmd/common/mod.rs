//! What the commands that talk to chains have in common: their flags, and what is made of them.

mod amount;
mod connect;
mod events;
mod games;
mod mechanism;
mod rollup;
mod run;
mod signer;
mod tx;

pub(crate) use amount::{Every, Span, Wei};
pub(crate) use connect::{L1Args, L2Args};
pub(crate) use events::{Reporter, ether, verdict};
pub(crate) use games::GameArgs;
pub(crate) use mechanism::HostArgs;
pub(crate) use rollup::{Rollup, RollupArgs};
pub(crate) use run::{on_runtime, until_stopped};
pub(crate) use signer::SignerArgs;
pub(crate) use tx::{DataArgs, TxArgs};
