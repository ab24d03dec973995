//! A devnet from start to stop: a deposit, a transfer, derivation, proofs, the RPC.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::{
    io::{Read, Write},
    net::TcpStream,
    path::Path,
    time::Duration,
};

use alloy::{
    consensus::{SignableTransaction as _, TrieAccount, TxEip1559, TxEnvelope},
    eips::Encodable2718 as _,
    network::EthereumWallet,
    primitives::{Address, B256, Bytes, TxKind, U256, keccak256},
    providers::{Provider, ProviderBuilder, RootProvider},
    signers::SignerSync as _,
    sol_types::{SolCall as _, SolEvent as _},
};
use alloy_trie::{Nibbles, proof::verify_proof};
use endgame_contracts::{
    l1::IOptimismPortal,
    l2::{IL1Block, IL2ToL1MessagePasser},
    predeploys::{L1_BLOCK, L2_TO_L1_MESSAGE_PASSER},
};
use endgame_devnet::{Devnet, DevnetConfig, DevnetHandle, Role, batcher::BatcherOptions};
use endgame_kona_executor::{
    Attributes, Chain, Fork, Forks, PreimageError, PreimageKind, Preimages, Sealed, TrieDb,
};
use serde_json::{Value, json};

const PATIENCE: Duration = Duration::from_secs(40);
const FRIEND: Address = Address::repeat_byte(0xf1);

fn ether(n: u64) -> U256 {
    U256::from(n) * U256::from(10u64).pow(U256::from(18u64))
}

async fn call(l2: &RootProvider, method: &'static str, params: Value) -> Value {
    l2.raw_request(method.into(), params).await.unwrap()
}

/// Deposits from L1 to `to`, and waits until L1 has it.
async fn deposit(devnet: &DevnetHandle, to: Address, value: U256) {
    let wallet = EthereumWallet::from(Role::User.signer());
    let l1 = ProviderBuilder::new()
        .wallet(wallet)
        .connect_http(devnet.l1_url().parse().unwrap());
    l1.client().set_poll_interval(Duration::from_millis(50));
    let portal = IOptimismPortal::new(devnet.addresses().optimism_portal, &l1);
    let receipt = portal
        .depositTransaction(to, value, 100_000, false, Bytes::new())
        .value(value)
        .send()
        .await
        .unwrap()
        .get_receipt()
        .await
        .unwrap();
    assert!(receipt.status());
}

/// A signed transaction of the user on L2.
fn signed(nonce: u64, to: Address, value: U256, gas_limit: u64, input: Bytes) -> (B256, Bytes) {
    let tx = TxEip1559 {
        chain_id: 901,
        nonce,
        gas_limit,
        max_fee_per_gas: 10_000_000_000,
        max_priority_fee_per_gas: 1_000_000,
        to: TxKind::Call(to),
        value,
        input,
        ..TxEip1559::default()
    };
    let signature = Role::User
        .signer()
        .sign_hash_sync(&tx.signature_hash())
        .unwrap();
    let envelope = TxEnvelope::from(tx.into_signed(signature));
    (*envelope.hash(), envelope.encoded_2718().into())
}

fn transfer(nonce: u64) -> (B256, Bytes) {
    signed(nonce, FRIEND, ether(1), 21_000, Bytes::new())
}

/// Sends a transaction to L2 and waits for its receipt.
async fn send(l2: &RootProvider, (hash, raw): (B256, Bytes)) -> Value {
    let sent = call(l2, "eth_sendRawTransaction", json!([raw])).await;
    assert_eq!(sent, json!(hash));
    let receipt = until("a receipt", async || {
        let receipt = call(l2, "eth_getTransactionReceipt", json!([hash])).await;
        (!receipt.is_null()).then_some(receipt)
    })
    .await;
    assert_eq!(receipt["status"], "0x1");
    receipt
}

fn quantity(value: &Value) -> u64 {
    u64::from_str_radix(&value.as_str().unwrap()[2..], 16).unwrap()
}

