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
mod channel_case;
mod choices;
mod generate;
mod keys;
mod l1;
mod l1_block;
mod logs;
mod oracle;
mod programs;
mod sequencer;
mod span;
mod transactions;

use std::{fs, io, path::Path};

use endgame_prestate::ChainSource;
use oracle::Oracle;
use serde_json::Value;

pub use channel_case::ChannelCase;
pub use generate::Case;
pub use programs::Outcome;

/// The init code that an upgrade deploys: what is in the files of a directory that end in `.code`.
pub fn init_code_in(dir: impl AsRef<Path>) -> io::Result<Vec<Vec<u8>>> {
    let mut init_code = Vec::new();
    for entry in fs::read_dir(dir)? {
        let path = entry?.path();
        if path.extension().is_some_and(|end| end == "code") {
            init_code.push(fs::read(path)?);
        }
    }
    Ok(init_code)
}

impl Case {
    /// What program `kona` makes of the case.
    pub fn kona(&self) -> Outcome {
        self.run_kona(&self.oracle())
    }

    /// What program `ortho` makes of the case.
    pub fn ortho(&self) -> Outcome {
        self.run_ortho(&self.oracle())
    }

    /// The first payload attributes of which the programs do not derive the same, `kona`'s and
    /// `ortho`'s, null where there are no more; nothing if the attributes are the same.
    pub fn different_attributes(&self) -> Option<(Value, Value)> {
        let (kona, ortho) = (self.oracle(), self.oracle());
        self.run_kona(&kona);
        self.run_ortho(&ortho);
        let (kona, ortho) = (kona.attributes(), ortho.attributes());
        (0..kona.len().max(ortho.len()))
            .map(|at| {
                let at = |all: &[Value]| all.get(at).cloned().unwrap_or_default();
                (at(&kona), at(&ortho))
            })
            .find(|(kona, ortho)| kona != ortho)
    }

    fn run_kona(&self, oracle: &Oracle) -> Outcome {
        programs::kona(oracle, &self.kona)
    }

    fn run_ortho(&self, oracle: &Oracle) -> Outcome {
        let source = ChainSource::json(self.rollup.clone(), Some(self.l1.clone()));
        let mut data = self.upgrade_data.iter().cloned();
        let source = data
            .try_fold(source, ChainSource::with_upgrade_data)
            .unwrap();
        programs::ortho(oracle, &source)
    }
}
