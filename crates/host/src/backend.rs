//! The store and the providers behind it: fetches what a request asks for, checks it, stores it.

use std::sync::Mutex;

use alloy_consensus::{EthereumTxEnvelope, TxEip4844};
use alloy_primitives::{Address, B256};
use endgame_preimage::{KeyType, PreimageKey};
use op_alloy_consensus::OpTxEnvelope;
use tokio::runtime::Runtime;

use crate::{
    BlobStore, Boot, Config, HostError, Store,
    beacon::Beacon,
    chain, kzg,
    poison::lock,
    precompile::Call,
    request::{BlockId, Request},
    rpc::{Endpoint, Pool},
    state::{self, Owner, Seen},
    store::Batch,
};

type L1Transaction = EthereumTxEnvelope<TxEip4844>;

/// The store's file in the data folder.
const STORE_FILE: &str = "preimages.redb";

/// A preimage store and the providers that fill it. Shared by all runs on one chain.
#[derive(Debug)]
pub struct Backend {
    store: Store,
    blobs: Option<BlobStore>,
    l1: Pool,
    l2: Pool,
    beacons: Pool,
    beacon: Beacon,
    runtime: Option<Runtime>,
}

/// One run's view: what it is about and what it has seen.
pub(crate) struct Run<'a> {
    pub(crate) boot: &'a Boot,
    pub(crate) seen: &'a Mutex<Seen>,
}

impl Backend {
    /// Opens the stores and sets up the providers; none is contacted yet.
    pub fn new(config: &Config) -> Result<Self, HostError> {
        let limits = &config.limits;
        Ok(Self {
            store: match &config.data_dir {
                Some(dir) => Store::open(&dir.join(STORE_FILE))?,
                None => Store::memory(),
            },
            blobs: config.blob_dir.clone().map(BlobStore::open).transpose()?,
            l1: Pool::new("L1 RPC", &config.l1_rpc, limits)?,
            l2: Pool::new("L2 RPC", &config.l2_rpc, limits)?,
            beacons: Pool::new("L1 beacon API", &config.l1_beacon, limits)?,
            beacon: Beacon::default(),
            runtime: Some(
                tokio::runtime::Builder::new_multi_thread()
                    .worker_threads(1)
                    .thread_name("endgame-host")
                    .enable_all()
                    .build()
                    .map_err(|e| HostError::io("start the host's runtime", &e))?,
            ),
        })
    }

    /// The preimage store.
    pub const fn store(&self) -> &Store {
        &self.store
    }

    /// The local blob store, if one is configured.
    pub const fn blobs(&self) -> Option<&BlobStore> {
        self.blobs.as_ref()
    }

    /// Runs a future to its end on the host's own runtime, from any thread, also from one that runs
    /// another runtime's task.
    pub(crate) fn block_on<T: Send>(&self, work: impl AsyncFnOnce() -> T + Send) -> Option<T> {
        let runtime = self.runtime.as_ref()?;
        if tokio::runtime::Handle::try_current().is_err() {
            return Some(runtime.block_on(work()));
        }
        std::thread::scope(
            |scope| match scope.spawn(|| runtime.block_on(work())).join() {
                Ok(value) => Some(value),
                Err(panic) => std::panic::resume_unwind(panic),
            },
        )
    }

