//! What every scenario stands on: the chains, the accounts, the program and the VM.

use std::{sync::Arc, time::Duration};

use alloy_primitives::B256;
use endgame_agent::{
    CachedRoots, CachedTraces, Challenger, ChallengerConfig, Proposer, RootProvider, Rpc, Signer,
    TraceProvider, TxConfig, TxManager,
    chain::{Factory, GameContract},
    dishonest::Liar,
    l2::L2,
    providers::{MipsTraces, ProgramRoots},
};
use endgame_deploy::Delays;
use endgame_devnet::{Devnet, DevnetConfig, DevnetHandle, Prestate, Role};
use endgame_game::Lie;
use endgame_host::Backend;
use endgame_mips::TraceOptions;
use endgame_prestate::{ChainSource, Program, Vm, make};
use serde::Serialize;
use tempfile::TempDir;
use tokio::sync::OnceCell;

use crate::{Kind, Narrator, ScenarioError, voice::Voice};

/// How long anything may take that needs no VM.
pub(crate) const PATIENCE: Duration = Duration::from_mins(2);

/// The running chains and what the agents share.
pub(crate) struct Stage {
    pub(crate) devnet: DevnetHandle,
    pub(crate) narrator: Arc<Narrator>,
    pub(crate) voice: Voice,
    pub(crate) mips: Arc<MipsTraces>,
    pub(crate) game_type: u32,
    roots: Arc<dyn RootProvider>,
    traces: Arc<dyn TraceProvider>,
    delays: Delays,
    /// One transaction manager for all lies: a job store has one owner.
    crook: OnceCell<Arc<TxManager>>,
    jobs: TempDir,
}

/// The prestate that a devnet's games start from: the program in the MIPS64 VM, for just its
/// rollup.
pub fn devnet_prestate(program: Program) -> Prestate {
    Prestate::Made(Arc::new(move |rollup, l1| {
        let chain = chain(rollup, l1).map_err(|e| e.to_string())?;
        let prestate = make(program, Vm::Mips64, &chain).map_err(|e| e.to_string())?;
        Ok(prestate.hash())
    }))
}

/// The configuration of a devnet's rollup, and of its L1, which is none of the public ones.
fn chain(rollup: &impl Serialize, l1: &impl Serialize) -> serde_json::Result<ChainSource> {
    let l1 = serde_json::to_vec(l1)?;
    Ok(ChainSource::json(serde_json::to_vec(rollup)?, Some(l1)))
}

impl Stage {
    /// Starts the chains for a scenario, with the program's prestate for just this rollup.
    pub(crate) async fn set(
        kind: Kind,
        program: Program,
        mut config: DevnetConfig,
        narrator: Arc<Narrator>,
    ) -> Result<Self, ScenarioError> {
        narrator.act("Two chains start");
        config.deploy.game.max_depth = kind.max_depth();
        if kind == Kind::Preimage {
            // So that something in a devnet's blocks counts as large.
            config.deploy.oracle.min_proposal_size = 1_000;
            config.batcher.blobs = true;
        }
        config.prestate = devnet_prestate(program);
        let game_type = config.deploy.game.game_type;
        let delays = config.deploy.delays.clone();
        let devnet = Devnet::start(config).await?;

        let chain = chain(devnet.rollup(), devnet.l1_config()).map_err(ScenarioError::Config)?;
        let prestate = make(program, Vm::Mips64, &chain)?.into_state();
        let backend = Arc::new(Backend::new(&endgame_host::Config {
            l1_rpc: vec![devnet.l1_url().to_owned()],
            l2_rpc: vec![devnet.l2_url().to_owned()],
            blob_dir: devnet.blob_dir().map(Into::into),
            ..endgame_host::Config::default()
        })?);
        let roots = ProgramRoots::new(Arc::clone(&backend), program, &chain)?;
        let mips = Arc::new(MipsTraces::new(backend, prestate, TraceOptions::default()));
        narrator.say(format_args!(
            "L1 {}  L2 {}",
            devnet.l1_url(),
            devnet.l2_url()
        ));
        narrator.say(format_args!(
            "mechanism {program}-mips64 (game type {game_type}), absolute prestate {}",
            mips.prestate_hash()
        ));
        Ok(Self {
            devnet,
            voice: Voice::new(Arc::clone(&narrator)),
            narrator,
            roots: Arc::new(CachedRoots::new(roots)),
            traces: Arc::new(CachedTraces::new(Arc::clone(&mips))),
            mips,
            game_type,
            delays,
            crook: OnceCell::new(),
            jobs: TempDir::new().map_err(ScenarioError::Folder)?,
        })
    }

