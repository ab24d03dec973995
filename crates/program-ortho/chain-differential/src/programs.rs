//! Both programs, run natively.

use std::{
    collections::BTreeMap,
    panic::{AssertUnwindSafe, catch_unwind},
};

use alloy_primitives::B256;
use endgame_prestate::ChainSource;
use endgame_program_kona::ChainConfig;

use crate::oracle::Oracle;

/// How the text begins that stands for a panic.
const PANIC: &str = "panic: ";

/// What a run came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The hashes of the blocks past the agreed one, by number.
    pub blocks: BTreeMap<u64, B256>,
    /// The last block's number, the output root, and whether the claim is true.
    pub verdict: Result<(u64, B256, bool), String>,
}

impl Outcome {
    fn of(
        run: impl FnOnce(&mut dyn FnMut(u64, B256)) -> Result<(u64, B256, bool), String>,
    ) -> Self {
        let mut blocks = BTreeMap::new();
        let mut on_block = |number, hash| {
            // A block that is reported again was taken back before, with all after it.
            blocks.split_off(&number);
            blocks.insert(number, hash);
        };
        let result = catch_unwind(AssertUnwindSafe(|| run(&mut on_block)));
        let verdict = result.unwrap_or_else(|panic| {
            let text = panic.downcast_ref::<String>().cloned();
            let text = text.or_else(|| panic.downcast_ref::<&str>().map(ToString::to_string));
            Err(format!("{PANIC}{}", text.unwrap_or_default()))
        });
        if let Ok((number, ..)) = verdict {
            blocks.split_off(&(number + 1));
        }
        Self { blocks, verdict }
    }

    /// Whether the program panicked, which nothing on a chain may make it do.
    pub fn panicked(&self) -> bool {
        matches!(&self.verdict, Err(error) if error.starts_with(PANIC))
    }

    /// Whether both say the same. That each came to no verdict is the same, whatever the reason.
    pub fn agrees(&self, other: &Self) -> bool {
        match (&self.verdict, &other.verdict) {
            (Ok(one), Ok(two)) => one == two && self.blocks == other.blocks,
            (Err(_), Err(_)) => !self.panicked() && !other.panicked(),
            _ => false,
        }
    }
}

/// Program `kona`.
pub(crate) fn kona(oracle: &Oracle, config: &ChainConfig) -> Outcome {
    Outcome::of(|on_block| {
        endgame_program_kona::run(oracle.clone(), config, |block| {
            on_block(block.number, block.hash);
        })
        .map(|verdict| (verdict.block, verdict.output_root, verdict.valid))
        .map_err(|error| error.to_string())
    })
}

/// Program `ortho`.
pub(crate) fn ortho(oracle: &Oracle, chain: &ChainSource) -> Outcome {
    Outcome::of(|on_block| {
        let config = chain.ortho_config().map_err(|error| error.to_string())?;
        endgame_program_ortho::run(oracle.clone(), &config, |block| {
            on_block(block.number, block.hash.0.into());
        })
        .map(|verdict| (verdict.block, verdict.output_root.0.into(), verdict.valid))
        .map_err(|error| error.to_string())
    })
}
