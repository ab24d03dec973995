//! Flags that several commands share.

use std::{
    fs,
    path::{Path, PathBuf},
};

use alloy::primitives::hex;
use anyhow::Context;
use clap::ValueEnum;
use endgame_prestate::{ChainSource, Program, Vm};

/// A fault proof program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ProgramArg {
    /// Derivation by kona-derive, execution by op-revm
    Kona,
    /// Written from the specs
    Ortho,
}

impl From<ProgramArg> for Program {
    fn from(arg: ProgramArg) -> Self {
        match arg {
            ProgramArg::Kona => Self::Kona,
            ProgramArg::Ortho => Self::Ortho,
        }
    }
}

/// A fault proof VM.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum VmArg {
    /// Cannon's MIPS64
    Mips64,
}

impl From<VmArg> for Vm {
    fn from(arg: VmArg) -> Self {
        match arg {
            VmArg::Mips64 => Self::Mips64,
        }
    }
}

/// Which chain.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct ChainArgs {
    /// A chain of the superchain registry by name or id, such as `op`, `op-sepolia` or 8453
    #[arg(
        long,
        alias = "network",
        env = "ENDGAME_CHAIN",
        value_name = "NAME",
        conflicts_with = "rollup_config"
    )]
    chain: Option<String>,
    /// The chain's rollup configuration, JSON as op-node has it
    #[arg(
        long,
        aliases = ["rollup-config-path", "rollup.config"],
        env = "ENDGAME_ROLLUP_CONFIG",
        value_name = "FILE"
    )]
    rollup_config: Option<PathBuf>,
    /// L1's chain configuration (a geth genesis or its `config`), where L1 is no public chain;
    /// program kona can do without it if L1 has not changed its blob fee since Prague
    #[arg(
        long,
        alias = "l1-config-path",
        env = "ENDGAME_L1_CONFIG",
        value_name = "FILE",
        conflicts_with = "chain"
    )]
    l1_config: Option<PathBuf>,
    #[command(flatten)]
    upgrades: UpgradeArgs,
}

/// What network upgrades put on the chain and this project cannot know.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct UpgradeArgs {
    /// Init code that a network upgrade deploys, as bytes or as 0x and hexadecimal digits: Jovian's
    /// is in no published crate, and is needed where Jovian's first block may be in dispute. One
    /// file for each deployment; a prestate commits to them
    #[arg(
        long,
        env = "ENDGAME_UPGRADE_DATA",
        value_name = "FILE",
        value_delimiter = ','
    )]
    upgrade_data: Vec<PathBuf>,
}

impl UpgradeArgs {
    /// The chain with these data.
    pub(crate) fn add_to(&self, chain: ChainSource) -> anyhow::Result<ChainSource> {
        self.upgrade_data.iter().try_fold(chain, |chain, path| {
            let data = bytecode(path)?;
            let shown = path.display();
            chain
                .with_upgrade_data(data)
                .with_context(|| format!("--upgrade-data {shown}"))
        })
    }
}

/// The bytes in a file, or those that its text stands for.
fn bytecode(path: &Path) -> anyhow::Result<Vec<u8>> {
    let bytes = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    match bytes.strip_prefix(b"0x") {
        Some(digits) => hex::decode(digits.trim_ascii_end())
            .with_context(|| format!("{} is not hexadecimal after 0x", path.display())),
        None => Ok(bytes),
    }
}

impl ChainArgs {
    /// Whether any flag names a chain.
    pub(crate) const fn is_given(&self) -> bool {
        self.chain.is_some() || self.rollup_config.is_some()
    }

    /// The registry's chain of this id, where no flag names a chain.
    pub(crate) fn registered(&self, id: u64) -> anyhow::Result<ChainSource> {
        self.upgrades.add_to(ChainSource::registered(id))
    }

    /// Reads what the flags name.
    pub(crate) fn source(&self) -> anyhow::Result<ChainSource> {
        let read = |path: &PathBuf| {
            fs::read(path).with_context(|| format!("cannot read {}", path.display()))
        };
        let chain = match (&self.chain, &self.rollup_config) {
            (Some(name), _) => ChainSource::registry(name)?,
            (None, Some(rollup)) => {
                let l1 = self.l1_config.as_ref().map(read).transpose()?;
                ChainSource::json(read(rollup)?, l1)
            }
            (None, None) => anyhow::bail!("--chain or --rollup-config must name a chain"),
        };
        self.upgrades.add_to(chain)
    }
}
