//! A made-up rollup whose program is a few MIPS instructions, and its games on L1.

use std::{
    collections::HashMap,
    path::Path,
    sync::{Arc, Mutex},
    time::Duration,
};

use alloy::{
    network::EthereumWallet,
    primitives::{Address, B256, U256, keccak256},
    providers::ProviderBuilder,
    signers::local::PrivateKeySigner,
};
use endgame_agent::{
    AgentError, AgentEvent, Challenger, ChallengerConfig, ExecutionTrace, Observer, OutputRoots,
    PreimageRead, RootProvider, RootRequest, Rpc, RunInputs, Signer, StepProof, TraceProvider,
    TxConfig, TxManager, dishonest::Liar,
};
use endgame_deploy::{Addresses, DeployConfig, l1::Deployer};
use endgame_game::Lie;
use endgame_mips::{State, Trace, TraceOptions, compact_proof};
use endgame_preimage::{KeyType, LocalIndex, OracleError, PreimageKey, PreimageOracle};
use endgame_vm::Words as _;

use crate::anvil::Anvil;

/// Anvil's accounts, by index of its well-known mnemonic.
pub(crate) const KEYS: [&str; 3] = [
    "ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80",
    "59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d",
    "5de4111afa1a4b94908f83103eb1f1706367c2e68ca870fc3fb9a804cdab365a",
];
pub(crate) const DEPLOYER: usize = 0;
pub(crate) const HONEST: usize = 1;
pub(crate) const CROOK: usize = 2;
pub(crate) const GAME_TYPE: u32 = 8;
/// True roots begin with this byte: the program knows them by it.
const TRUE_MARK: u8 = 0xaa;

/// What the program reads besides the claimed root: a small and a large preimage.
pub(crate) fn small_preimage() -> Vec<u8> {
    b"a preimage that fits into one transaction".to_vec()
}
pub(crate) fn large_preimage() -> Vec<u8> {
    (0..2_000u32).map(|i| ((i * 31) >> 3) as u8).collect()
}

fn keys_read() -> [PreimageKey; 3] {
    [
        PreimageKey::keccak256(keccak256(small_preimage()).0),
        PreimageKey::keccak256(keccak256(large_preimage()).0),
        PreimageKey::local(LocalIndex::ClaimedOutputRoot),
    ]
}

/// Reads the first word of each preimage and exits with 0 if the claimed root is marked as true.
pub(crate) fn prestate() -> State {
    const CODE: u64 = 0x1_0000;
    const KEYS_AT: u64 = 0x2_0000;
    let read_one = [
        0x2404_0006, // addiu $4, $0, 6 (preimage keys go in there)
        0x2406_0008, // addiu $6, $0, 8
        0x2410_0004, // addiu $16, $0, 4
        0x2402_1389, // next: addiu $2, $0, write
        0x0000_000c, // syscall
        0x6631_0008, // daddiu $17, $17, 8
        0x0220_282d, // daddu $5, $17, $0
        0x2610_ffff, // addiu $16, $16, -1
        0x1600_fffa, // bne $16, $0, next
        0x0000_0000, // nop
        0x2404_0005, // addiu $4, $0, 5 (preimages come out there)
        0x3c05_0003, // lui $5, 3
        0x2402_1388, // addiu $2, $0, read
        0x0000_000c, // syscall: the length
        0x2402_1388, // addiu $2, $0, read
        0x0000_000c, // syscall: the first word
        0x0220_282d, // daddu $5, $17, $0
    ];
    let mut code = vec![
        0x3c11_0002, // lui $17, 2
        0x0220_282d, // daddu $5, $17, $0
    ];
    for _ in keys_read() {
        code.extend(read_one);
    }
    code.extend([
        0x3c05_0003u32, // lui $5, 3
        0x90a8_0000,    // lbu $8, 0($5)
        0x3908_00aa,    // xori $8, $8, 0xaa
        0x0008_202b,    // sltu $4, $0, $8
        0x2402_1455,    // addiu $2, $0, exit_group
        0x0000_000c,    // syscall
    ]);
    let mut state = State::new(CODE);
    for (at, word) in (CODE..).step_by(4).zip(code) {
        state.memory.set_bytes(at, &word.to_be_bytes());
    }
    for (at, key) in (KEYS_AT..).step_by(32).zip(keys_read()) {
        state.memory.set_bytes(at, key.as_bytes());
    }
    state
}

