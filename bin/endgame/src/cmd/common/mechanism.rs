//! The mechanism that games are judged by: a program in the MIPS64 VM.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::Context as _;
use endgame_agent::{
    CachedRoots, CachedTraces, Judge, TraceProvider,
    chain::Factory,
    providers::{GameProgram, MipsTraces, ProgramRoots, choose},
};
use endgame_host::{Backend, Config};
use endgame_mips::{State, TraceOptions};
use endgame_prestate::Program;

use super::{L1Args, L2Args, Rollup};
use crate::args::ProgramArg;

/// The program, where L1 data comes from, and the VM state that runs start from.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "Program and its data")]
pub(crate) struct HostArgs {
    /// The program that judges: the games' own. With more than one, separated by commas and the
    /// games' own among them, it is an alarm if they compute different roots
    #[arg(
        long,
        env = "ENDGAME_PROGRAM",
        value_name = "PROGRAM",
        value_delimiter = ',',
        default_value = "kona"
    )]
    program: Vec<ProgramArg>,
    /// L1 beacon API, for blobs; more than one, separated by commas
    #[arg(
        long,
        env = "ENDGAME_L1_BEACON",
        value_name = "URL",
        value_delimiter = ','
    )]
    l1_beacon: Vec<String>,
    /// Directory of blobs by versioned hash, looked into before any beacon API
    #[arg(long, env = "ENDGAME_BLOB_DIR", value_name = "DIR")]
    blob_dir: Option<PathBuf>,
    /// Absolute prestate, a Cannon state (.bin.gz)
    /// [default: the program with the rollup's configuration]
    #[arg(long, env = "ENDGAME_PRESTATE", value_name = "FILE")]
    prestate: Option<PathBuf>,
}

/// What games are judged by.
pub(crate) struct Mechanism {
    /// The program that the games run in the VM.
    pub(crate) own: Judge,
    /// The other programs that judge.
    pub(crate) others: Vec<Judge>,
    pub(crate) traces: Arc<dyn TraceProvider>,
}

impl HostArgs {
    /// The mechanism, if it is the one of the factory's games of this type.
    pub(crate) async fn mechanism(
        &self,
        (l1, l2): (&L1Args, &L2Args),
        rollup: &Rollup,
        dir: &Path,
        (factory, game_type): (&Factory, u32),
    ) -> anyhow::Result<Mechanism> {
        let backend = Backend::new(&Config {
            l1_rpc: l1.l1_rpc.clone(),
            l1_beacon: self.l1_beacon.clone(),
            l2_rpc: l2.l2_rpc.clone(),
            blob_dir: self.blob_dir.clone(),
            data_dir: Some(dir.to_owned()),
            ..Config::default()
        })
        .context("cannot set up the sources of preimages (use one --data-dir a process)")?;
        let backend = Arc::new(backend);
        let wanted = factory.absolute_prestate(game_type).await?;
        let given = self.prestate.as_deref().map(load).transpose()?;
        let asked: Vec<Program> = self.program.iter().copied().map(Into::into).collect();
        let GameProgram { program, prestate } = choose(&asked, &rollup.source, given, wanted)
            .with_context(|| format!("cannot judge games of type {game_type}"))?;
        let judge = |program: Program| {
            let roots = ProgramRoots::new(backend.clone(), program, &rollup.source)
                .with_context(|| format!("cannot run program {program} for this rollup"))?;
            anyhow::Ok(Judge {
                program,
                roots: Arc::new(CachedRoots::new(roots)),
            })
        };
        let others = Program::ALL
            .into_iter()
            .filter(|other| *other != program && asked.contains(other));
        let others = others.map(judge).collect::<Result<_, _>>()?;
        let own = judge(program)?;
        let traces = MipsTraces::new(backend, prestate, TraceOptions::default());
        Ok(Mechanism {
            own,
            others,
            traces: Arc::new(CachedTraces::new(traces)),
        })
    }
}

fn load(path: &Path) -> anyhow::Result<State> {
    State::load(path).with_context(|| format!("cannot read the prestate {}", path.display()))
}
