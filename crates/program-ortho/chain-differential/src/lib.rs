//! Runs both fault proof programs natively on made-up, hostile chains of L1 and compares the blocks
//! that they derive, the output root and the verdict: for tests, fuzzing and measuring. No program
//! depends on it.
//!
//! A [`Case`] is made from a seed or from any bytes. An honest sequencer builds L2 blocks on a
//! made-up L1 while an honest batcher posts them, and an attacker interferes at every level: L1
//! logs, transactions, blobs, frames, channels, compression, batches, L2 transactions. Between
//! deeds the sequencer learns from program `kona` what L1 says so far and goes on from there, so
//! that chains stay alive after an attack.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a slip of the generator is no outside data: it may panic"
)]

mod batch;
mod chain;
mod channel;
mod choices;
mod generate;
mod keys;
mod l1;
mod logs;
mod oracle;
mod programs;
mod sequencer;
mod span;
mod transactions;

use endgame_prestate::ChainSource;

pub use generate::Case;
pub use programs::Outcome;

impl Case {
    /// What program `kona` makes of the case.
    pub fn kona(&self) -> Outcome {
        programs::kona(&self.oracle(), &self.kona)
    }

    /// What program `ortho` makes of the case.
    pub fn ortho(&self) -> Outcome {
        let source = ChainSource::Json {
            rollup: self.rollup.clone(),
            l1: Some(self.l1.clone()),
        };
        programs::ortho(&self.oracle(), &source)
    }
}
