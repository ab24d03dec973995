//! `endgame prestate`.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::Context;
use clap::{ArgGroup, Subcommand};
use endgame_mips::State;
use endgame_prestate::{Prestate, make};
use serde_json::json;

use crate::{
    args::{ChainArgs, ProgramArg, VmArg},
    exit,
    output::Output,
};

/// The command's flags.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Make the absolute prestate of a program for a chain and print its hash
    Make {
        #[command(flatten)]
        inputs: Inputs,
        /// Also write the state, in the format of the VM's counterpart (compressed if the name
        /// ends in .gz)
        #[arg(long, short, value_name = "FILE")]
        output: Option<PathBuf>,
    },
    /// Say whether a state or a hash is the prestate of a program for a chain; exit 1 if not
    Verify {
        /// A state file, or the hash of a state
        #[arg(value_name = "FILE|HASH")]
        prestate: String,
        #[command(flatten)]
        inputs: Inputs,
    },
}

/// What a prestate follows from.
#[derive(Debug, clap::Args)]
#[command(group(ArgGroup::new("which-chain").required(true).args(["chain", "rollup_config"])))]
struct Inputs {
    /// The fault proof program
    #[arg(long, env = "ENDGAME_PROGRAM", value_name = "PROGRAM")]
    program: ProgramArg,
    /// The VM that it runs in
    #[arg(long, env = "ENDGAME_VM", value_name = "VM")]
    vm: VmArg,
    #[command(flatten)]
    chain: ChainArgs,
}

impl Inputs {
    fn make(&self) -> anyhow::Result<Prestate> {
        let chain = self.chain.source()?;
        Ok(make(self.program.into(), self.vm.into(), &chain)?)
    }
}

/// Runs the command.
pub(crate) fn run(args: Args, out: Output) -> anyhow::Result<ExitCode> {
    match args.action {
        Action::Make { inputs, output } => {
            let prestate = inputs.make()?;
            if let Some(path) = &output {
                prestate
                    .state()
                    .save(path)
                    .with_context(|| format!("cannot write {}", path.display()))?;
            }
            let hash = prestate.hash();
            let value = json!({
                "hash": hash,
                "chainId": prestate.chain_id(),
                "output": output,
            });
            out.result(&value, hash)?;
            Ok(ExitCode::SUCCESS)
        }
        Action::Verify { prestate, inputs } => {
            let given = given_hash(&prestate)?;
            let expected = inputs.make()?.hash();
            let same = given == expected;
            let words = if same {
                format!("{given} is the prestate of these inputs")
            } else {
                format!("{given} is not the prestate of these inputs, which is {expected}")
            };
            let value = json!({ "valid": same, "hash": given, "expected": expected });
            out.result(&value, words)?;
            Ok(if same {
                ExitCode::SUCCESS
            } else {
                exit::FAILED.into()
            })
        }
    }
}

/// The hash itself, or that of the state in the file of this name.
fn given_hash(prestate: &str) -> anyhow::Result<endgame_prestate::B256> {
    let path = Path::new(prestate);
    if let (false, Ok(hash)) = (path.exists(), prestate.parse()) {
        return Ok(hash);
    }
    let state =
        State::load(path).with_context(|| format!("{prestate} is no hash, nor a state file"))?;
    Ok(state.state_hash())
}