/// Lies from block 4 on, and there from this step of the run on.
pub(crate) fn lie(after_steps: u64) -> Lie {
    Lie {
        from_block: 4,
        after_steps,
        salt: B256::repeat_byte(7),
    }
}

pub(crate) fn true_root(block: u64) -> B256 {
    let mut root = keccak256(block.to_be_bytes());
    root.0[0] = TRUE_MARK;
    root
}

/// The chain: every block up to the last derivable one has a root.
pub(crate) struct Roots {
    pub(crate) derivable: u64,
}

impl RootProvider for Roots {
    fn roots(&self, request: &RootRequest) -> Result<Arc<OutputRoots>, AgentError> {
        let last = request.last_block.min(self.derivable);
        let roots = (request.agreed_block + 1..=last).map(true_root).collect();
        Ok(Arc::new(OutputRoots::new(
            request.agreed_block,
            request.agreed_root,
            roots,
        )))
    }
}

struct Preimages(HashMap<PreimageKey, Vec<u8>>);

impl PreimageOracle for Preimages {
    fn hint(&self, _hint: &[u8]) -> Result<(), OracleError> {
        Ok(())
    }
    fn get(&self, key: PreimageKey) -> Result<Vec<u8>, OracleError> {
        self.0.get(&key).cloned().ok_or(OracleError::NotFound(key))
    }
}

/// Runs the program in the real VM.
pub(crate) struct Traces;

struct Run {
    steps: u64,
    trace: Mutex<Trace>,
}

fn trace(claimed_root: B256) -> Trace {
    let preimages = [small_preimage(), large_preimage(), claimed_root.to_vec()];
    let oracle = Preimages(keys_read().into_iter().zip(preimages).collect());
    Trace::new(prestate(), Arc::new(oracle), TraceOptions::default())
}

impl TraceProvider for Traces {
    fn run(
        &self,
        inputs: &RunInputs,
        _observer: &Observer,
    ) -> Result<Arc<dyn ExecutionTrace>, AgentError> {
        assert_eq!(inputs.prestate, prestate().state_hash());
        let mut trace = trace(inputs.claimed_root);
        let steps = trace.run_to_end().unwrap();
        Ok(Arc::new(Run {
            steps,
            trace: Mutex::new(trace),
        }))
    }
}

impl ExecutionTrace for Run {
    fn steps(&self) -> u64 {
        self.steps
    }
    fn state_hash(&self, steps: u64) -> Result<B256, AgentError> {
        Ok(self.trace.lock().unwrap().state_hash_at(steps).unwrap())
    }
    fn step_proof(&self, step: u64) -> Result<StepProof, AgentError> {
        let witness = self.trace.lock().unwrap().step_witness(step).unwrap();
        Ok(StepProof {
            compact: compact_proof(&witness.state_data, &witness.proof_data).ok(),
            state: witness.state_data,
            proof: witness.proof_data,
            preimage: witness.oracle.map(|access| PreimageRead {
                key: access.key,
                value: access.value[8..].to_vec(),
                offset: access.offset as u32,
                opened: None,
            }),
        })
    }
}

/// The number of instructions before the first that reads a preimage of this type, and of at
/// least this size.
pub(crate) fn step_that_reads(key_type: KeyType, at_least: usize) -> u64 {
    let mut trace = trace(B256::ZERO);
    let steps = trace.run_to_end().unwrap();
    (0..steps)
        .find(|&step| {
            let access = trace.step_witness(step).unwrap().oracle;
            access
                .is_some_and(|a| a.key.key_type() == Ok(key_type) && a.value.len() >= at_least + 8)
        })
        .expect("the program reads one")
}

/// A challenger who knows the made-up rollup.
pub(crate) fn challenger(
    tx: Arc<TxManager>,
    factory: Address,
    derivable: u64,
    observer: Observer,
) -> Challenger {
    let mut config = ChallengerConfig::new(factory, GAME_TYPE);
    config.poll = Duration::from_millis(200);
    let roots = Arc::new(Roots { derivable });
    Challenger::new(tx, None, roots, Arc::new(Traces), config, observer)
}

