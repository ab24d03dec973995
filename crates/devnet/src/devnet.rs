//! Starting a devnet, and what can be done with a running one.

use std::{future::Future, path::Path, sync::Arc, time::Duration};

use alloy::{
    network::EthereumWallet,
    primitives::U256,
    providers::{Provider as _, ProviderBuilder},
};
use endgame_deploy::{
    Addresses, RollupConfig,
    l1::{Bridge, Deployer},
    l1_chain_config,
};
use endgame_host::BlobStore;
use endgame_kona_executor::{Chain, Eip1559, Fork, Forks};
use serde_json::Value;
use tempfile::TempDir;
use tokio::{sync::watch, time::timeout};

use crate::{
    DevnetConfig, DevnetError, Prestate, Role,
    batcher::Batcher,
    l1::{Anvil, AnvilOptions, ChainClock, L1Client, L1Ref, Mining},
    l2::{Heads, L2Block, L2Node, Store},
    rpc::RpcServer,
    safe::Deriver,
    sequencer::Sequencer,
    tasks::Tasks,
};

/// Starts devnets.
#[derive(Debug)]
pub struct Devnet;

/// A running devnet. Dropping it ends everything; [`stop`](Self::stop) does so in order.
#[derive(Debug)]
pub struct DevnetHandle {
    // Fields are dropped in this order: what uses the L1 goes before it.
    tasks: Tasks,
    node: Arc<L2Node>,
    l1: Arc<L1Client>,
    clock: Arc<ChainClock>,
    sequencing: watch::Sender<bool>,
    flush: watch::Sender<u64>,
    stopping: watch::Sender<bool>,
    bridge: Bridge,
    l1_config: Value,
    mining: Mining,
    l2_url: String,
    anvil: Anvil,
    blobs: Option<Blobs>,
}

/// Where blobs are: in the data directory, or in one that goes with the devnet.
#[derive(Debug)]
struct Blobs {
    store: BlobStore,
    _temporary: Option<TempDir>,
}

impl Blobs {
    fn open(data_dir: Option<&Path>) -> Result<Self, DevnetError> {
        let (dir, temporary) = if let Some(dir) = data_dir {
            (dir.join("blobs"), None)
        } else {
            let dir = tempfile::tempdir().map_err(|source| DevnetError::Io {
                what: "making a directory for blobs",
                source,
            })?;
            (dir.path().to_owned(), Some(dir))
        };
        Ok(Self {
            store: BlobStore::open(dir).map_err(DevnetError::Blobs)?,
            _temporary: temporary,
        })
    }
}

impl Devnet {
    /// Starts the L1, deploys, and starts the L2. Returns when both chains run.
    pub async fn start(config: DevnetConfig) -> Result<DevnetHandle, DevnetError> {
        let mut config = config;
        fill_roles(&mut config);
        config.validate()?;
        let blobs = config
            .batcher
            .blobs
            .then(|| Blobs::open(config.data_dir.as_deref()))
            .transpose()?;
        let anvil = Anvil::start(&AnvilOptions {
            binary: config.anvil.clone(),
            port: config.l1_port,
            chain_id: config.deploy.l1_chain_id,
            genesis_time: config.genesis_time,
            gas_limit: config.l1_gas_limit,
            state: config.data_dir.as_ref().map(|dir| dir.join("l1.json")),
            // Only so does it take a blob transaction without its blobs.
            auto_impersonate: blobs.is_some(),
        })
        .await?;
        let l1 = Arc::new(L1Client::new(anvil.url())?);
        let clock = ChainClock::start(Arc::clone(&l1), config.l1_block_time).await?;
        let (bridge, l1_config) = deploy(&config, anvil.url()).await?;

        let node = L2Node::open(
            open_store(&config)?,
            chain(&config),
            bridge.rollup.clone(),
            &bridge.genesis,
        )?;
        let mut tasks = Tasks::new();
        let (sequencing, flush, stopping) = (
            watch::Sender::new(true),
            watch::Sender::new(0),
            watch::Sender::new(false),
        );

        let mining = Mining::Interval(config.l1_interval);
        clock.set_mining(mining).await?;
        tasks.spawn("L1 clock", Arc::clone(&clock).run());
        let sequencer = Sequencer::new(
            Arc::clone(&node),
            Arc::clone(&l1),
            Arc::clone(&clock),
            config.confirmations,
            sequencing.subscribe(),
        );
        tasks.spawn("sequencer", sequencer.run());
        let batcher = Batcher::new(
            Arc::clone(&node),
            Arc::clone(&l1),
            Role::Batcher.signer(),
            config.batcher,
            blobs.as_ref().map(|blobs| blobs.store.clone()),
            flush.subscribe(),
        );
        tasks.spawn("batcher", batcher.run());
        let blob_dir = blobs.as_ref().map(|blobs| blobs.store.dir().to_owned());
        let deriver = Deriver::new(Arc::clone(&node), Arc::clone(&l1), &l1_config, blob_dir)?;
        tasks.spawn("derivation", deriver.run(clock.heads()));
        let server = RpcServer::bind(config.l2_port).await?;
        let l2_url = server.url();
        tasks.spawn(
            "L2 RPC",
            server.run(Arc::clone(&node), stopping.subscribe()),
        );
        tracing::info!(l1 = anvil.url(), l2 = l2_url, "devnet runs");
        Ok(DevnetHandle {
            tasks,
            node,
            l1,
            clock,
            sequencing,
            flush,
            stopping,
            bridge,
            l1_config,
            mining,
            l2_url,
            anvil,
            blobs,
        })
    }
}

