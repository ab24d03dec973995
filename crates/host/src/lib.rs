//! Finds, verifies, stores and serves the preimages a fault proof program asks for.
//!
//! A [`Backend`] is a store of preimages and the providers that fill it: L1 and L2 execution clients,
//! beacon nodes, a folder of blobs. A [`Host`] is one run on it: it knows the run's [`Boot`] inputs,
//! remembers its hints, and is a [`PreimageOracle`](endgame_preimage::PreimageOracle) that may be called
//! from any thread.
//!
//! No provider is trusted. Every preimage is checked against its key before it is stored or served
//! ([`verify`]); an answer that does not hold names the provider that gave it, and the next one is asked.
//! Every request has a deadline, retries are bounded and jittered, and all ends in a [`HostError`].
//!
//! ```no_run
//! # fn main() -> Result<(), endgame_host::HostError> {
//! use std::sync::Arc;
//! use endgame_host::{Backend, Boot, Config, Host};
//!
//! let backend = Arc::new(Backend::new(&Config {
//!     l1_rpc: vec!["http://127.0.0.1:8545".into()],
//!     l2_rpc: vec!["http://127.0.0.1:9545".into()],
//!     data_dir: Some("preimages".into()),
//!     ..Config::default()
//! })?);
//! # let (l1_head, agreed, claimed) = Default::default();
//! let host = Host::new(backend, Boot {
//!     l1_head,
//!     agreed_output_root: agreed,
//!     agreed_l2_head: None,
//!     agreed_block: Some(119),
//!     claimed_output_root: claimed,
//!     claimed_block: 120,
//!     chain_id: 901,
//! });
//! # Ok(())
//! # }
//! ```

mod backend;
mod beacon;
mod blob;
mod boot;
mod chain;
mod config;
mod error;
mod hints;
mod host;
mod kzg;
mod poison;
mod precompile;
mod request;
mod rpc;
mod server;
mod state;
mod store;
mod trie;
mod verify;

pub use alloy_primitives::B256;
pub use backend::Backend;
pub use blob::BlobStore;
pub use boot::Boot;
pub use config::{Config, Limits};
pub use error::HostError;
pub use host::Host;
pub use kzg::BLOB_BYTES;
pub use server::serve_fds;
pub use store::{Batch, Store};
pub use verify::{Lookup, verify, verify_with};