    /// Fetches what `request` names and stores it. `wanted` is the key that somebody waits for: where an
    /// answer cannot be held against the request itself, providers are asked until one brings it.
    pub(crate) async fn fetch(
        &self,
        request: &Request,
        wanted: PreimageKey,
        run: &Run<'_>,
    ) -> Result<(), HostError> {
        match request {
            Request::L1Precompile(encoded) => {
                let call = Call::decode(encoded)?;
                let mut batch = Batch::default();
                batch.proven(call.key(), call.run()?);
                batch.keccak(encoded.clone());
                self.store.put(batch)
            }
            Request::L1Blob { hash, timestamp } => self.fetch_blob(*hash, *timestamp).await,
            Request::L1Header(hash) => {
                let ask = async |endpoint: &Endpoint| chain::header(endpoint, *hash).await;
                let sealed = self.l1.first(&format!("L1 header {hash}"), ask).await?;
                self.put_nodes([sealed.encoded])
            }
            Request::L1Transactions(hash) => {
                let ask = async |endpoint: &Endpoint| {
                    chain::transactions::<L1Transaction>(endpoint, *hash).await
                };
                let what = format!("L1 transactions of {hash}");
                self.put_nodes(self.l1.first(&what, ask).await?)
            }
            Request::L1Receipts(hash) => {
                let ask = async |endpoint: &Endpoint| chain::receipts(endpoint, *hash).await;
                let what = format!("L1 receipts of {hash}");
                self.put_nodes(self.l1.first(&what, ask).await?)
            }
            Request::L2Header(hash) => {
                let ask = async |endpoint: &Endpoint| chain::header(endpoint, *hash).await;
                let sealed = self.l2.first(&format!("L2 header {hash}"), ask).await?;
                lock(run.seen).header(&sealed.header);
                self.put_nodes([sealed.encoded])
            }
            Request::L2Transactions(hash) => {
                let ask = async |endpoint: &Endpoint| {
                    chain::transactions::<OpTxEnvelope>(endpoint, *hash).await
                };
                let what = format!("L2 transactions of {hash}");
                self.put_nodes(self.l2.first(&what, ask).await?)
            }
            Request::L2Receipts(hash) => {
                let ask = async |endpoint: &Endpoint| chain::receipts(endpoint, *hash).await;
                let what = format!("L2 receipts of {hash}");
                self.put_nodes(self.l2.first(&what, ask).await?)
            }
            Request::L2Output(root) => {
                let ask =
                    async |endpoint: &Endpoint| state::output(endpoint, *root, run.boot).await;
                let what = format!("L2 output {root}");
                self.store.put(self.l2.first(&what, ask).await?)
            }
            Request::L2Code(hash) => self.fetch_code(*hash, run).await,
            Request::L2StateNode(hash) => self.fetch_state_node(*hash).await,
            Request::L2Proof {
                block,
                address,
                slot,
            } => {
                let what = format!("L2 proof of {address} at {block:?}");
                self.prove(&what, *block, *address, *slot, run, Some(wanted))
                    .await
            }
            Request::L2PayloadWitness { parent, attributes } => {
                self.fetch_payload_witness(*parent, attributes, wanted)
                    .await
            }
            Request::L2ExecutionWitness(number) => {
                self.fetch_execution_witness(*number, wanted).await
            }
        }
    }

    fn put_nodes(&self, nodes: impl IntoIterator<Item = Vec<u8>>) -> Result<(), HostError> {
        let mut batch = Batch::default();
        for node in nodes {
            batch.keccak(node);
        }
        self.store.put(batch)
    }

    async fn fetch_blob(&self, hash: B256, timestamp: u64) -> Result<(), HostError> {
        if let Some(blobs) = &self.blobs
            && let Some(blob) = blobs.get(hash)?
        {
            let provider = blobs.dir().display().to_string();
            match checked_blob(&provider, hash, &blob) {
                Ok(batch) => return self.store.put(batch),
                // A bad file is a provider that lied: the next one is asked.
                Err(error) if !self.beacons.is_empty() => {
                    tracing::warn!(%error, "local blob is wrong");
                }
                Err(error) => return Err(error),
            }
        }
        let ask = async |endpoint: &Endpoint| {
            let blob = self.beacon.blob(endpoint, hash, timestamp).await?;
            checked_blob(endpoint.label(), hash, &blob)
        };
        let batch = self.beacons.first(&format!("blob {hash}"), ask).await?;
        self.store.put(batch)
    }

    async fn fetch_code(&self, hash: B256, run: &Run<'_>) -> Result<(), HostError> {
        let owner = lock(run.seen).code_owner(hash);
        let ask = async |endpoint: &Endpoint| {
            if let Some((address, block)) = owner {
                return state::code_of(endpoint, hash, address, block)
                    .await
                    .map(Some);
            }
            state::from_database(endpoint, hash, true).await
        };
        let code = self.l2.first(&format!("L2 code {hash}"), ask).await?;
        self.put_nodes(code)
    }

    async fn fetch_state_node(&self, hash: B256) -> Result<(), HostError> {
        let what = format!("L2 state node {hash}");
        self.l2
            .each(&what, async |endpoint| {
                let node = state::from_database(endpoint, hash, false).await?;
                let found = node.is_some();
                self.put_nodes(node)?;
                Ok(found)
            })
            .await
    }

    /// Asks each provider for a proof until `wanted` is there (or, with none, one proof is).
    async fn prove(
        &self,
        what: &str,
        block: BlockId,
        address: Address,
        slot: Option<B256>,
        run: &Run<'_>,
        wanted: Option<PreimageKey>,
    ) -> Result<(), HostError> {
        let state_root = lock(run.seen).state_root(block);
        // Patience first: a provider that is down for a while must not cost the run.
        let ask = async |endpoint: &Endpoint| {
            state::proof(endpoint, block, address, slot, state_root).await
        };
        let proof = self.l2.first(what, ask).await?;
        lock(run.seen).proof(block, address, slot, &proof);
        self.put_nodes(proof.nodes)?;
        let Some(wanted) = wanted else { return Ok(()) };
        if self.store.contains(wanted)? {
            return Ok(());
        }
        // A proof that holds together but is another state's: somebody else may have the right one.
        self.l2
            .each(what, async |endpoint| {
                let proof = ask(endpoint).await?;
                lock(run.seen).proof(block, address, slot, &proof);
                self.put_nodes(proof.nodes)?;
                self.store.contains(wanted)
            })
            .await
    }