/// Gives the devnet's own accounts the roles that are left open, and funds all on L2.
fn fill_roles(config: &mut DevnetConfig) {
    config
        .deploy
        .roles
        .batcher
        .get_or_insert(Role::Batcher.address());
    let funds = U256::from(10u64).pow(U256::from(22u64));
    for role in Role::ALL {
        config
            .deploy
            .l2_balances
            .entry(role.address())
            .or_insert(funds);
    }
}

async fn deploy(config: &DevnetConfig, l1_url: &str) -> Result<(Bridge, Value), DevnetError> {
    let failed = |e: &dyn std::fmt::Display| DevnetError::Deploy(e.to_string());
    let url = l1_url.parse().map_err(|e| DevnetError::l1("address", e))?;
    let signer = Role::Deployer.signer();
    let deployer = signer.address();
    let provider = ProviderBuilder::new()
        .wallet(EthereumWallet::from(signer))
        .connect_http(url);
    provider
        .client()
        .set_poll_interval(Duration::from_millis(20));
    let deployment =
        Deployer::new(provider, config.deploy.clone(), deployer).map_err(|e| failed(&e))?;
    let bridge = deployment.bridge().await.map_err(|e| failed(&e))?;
    let l1_config =
        serde_json::to_value(l1_chain_config(&config.deploy)).map_err(|e| failed(&e))?;
    let prestate = match &config.prestate {
        Prestate::Hash(hash) => *hash,
        Prestate::Made(make) => make(&bridge.rollup, &l1_config).map_err(|e| failed(&e))?,
    };
    deployment
        .games(&bridge, prestate)
        .await
        .map_err(|e| failed(&e))?;
    Ok((bridge, l1_config))
}

fn open_store(config: &DevnetConfig) -> Result<Store, DevnetError> {
    let Some(dir) = &config.data_dir else {
        return Store::in_memory();
    };
    std::fs::create_dir_all(dir).map_err(|source| DevnetError::Io {
        what: "making the data directory",
        source,
    })?;
    Store::open(&dir.join("l2.redb"))
}

fn chain(config: &DevnetConfig) -> Chain {
    let fees = &config.deploy.fees;
    Chain {
        chain_id: config.deploy.l2_chain_id,
        forks: Forks::all_up_to(Fork::Isthmus),
        eip1559: Eip1559 {
            elasticity: fees.eip1559_elasticity.into(),
            denominator: fees.eip1559_denominator.into(),
            denominator_canyon: fees.eip1559_denominator.into(),
        },
    }
}

impl DevnetHandle {
    /// HTTP address of the L1 RPC.
    pub fn l1_url(&self) -> &str {
        self.anvil.url()
    }

    /// HTTP address of the L2 RPC; `ws://` at the same port for subscriptions.
    pub fn l2_url(&self) -> &str {
        &self.l2_url
    }

    /// Where the contracts are on L1.
    pub const fn addresses(&self) -> &Addresses {
        &self.bridge.addresses
    }

    /// The rollup configuration.
    pub const fn rollup(&self) -> &RollupConfig {
        &self.bridge.rollup
    }

    /// The L1 chain's configuration, in geth's format.
    pub const fn l1_config(&self) -> &Value {
        &self.l1_config
    }

    /// The folder of the blobs that batches are in, by versioned hash; nothing if batches are
    /// calldata. The L1 node does not serve them.
    pub fn blob_dir(&self) -> Option<&Path> {
        self.blobs.as_ref().map(|blobs| blobs.store.dir())
    }

    /// The L2 node itself.
    pub const fn node(&self) -> &Arc<L2Node> {
        &self.node
    }

    /// L1, with every answer checked.
    pub const fn l1(&self) -> &Arc<L1Client> {
        &self.l1
    }