/// L1 with contracts.
pub(crate) struct World {
    pub(crate) anvil: Anvil,
    pub(crate) addresses: Addresses,
    pub(crate) genesis_root: B256,
}

impl World {
    pub(crate) async fn new() -> Self {
        let anvil = Anvil::start().await;
        let mut config = DeployConfig::default();
        config.game.split_depth = 3;
        config.game.max_depth = 12;
        config.oracle.min_proposal_size = 1_000;
        config.oracle.challenge_period = 30;
        let signer: PrivateKeySigner = KEYS[DEPLOYER].parse().unwrap();
        let account = signer.address();
        let provider = ProviderBuilder::new()
            .wallet(EthereumWallet::from(signer))
            .connect_http(anvil.url().parse().unwrap());
        let deployer = Deployer::new(provider, config, account).unwrap();
        let bridge = deployer.bridge().await.unwrap();
        deployer
            .games(&bridge, prestate().state_hash())
            .await
            .unwrap();
        Self {
            anvil,
            addresses: bridge.addresses.clone(),
            genesis_root: bridge.genesis.output_root(),
        }
    }

    /// A transaction manager of one of the accounts, over any connection to L1.
    pub(crate) async fn manager(&self, key: usize, url: &str, store: &Path) -> Arc<TxManager> {
        self.try_manager(Signer::from_key(KEYS[key]).unwrap(), url, store)
            .await
    }

    pub(crate) async fn try_manager(
        &self,
        signer: Signer,
        url: &str,
        store: &Path,
    ) -> Arc<TxManager> {
        open_manager(signer, url, store, Duration::from_mins(1)).await
    }

    /// A transaction manager that waits no longer than `patience` for an RPC that is down.
    pub(crate) async fn impatient_manager(
        &self,
        key: usize,
        url: &str,
        store: &Path,
        patience: Duration,
    ) -> Arc<TxManager> {
        open_manager(Signer::from_key(KEYS[key]).unwrap(), url, store, patience).await
    }

    pub(crate) fn challenger(&self, tx: Arc<TxManager>, derivable: u64, log: &Log) -> Challenger {
        let factory = self.addresses.dispute_game_factory;
        challenger(tx, factory, derivable, log.observer())
    }

    pub(crate) fn liar(&self, tx: Arc<TxManager>, lie: Lie, log: &Log) -> Liar {
        let games = (self.addresses.dispute_game_factory, GAME_TYPE);
        let roots = Arc::new(Roots {
            derivable: u64::MAX,
        });
        Liar::new(tx, games, lie, roots, Arc::new(Traces), log.observer())
    }

    pub(crate) async fn nonce(&self, account: Address) -> u64 {
        use alloy::providers::Provider;
        self.anvil
            .rpc()
            .provider()
            .get_transaction_count(account)
            .await
            .unwrap()
    }

    pub(crate) async fn balance(&self, account: Address) -> U256 {
        self.anvil.rpc().balance(account).await.unwrap()
    }
}

/// Opens an account's transactions, over any connection to L1.
pub(crate) async fn open_manager(
    signer: Signer,
    url: &str,
    store: &Path,
    patience: Duration,
) -> Arc<TxManager> {
    let rpc = Rpc::connect(url, patience).unwrap();
    let config = TxConfig {
        poll: Duration::from_millis(100),
        ..TxConfig::default()
    };
    loop {
        match TxManager::open(rpc.clone(), signer.clone(), store, config).await {
            // An earlier life of the agent has not quite ended.
            Err(AgentError::StoreBusy(_)) => {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            other => return other.unwrap(),
        }
    }
}

/// Remembers what an agent said.
#[derive(Clone, Default)]
pub(crate) struct Log(Arc<Mutex<Vec<AgentEvent>>>);

impl Log {
    pub(crate) fn observer(&self) -> Observer {
        let events = self.0.clone();
        Observer::new(move |event| events.lock().unwrap().push(event))
    }

    pub(crate) fn events(&self) -> Vec<AgentEvent> {
        self.0.lock().unwrap().clone()
    }

    pub(crate) fn count(&self, matches: impl Fn(&AgentEvent) -> bool) -> usize {
        self.events().iter().filter(|event| matches(event)).count()
    }
}