    async fn fetch_payload_witness(
        &self,
        parent: B256,
        attributes: &serde_json::Value,
        wanted: PreimageKey,
    ) -> Result<(), HostError> {
        let what = format!("L2 payload witness on {parent}");
        let outcome = self
            .l2
            .each(&what, async |endpoint| {
                let batch = state::payload_witness(endpoint, parent, attributes).await?;
                self.store.put(batch)?;
                self.store.contains(wanted)
            })
            .await;
        if self.store.contains(wanted)? {
            return Ok(());
        }
        // Few clients execute payloads on demand. The canonical child of the parent reads nearly the
        // same, mostly exactly the same.
        let ask = async |endpoint: &Endpoint| chain::header(endpoint, parent).await;
        let parent = self.l2.first(&what, ask).await?;
        match self
            .fetch_execution_witness(parent.header.number + 1, wanted)
            .await
        {
            Err(HostError::MethodMissing { .. }) => outcome,
            other => other,
        }
    }

    async fn fetch_execution_witness(
        &self,
        number: u64,
        wanted: PreimageKey,
    ) -> Result<(), HostError> {
        let what = format!("L2 execution witness of {number}");
        self.l2
            .each(&what, async |endpoint| {
                let batch = state::execution_witness(endpoint, number).await?;
                self.store.put(batch)?;
                self.store.contains(wanted)
            })
            .await
    }

    /// Finds a state node that no hint brings: the sibling that a deletion needs (see [`state`]).
    pub(crate) async fn recover_sibling(&self, hash: B256, run: &Run<'_>) -> Result<(), HostError> {
        /// Paths up to this length are searched for in well under a second.
        const SHORT: usize = 4;
        let wanted = PreimageKey::keccak256(hash.0);
        let Some(place) = lock(run.seen).place(hash) else {
            return Ok(());
        };
        let child = match place.block {
            BlockId::Number(number) => Some(number + 1),
            BlockId::Hash(_) => None,
        };
        if let Some(number) = child {
            // Best effort: what it fails with does not matter, other ways follow.
            let _ = self.fetch_execution_witness(number, wanted).await;
            if self.store.contains(wanted)? {
                return Ok(());
            }
        }
        if place.path.len() > SHORT
            && let Some(number) = child
        {
            let proofs = lock(run.seen).proofs_at(&place);
            for (address, slot) in proofs {
                let what = format!("L2 proof of {address} after block {number}");
                let block = BlockId::Number(number);
                let ask = async |endpoint: &Endpoint| {
                    state::proof(endpoint, block, address, slot, None).await
                };
                let Ok(proof) = self.l2.first(&what, ask).await else {
                    break;
                };
                let walk = match place.owner {
                    Owner::Accounts => Some(&proof.account),
                    Owner::Storage(_) => proof.storage.as_ref(),
                };
                let sibling =
                    walk.and_then(|walk| state::post_state_sibling(walk, &place.path, hash));
                if let Some(sibling) = sibling {
                    return self.put_nodes([sibling]);
                }
            }
        }
        let Some(key) = state::key_below(place.owner, &place.path) else {
            return Ok(());
        };
        let (address, slot) = match place.owner {
            Owner::Accounts => (Address::from_word(key), None),
            Owner::Storage(owner) => (owner, Some(key)),
        };
        let what = format!("L2 proof of the sibling {hash}");
        self.prove(&what, place.block, address, slot, run, Some(wanted))
            .await
    }
}

impl Drop for Backend {
    fn drop(&mut self) {
        // A runtime must not wait for its threads inside another runtime's task.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

fn checked_blob(provider: &str, hash: B256, blob: &[u8]) -> Result<Batch, HostError> {
    let wrong = |reason: String| HostError::WrongPreimage {
        provider: provider.into(),
        key: PreimageKey::new(KeyType::Sha256, hash.0),
        reason,
    };
    let commitment = kzg::commitment(blob).map_err(|error| wrong(error.to_string()))?;
    if kzg::versioned_hash(&commitment) == hash {
        Ok(kzg::preimages(blob, &commitment))
    } else {
        Err(wrong("the blob has another versioned hash".into()))
    }
}