    /// The L1's clock.
    pub const fn clock(&self) -> &Arc<ChainClock> {
        &self.clock
    }

    /// Process id of `anvil`.
    pub fn l1_pid(&self) -> u32 {
        self.anvil.pid()
    }

    /// Ends when something in the background has failed, with that failure. A difference between
    /// the sequencer's chain and the derived one is such a failure.
    pub async fn failed(&self) -> DevnetError {
        let mut failure = self.tasks.failure();
        let text = match failure.wait_for(Option::is_some).await {
            Ok(text) => text.clone(),
            Err(_) => None,
        };
        DevnetError::Stopped(text.unwrap_or_default())
    }

    /// Waits for `condition`, no longer than `patience` nor past a failure in the background.
    async fn wait<T>(
        &self,
        what: &'static str,
        patience: Duration,
        condition: impl Future<Output = Result<T, DevnetError>>,
    ) -> Result<T, DevnetError> {
        tokio::select! {
            biased;
            failure = self.failed() => Err(failure),
            done = timeout(patience, condition) => {
                done.map_err(|_| DevnetError::Timeout { what, after: patience })?
            }
        }
    }

    async fn wait_heads(
        &self,
        what: &'static str,
        patience: Duration,
        reached: impl FnMut(&Heads) -> bool,
    ) -> Result<Heads, DevnetError> {
        let mut heads = self.node.heads();
        self.wait(what, patience, async {
            let heads = heads
                .wait_for(reached)
                .await
                .map_err(|_| DevnetError::Stopped("the L2 node is gone".into()))?;
            Ok(*heads)
        })
        .await
    }

    /// Waits until the sequencer has built block `number`.
    pub async fn wait_for_block(
        &self,
        number: u64,
        patience: Duration,
    ) -> Result<Arc<L2Block>, DevnetError> {
        self.wait_heads("an L2 block", patience, |h| h.latest >= number)
            .await?;
        self.node.expect_block(number)
    }

    /// Waits until derivation from L1 has confirmed block `number`.
    pub async fn wait_for_safe(
        &self,
        number: u64,
        patience: Duration,
    ) -> Result<Arc<L2Block>, DevnetError> {
        self.wait_heads("a safe L2 block", patience, |h| h.safe >= number)
            .await?;
        self.node.expect_block(number)
    }

    /// Waits until derivation from finalized L1 blocks has confirmed block `number`.
    pub async fn wait_for_finalized(
        &self,
        number: u64,
        patience: Duration,
    ) -> Result<Arc<L2Block>, DevnetError> {
        self.wait_heads("a finalized L2 block", patience, |h| h.finalized >= number)
            .await?;
        self.node.expect_block(number)
    }

    /// Has everything up to the newest block posted now, and returns that block's height.
    pub fn flush_batches(&self) -> u64 {
        let latest = self.node.head().header.number;
        self.flush.send_replace(latest);
        latest
    }

    /// Ends block building, has all blocks posted and waits until the last of them is safe. From
    /// then on L1 time may [`jump`](Self::jump) without a row of L2 blocks to derive.
    pub async fn finish_l2(&self, patience: Duration) -> Result<Arc<L2Block>, DevnetError> {
        self.sequencing.send_replace(false);
        // A block that is being built now is still to come.
        tokio::time::sleep(Duration::from_millis(100)).await;
        let last = self.flush_batches();
        self.wait_for_safe(last, patience).await
    }

    /// Takes block building up again. If L1 time has jumped meanwhile, the L2 catches up in a
    /// burst.
    pub fn resume_l2(&self) {
        self.sequencing.send_replace(true);
    }

    /// Whether L2 blocks are being built.
    pub fn is_sequencing(&self) -> bool {
        *self.sequencing.borrow()
    }

    /// Mines an L1 block at once, with a timestamp `seconds` after the last one's. While the L2
    /// runs it will build a block for every slot that was jumped over.
    pub async fn jump(&self, seconds: u64) -> Result<L1Ref, DevnetError> {
        self.clock.jump(seconds).await
    }

    /// Has every L1 transaction mined at once instead of by the clock, or by the clock again.
    /// Meant for the time after [`finish_l2`](Self::finish_l2).
    pub async fn set_instant_mining(&self, on: bool) -> Result<(), DevnetError> {
        self.clock
            .set_mining(if on { Mining::Instant } else { self.mining })
            .await
    }

    /// Ends everything: first what works on the chains, then the L2, then the L1.
    pub async fn stop(mut self) {
        self.stopping.send_replace(true);
        self.tasks.stop().await;
        tracing::info!("devnet ended");
    }
}