    /// An account on L1.
    pub(crate) async fn on_l1(
        &self,
        name: &str,
        key: B256,
    ) -> Result<Arc<TxManager>, ScenarioError> {
        self.account(self.l1_rpc()?, &format!("{name}-l1"), key)
            .await
    }

    /// An account on L2.
    pub(crate) async fn on_l2(
        &self,
        name: &str,
        key: B256,
    ) -> Result<Arc<TxManager>, ScenarioError> {
        self.account(self.l2_rpc()?, &format!("{name}-l2"), key)
            .await
    }

    async fn account(
        &self,
        rpc: Rpc,
        name: &str,
        key: B256,
    ) -> Result<Arc<TxManager>, ScenarioError> {
        let signer = Signer::from_key(&key.to_string())?;
        let config = TxConfig {
            poll: Duration::from_millis(25),
            ..TxConfig::default()
        };
        Ok(TxManager::open(rpc, signer, &self.jobs.path().join(name), config).await?)
    }

    pub(crate) fn l1_rpc(&self) -> Result<Rpc, ScenarioError> {
        Ok(Rpc::connect(self.devnet.l1_url(), PATIENCE)?)
    }

    pub(crate) fn l2_rpc(&self) -> Result<Rpc, ScenarioError> {
        Ok(Rpc::connect(self.devnet.l2_url(), PATIENCE)?)
    }

    /// The L2 node, which is the rollup node as well.
    pub(crate) fn l2(&self) -> Result<L2, ScenarioError> {
        let rpc = self.l2_rpc()?;
        Ok(L2::new(rpc.clone(), rpc))
    }

    pub(crate) fn factory(&self) -> Result<Factory, ScenarioError> {
        let address = self.devnet.addresses().dispute_game_factory;
        Ok(Factory::new(self.l1_rpc()?, address))
    }

    pub(crate) async fn game(
        &self,
        game: alloy_primitives::Address,
    ) -> Result<GameContract, ScenarioError> {
        Ok(GameContract::load(self.l1_rpc()?, game).await?)
    }

    /// The honest proposer.
    pub(crate) async fn proposer(&self) -> Result<Proposer, ScenarioError> {
        let role = Role::Proposer;
        Ok(Proposer::new(
            self.on_l1(role.name(), role.key()).await?,
            self.devnet.addresses().dispute_game_factory,
            self.game_type,
            Some(self.l2()?),
            Arc::clone(&self.roots),
            self.voice.of(role.name()),
        ))
    }

    /// The honest challenger, who also has the proposer's bonds paid out.
    pub(crate) async fn challenger(&self) -> Result<Challenger, ScenarioError> {
        let role = Role::Challenger;
        let factory = self.devnet.addresses().dispute_game_factory;
        let mut config = ChallengerConfig::new(factory, self.game_type);
        config.claim_for = vec![Role::Proposer.address()];
        config.poll = Duration::from_millis(50);
        Ok(Challenger::new(
            self.on_l1(role.name(), role.key()).await?,
            Some(self.l2()?),
            Arc::clone(&self.roots),
            Arc::clone(&self.traces),
            config,
            self.voice.of(role.name()),
        ))
    }

    /// The dishonest proposer's account.
    pub(crate) async fn crook(&self) -> Result<&Arc<TxManager>, ScenarioError> {
        let role = Role::Dishonest;
        self.crook
            .get_or_try_init(|| self.on_l1(role.name(), role.key()))
            .await
    }

    /// The VM runs that all share.
    pub(crate) fn traces(&self) -> Arc<dyn TraceProvider> {
        Arc::clone(&self.traces)
    }

    /// How long things take on L1.
    pub(crate) const fn delays(&self) -> &Delays {
        &self.delays
    }

    /// Somebody who lies as `lie` says. Liars by the same account share one transaction manager.
    pub(crate) fn liar(&self, role: Role, tx: Arc<TxManager>, lie: Lie) -> Liar {
        let factory = self.devnet.addresses().dispute_game_factory;
        Liar::new(
            tx,
            (factory, self.game_type),
            lie,
            Arc::clone(&self.roots),
            Arc::clone(&self.traces),
            self.voice.of(role.name()),
        )
    }

    /// Lets `seconds` pass on L1.
    pub(crate) async fn wait(&self, seconds: u64) -> Result<(), ScenarioError> {
        self.narrator
            .say(format_args!("… {seconds} seconds pass on L1 …"));
        self.devnet.jump(seconds).await?;
        Ok(())
    }
}
