//! The mechanism that games are judged by: program kona in the MIPS64 VM.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::{Context as _, bail};
use endgame_agent::{
    CachedRoots, CachedTraces, RootProvider, TraceProvider,
    chain::Factory,
    providers::{KonaRoots, MipsTraces},
};
use endgame_host::{Backend, Config};
use endgame_mips::{State, TraceOptions};
use endgame_prestate::{Program, Vm, make};

use super::{L1Args, L2Args, Rollup};

/// Where L1 data comes from, and the VM state that runs start from.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "Program and its data")]
pub(crate) struct HostArgs {
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
    /// [default: program kona with the rollup's configuration]
    #[arg(long, env = "ENDGAME_PRESTATE", value_name = "FILE")]
    prestate: Option<PathBuf>,
}

/// What games are judged by.
pub(crate) struct Mechanism {
    pub(crate) roots: Arc<dyn RootProvider>,
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
        let prestate = self.prestate(rollup)?;
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
        let traces = MipsTraces::new(backend.clone(), prestate, TraceOptions::default());
        let wanted = factory.absolute_prestate(game_type).await?;
        if wanted != traces.prestate_hash() {
            let (whose, remedy) = if self.prestate.is_some() {
                (
                    "that of --prestate",
                    "give the file that the games were deployed with",
                )
            } else {
                (
                    "program kona's for this rollup",
                    "give the games' own with --prestate, or the configuration that it was made \
                     of with --rollup-config and --l1-config",
                )
            };
            bail!(
                "games of type {game_type} start from absolute prestate {wanted}, {whose} is {}: {remedy}",
                traces.prestate_hash()
            );
        }
        Ok(Mechanism {
            roots: Arc::new(CachedRoots::new(KonaRoots::new(
                backend,
                rollup.config.clone(),
            ))),
            traces: Arc::new(CachedTraces::new(traces)),
        })
    }

    fn prestate(&self, rollup: &Rollup) -> anyhow::Result<State> {
        match &self.prestate {
            Some(path) => State::load(path)
                .with_context(|| format!("cannot read the prestate {}", path.display())),
            None => make(Program::Kona, Vm::Mips64, &rollup.source)
                .map(endgame_prestate::Prestate::into_state)
                .context("cannot make program kona's prestate for this rollup"),
        }
    }
}