async fn until<T>(what: &str, mut probe: impl AsyncFnMut() -> Option<T>) -> T {
    let started = std::time::Instant::now();
    loop {
        if let Some(found) = probe().await {
            return found;
        }
        assert!(started.elapsed() < PATIENCE, "{what} did not happen");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deposit_and_a_transfer_become_safe_and_provable() {
    let config = DevnetConfig {
        l1_interval: Duration::from_millis(400),
        ..DevnetConfig::default()
    };
    let devnet = Devnet::start(config).await.unwrap();
    let l2: RootProvider =
        ProviderBuilder::default().connect_http(devnet.l2_url().parse().unwrap());

    deposit(&devnet, FRIEND, ether(3)).await;
    until("the deposit", async || {
        (l2.get_balance(FRIEND).await.unwrap() == ether(3)).then_some(())
    })
    .await;

    // A deposit counts as one of the sender's transactions.
    let nonce = l2
        .get_transaction_count(Role::User.address())
        .await
        .unwrap();
    assert_eq!(nonce, 1);
    let (hash, raw) = transfer(nonce);
    let number = quantity(&send(&l2, (hash, raw)).await["blockNumber"]);
    assert_eq!(l2.get_balance(FRIEND).await.unwrap(), ether(4));
    contracts_run(&devnet, &l2, nonce + 1).await;

    subscriptions_deliver_new_heads(&devnet);
    let last = devnet.finish_l2(PATIENCE).await.unwrap();
    assert!(last.header.number >= number);
    let safe = call(&l2, "eth_getBlockByNumber", json!(["safe", false])).await;
    assert_eq!(safe["hash"], json!(last.hash));

    account_proof_fits_the_header(&l2, number).await;
    output_root_fits_the_header(&l2, number).await;
    witness_is_enough_to_execute(&devnet, &l2, number).await;
    errors_are_told_apart(&l2, hash).await;

    let head = devnet.l1().latest().await.unwrap();
    let jumped = devnet.jump(100_000).await.unwrap();
    assert_eq!(jumped.time, head.time + 100_000);
    assert_eq!(devnet.node().head().hash, last.hash, "the L2 stands still");

    let pid = devnet.l1_pid();
    assert!(Path::new(&format!("/proc/{pid}")).exists());
    devnet.stop().await;
    assert!(
        !Path::new(&format!("/proc/{pid}")).exists(),
        "anvil is gone"
    );
}

/// The predeploys do their work: L1's attributes are stored, a withdrawal leaves its log and slot.
async fn contracts_run(devnet: &DevnetHandle, l2: &RootProvider, nonce: u64) {
    let block = devnet.node().head();
    let number = IL1Block::new(L1_BLOCK, l2)
        .number()
        .block(block.hash.into())
        .call()
        .await
        .unwrap();
    assert_eq!(number, block.l1_info().unwrap().number);

    let input = IL2ToL1MessagePasser::initiateWithdrawalCall {
        target: FRIEND,
        gasLimit: U256::from(100_000),
        data: Bytes::new(),
    }
    .abi_encode();
    let message = json!({
        "from": Role::User.address(),
        "to": L2_TO_L1_MESSAGE_PASSER,
        "value": ether(1),
        "data": Bytes::from(input.clone()),
    });
    let gas = quantity(&call(l2, "eth_estimateGas", json!([message])).await);
    let withdrawal = signed(nonce, L2_TO_L1_MESSAGE_PASSER, ether(1), gas, input.into());
    let receipt = send(l2, withdrawal).await;
    let filter = json!({
        "address": L2_TO_L1_MESSAGE_PASSER,
        "topics": [IL2ToL1MessagePasser::MessagePassed::SIGNATURE_HASH],
        "fromBlock": "0x0",
    });
    let logs = call(l2, "eth_getLogs", json!([filter])).await;
    assert_eq!(logs, receipt["logs"]);
    assert_eq!(logs[0]["logIndex"], "0x0");

    let at = receipt["blockNumber"].clone();
    let block = call(l2, "eth_getBlockByNumber", json!([at, false])).await;
    let proof = call(l2, "eth_getProof", json!([L2_TO_L1_MESSAGE_PASSER, [], at])).await;
    assert_eq!(block["withdrawalsRoot"], proof["storageHash"]);
}

async fn account_proof_fits_the_header(l2: &RootProvider, number: u64) {
    let at = format!("{number:#x}");
    let block = call(l2, "eth_getBlockByNumber", json!([at, false])).await;
    let root: B256 = serde_json::from_value(block["stateRoot"].clone()).unwrap();
    let proof = call(l2, "eth_getProof", json!([FRIEND, ["0x0"], at])).await;
    let nodes: Vec<Bytes> = serde_json::from_value(proof["accountProof"].clone()).unwrap();
    let account = TrieAccount {
        nonce: 0,
        balance: ether(4),
        storage_root: serde_json::from_value(proof["storageHash"].clone()).unwrap(),
        code_hash: serde_json::from_value(proof["codeHash"].clone()).unwrap(),
    };
    let key = Nibbles::unpack(keccak256(FRIEND));
    verify_proof(root, key, Some(alloy::rlp::encode(account)), &nodes).unwrap();
    // The state before the transfer is still there.
    let before = call(
        l2,
        "eth_getBalance",
        json!([FRIEND, format!("{:#x}", number - 1)]),
    )
    .await;
    assert_eq!(before, json!(ether(3)));
}

async fn output_root_fits_the_header(l2: &RootProvider, number: u64) {
    let output = call(
        l2,
        "optimism_outputAtBlock",
        json!([format!("{number:#x}")]),
    )
    .await;
    let word = |v: &Value| serde_json::from_value::<B256>(v.clone()).unwrap();
    let parts = [
        word(&output["version"]),
        word(&output["stateRoot"]),
        word(&output["withdrawalStorageRoot"]),
        word(&output["blockRef"]["hash"]),
    ];
    assert_eq!(word(&output["outputRoot"]), keccak256(parts.concat()));
    assert_eq!(
        output["blockRef"]["number"],
        json!(number),
        "a plain number"
    );
}

/// Preimages of a witness alone.
#[derive(Debug)]
struct Witnessed(std::collections::HashMap<B256, Bytes>);

impl Preimages for Witnessed {
    fn get(&self, kind: PreimageKind, hash: B256) -> Result<Bytes, PreimageError> {
        self.0
            .get(&hash)
            .cloned()
            .ok_or(PreimageError::NotFound { kind, hash })
    }
}

async fn witness_is_enough_to_execute(devnet: &DevnetHandle, l2: &RootProvider, number: u64) {
    let witness = call(
        l2,
        "debug_executionWitness",
        json!([format!("{number:#x}")]),
    )
    .await;
    let mut preimages = std::collections::HashMap::new();
    for list in ["state", "codes", "headers"] {
        let list: Vec<Bytes> = serde_json::from_value(witness[list].clone()).unwrap();
        preimages.extend(list.into_iter().map(|bytes| (keccak256(&bytes), bytes)));
    }
    let block = devnet.node().expect_block(number).unwrap();
    let parent = devnet.node().expect_block(number - 1).unwrap();
    assert!(
        preimages.contains_key(&parent.hash),
        "the parent's header is in it"
    );
    let sealed = Sealed::new_unchecked(parent.header.clone(), parent.hash);
    let chain = Chain {
        chain_id: 901,
        forks: Forks::all_up_to(Fork::Isthmus),
        ..Chain::default()
    };
    let attributes = Attributes {
        timestamp: block.header.timestamp,
        prev_randao: block.header.mix_hash,
        fee_recipient: block.header.beneficiary,
        parent_beacon_root: block.header.parent_beacon_block_root,
        gas_limit: block.header.gas_limit,
        transactions: block.transactions.clone(),
        eip1559_params: Some(block.header.extra_data[1..9].try_into().unwrap()),
        min_base_fee: None,
    };
    let executed = chain.execute(&mut TrieDb::new(sealed, Witnessed(preimages)), &attributes);
    assert_eq!(executed.unwrap().header.hash(), block.hash);
}

async fn errors_are_told_apart(l2: &RootProvider, included: B256) {
    let refusal = async |method: &'static str, params: Value| {
        let answer: Result<Value, _> = l2.raw_request(method.into(), params).await;
        answer
            .unwrap_err()
            .as_error_resp()
            .map(|e| (e.code, e.message.to_string()))
            .unwrap()
    };
    assert_eq!(refusal("eth_mystery", json!([])).await.0, -32601);
    assert_eq!(refusal("eth_getBalance", json!(["0x12"])).await.0, -32602);
    assert_eq!(
        refusal("eth_getBalance", json!([FRIEND, "0xffffff"]))
            .await
            .0,
        -32001
    );
    let (code, message) = refusal("eth_sendRawTransaction", json!([transfer(0).1])).await;
    assert_eq!(code, -32000);
    assert!(message.starts_with("nonce too low"), "{message}");
    assert_eq!(
        call(l2, "eth_getTransactionByHash", json!([B256::ZERO])).await,
        Value::Null
    );
    let known = call(l2, "eth_getTransactionByHash", json!([included])).await;
    assert_eq!(known["to"], json!(FRIEND));
}

/// A websocket client of the smallest kind: enough to see one notification.
fn subscriptions_deliver_new_heads(devnet: &DevnetHandle) {
    let address = devnet.l2_url().strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let upgrade = format!(
        "GET / HTTP/1.1\r\nHost: {address}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    );
    stream.write_all(upgrade.as_bytes()).unwrap();
    let request =
        json!({ "jsonrpc": "2.0", "id": 1, "method": "eth_subscribe", "params": ["newHeads"] });
    let text = request.to_string();
    assert!(text.len() < 126);
    // Final text frame, masked with zeros.
    stream
        .write_all(&[0x81, 0x80 | text.len() as u8, 0, 0, 0, 0])
        .unwrap();
    stream.write_all(text.as_bytes()).unwrap();
    let mut seen = String::new();
    let mut buffer = [0; 4096];
    while !seen.contains("eth_subscription") || !seen.contains("stateRoot") {
        let read = stream.read(&mut buffer).unwrap();
        assert!(read > 0, "closed after {seen:?}");
        seen.push_str(&String::from_utf8_lossy(&buffer[..read]));
    }
    assert!(seen.starts_with("HTTP/1.1 101"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_devnet_goes_on_where_it_was_stopped() {
    let dir = tempfile::tempdir().unwrap();
    let config = DevnetConfig {
        l1_interval: Duration::from_millis(200),
        data_dir: Some(dir.path().to_owned()),
        batcher: BatcherOptions {
            span: true,
            ..BatcherOptions::default()
        },
        ..DevnetConfig::default()
    };
    let first = Devnet::start(config.clone()).await.unwrap();
    deposit(&first, FRIEND, ether(3)).await;
    let safe = first.wait_for_safe(12, PATIENCE).await.unwrap();
    let (portal, l1) = (
        first.addresses().optimism_portal,
        first.l1().latest().await.unwrap(),
    );
    first.stop().await;

    let second = Devnet::start(config).await.unwrap();
    assert_eq!(second.addresses().optimism_portal, portal);
    let again = second.node().expect_block(12).unwrap();
    assert_eq!(again.hash, safe.hash);
    let next = second.l1().latest().await.unwrap();
    assert!(next.number >= l1.number && next.time >= l1.time);
    let goal = second.node().head().header.number + 10;
    second.wait_for_safe(goal, PATIENCE).await.unwrap();
    second.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_l2_whose_batches_are_blobs_becomes_safe() {
    let config = DevnetConfig {
        l1_interval: Duration::from_millis(300),
        batcher: BatcherOptions {
            blobs: true,
            // Small frames, so that a transaction carries several blobs.
            max_frame: 400,
            ..BatcherOptions::default()
        },
        ..DevnetConfig::default()
    };
    let devnet = Devnet::start(config).await.unwrap();
    deposit(&devnet, FRIEND, ether(3)).await;
    devnet.wait_for_safe(12, PATIENCE).await.unwrap();
    let dir = devnet.blob_dir().unwrap().to_owned();
    let blobs = std::fs::read_dir(&dir).unwrap().count();
    assert!(blobs > 2, "{blobs} blobs");
    let batcher = devnet
        .l1()
        .provider()
        .get_transaction_count(Role::Batcher.address())
        .await
        .unwrap();
    assert!(
        (1..blobs as u64).contains(&batcher),
        "{batcher} transactions"
    );
    devnet.stop().await;
    assert!(!dir.exists(), "nothing is left behind");
}

#[tokio::test]
async fn settings_that_cannot_work_are_refused_by_name() {
    let refusal = async |change: fn(&mut DevnetConfig)| {
        let mut config = DevnetConfig::default();
        change(&mut config);
        Devnet::start(config).await.unwrap_err().to_string()
    };
    let slow = refusal(|c| c.l1_block_time = 1).await;
    assert!(
        slow.contains("l1_block_time 1 is below the L2's 2"),
        "{slow}"
    );
    let fast = refusal(|c| c.l1_interval = Duration::ZERO).await;
    assert!(fast.contains("l1_interval"), "{fast}");
    let never = refusal(|c| c.batcher.every = 0).await;
    assert!(never.contains("batcher"), "{never}");
    let chain = refusal(|c| c.deploy.l2_chain_id = 31_337).await;
    assert!(chain.contains("l2_chain_id"), "{chain}");
    let binary = refusal(|c| c.anvil = Some("/nonexistent/anvil".into())).await;
    assert!(binary.contains("anvil"), "{binary}");
}
