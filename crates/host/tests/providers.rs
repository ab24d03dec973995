//! Providers that lie, hang, are behind or down.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod support;

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::{Duration, Instant},
};

use alloy_primitives::{B256, hex, keccak256};
use endgame_host::{BLOB_BYTES, BlobStore, Config, HostError, Limits};
use endgame_preimage::{KeyType, OracleError, PreimageKey, PreimageOracle};
use serde_json::{Value, json};
use support::{Block, Provider, Reply, boot, hint, host, key_of, limits, urls};

fn l1(providers: Vec<String>) -> Config {
    Config {
        l1_rpc: providers,
        limits: limits(),
        ..Config::default()
    }
}

fn l2(providers: Vec<String>) -> Config {
    Config {
        l2_rpc: providers,
        limits: limits(),
        ..Config::default()
    }
}

/// Answers every block with one of another hash.
fn liar(block: &Block) -> Provider {
    let mut other = block.json();
    other["gasLimit"] = json!("0x1");
    Provider::new(move |asked| match asked.method.as_str() {
        "eth_getBlockByHash" => Reply::Is(other.clone()),
        _ => Reply::NO_METHOD,
    })
}

#[test]
fn block_of_another_hash_names_its_provider() {
    let block = Block::new(7);
    let liar = liar(&block);
    let host = host(&l1(urls([&liar])));
    hint(&host, "l1-block-header", block.hash.as_slice());
    let error = host.find(block.key()).unwrap_err();
    let [
        HostError::WrongBlockHash {
            provider, expected, ..
        },
    ] = error.causes()
    else {
        panic!("{error}")
    };
    assert_eq!((provider, *expected), (&liar.url, block.hash));
    assert!(host.backend().store().is_empty().unwrap());
}

#[test]
fn after_a_lie_the_next_provider_is_asked_and_from_then_on_first() {
    let block = Block::new(7);
    let (liar, honest) = (liar(&block), block.provider());
    let host = host(&l1(urls([&liar, &honest])));
    hint(&host, "l1-block-header", block.hash.as_slice());
    let header = host.find(block.key()).unwrap().unwrap();
    assert_eq!(keccak256(header), block.hash);
    assert_eq!(liar.count("eth_getBlockByHash"), 1);

    hint(&host, "l1-transactions", block.hash.as_slice());
    let empty_list = key_of(&[0x80]);
    assert!(host.find(empty_list).unwrap().is_some());
    hint(&host, "l1-receipts", block.hash.as_slice());
    assert!(host.find(key_of(b"not there")).is_ok());
    assert_eq!(liar.count("eth_getBlockByHash"), 1, "asked last now");
    assert!(honest.count("eth_getBlockByHash") > 1);
}

#[test]
fn list_without_the_header_s_root_names_its_provider() {
    let mut header = Block::new(7).header;
    header.receipts_root = B256::repeat_byte(9);
    let block = Block {
        hash: header.hash_slow(),
        header,
    };
    let json = block.json();
    let provider = Provider::new(move |asked| match asked.method.as_str() {
        "eth_getBlockByHash" => Reply::Is(json.clone()),
        "eth_getBlockReceipts" => Reply::Is(json!([])),
        _ => Reply::NO_METHOD,
    });
    let host = host(&l1(urls([&provider])));
    hint(&host, "l1-receipts", block.hash.as_slice());
    let error = host.find(key_of(b"a receipt")).unwrap_err();
    assert!(matches!(
        error.causes(),
        [HostError::WrongRoot { provider: named, list: "receipts", .. }] if *named == provider.url
    ));
}

/// Serves `code` for every database key.
fn database(code: &'static [u8]) -> Provider {
    Provider::new(move |asked| match asked.method.as_str() {
        "debug_dbGet" => Reply::Is(json!(hex::encode_prefixed(code))),
        _ => Reply::NO_METHOD,
    })
}

#[test]
fn wrong_preimage_is_not_stored_and_the_next_provider_is_asked() {
    let (liar, honest) = (database(b"other code"), database(b"code"));
    let hash = keccak256(b"code");
    let alone = host(&l2(urls([&liar])));
    hint(&alone, "l2-code", hash.as_slice());
    let error = alone.get(key_of(b"code")).unwrap_err();
    assert!(error.to_string().contains(&liar.url), "{error}");
    assert!(alone.backend().store().is_empty().unwrap());

    let both = host(&l2(urls([&liar, &honest])));
    hint(&both, "l2-code", hash.as_slice());
    assert_eq!(both.get(key_of(b"code")).unwrap(), b"code");
}

/// A beacon node that answers with this blob whatever it is asked for.
fn beacon(blob: &[u8]) -> Provider {
    let blob = json!(hex::encode_prefixed(blob));
    Provider::new(move |asked| {
        Reply::Is(match asked.method.as_str() {
            "/eth/v1/beacon/genesis" => json!({ "data": { "genesis_time": "1000" } }),
            "/eth/v1/config/spec" => json!({ "data": { "SECONDS_PER_SLOT": "12" } }),
            path if path.starts_with("/eth/v1/beacon/blobs/2?") => json!({ "data": [blob] }),
            _ => return Reply::Status(404),
        })
    })
}

#[test]
fn wrong_blob_names_its_beacon_node_and_the_next_is_asked() {
    let blob = |byte| {
        let mut blob = vec![0; BLOB_BYTES];
        blob[40] = byte;
        blob
    };
    let dir = tempfile::tempdir().unwrap();
    let hash = BlobStore::open(dir.path()).unwrap().put(&blob(1)).unwrap();
    let (liar, honest) = (beacon(&blob(2)), beacon(&blob(1)));
    let config = |l1_beacon| Config {
        l1_beacon,
        limits: limits(),
        ..Config::default()
    };
    let wanted = PreimageKey::new(KeyType::Sha256, hash.0);
    let data = [hash.as_slice(), &1030_u64.to_be_bytes()].concat();

    let alone = host(&config(urls([&liar])));
    hint(&alone, "l1-blob", &data);
    let error = alone.find(wanted).unwrap_err();
    assert!(matches!(
        error.causes(),
        [HostError::WrongPreimage { provider, .. }] if *provider == liar.url
    ));

    let both = host(&config(urls([&liar, &honest])));
    hint(&both, "l1-blob", &data);
    let commitment = both.find(wanted).unwrap().unwrap();
    assert_eq!(commitment.len(), 48);
}

#[test]
fn provider_that_hangs_is_left_at_the_deadline() {
    let block = Block::new(7);
    let (silent, honest) = (Provider::new(|_| Reply::Hang), block.provider());
    let host = host(&l1(urls([&silent, &honest])));
    hint(&host, "l1-block-header", block.hash.as_slice());
    let started = Instant::now();
    assert!(host.find(block.key()).unwrap().is_some());
    assert!(started.elapsed() >= limits().request_timeout);
    hint(&host, "l1-transactions", block.hash.as_slice());
    assert!(host.find(key_of(b"not there")).unwrap().is_none());
    assert_eq!(silent.count("eth"), 1, "asked last after that");
}

#[test]
fn silence_of_all_ends_in_an_error_within_the_deadline() {
    let block = Block::new(7);
    let silent = Provider::new(|_| Reply::Hang);
    let config = Config {
        l1_rpc: urls([&silent]),
        limits: Limits {
            request_timeout: Duration::from_millis(100),
            deadline: Duration::from_secs(1),
            rounds: 1000,
            ..limits()
        },
        ..Config::default()
    };
    let host = host(&config);
    hint(&host, "l1-block-header", block.hash.as_slice());
    let started = Instant::now();
    let error = host.find(block.key()).unwrap_err();
    assert!(started.elapsed() < Duration::from_secs(5));
    assert!(error.is_transient());
    assert!(matches!(
        error.causes(),
        [HostError::Deadline { provider, .. }] if *provider == silent.url
    ));
}

#[test]
fn rate_limit_and_server_errors_are_waited_out() {
    let block = Block::new(7);
    let (json, calls) = (block.json(), AtomicUsize::new(0));
    let busy = Provider::new(move |_| match calls.fetch_add(1, Ordering::Relaxed) {
        0 => Reply::Status(429),
        1 => Reply::Status(503),
        2 => Reply::Error(-32005, "limit exceeded"),
        _ => Reply::Is(json.clone()),
    });
    let host = host(&l1(urls([&busy])));
    hint(&host, "l1-block-header", block.hash.as_slice());
    assert!(host.find(block.key()).unwrap().is_some());
    assert_eq!(busy.count("eth"), 4);
}

#[test]
fn l1_rpc_that_is_down_is_a_transient_error_that_names_it() {
    let block = Block::new(7);
    let url = block.provider().url.clone();
    let host = host(&l1(vec![url.clone()]));
    hint(&host, "l1-block-header", block.hash.as_slice());
    let error = host.find(block.key()).unwrap_err();
    assert!(error.is_transient());
    assert!(matches!(
        error.causes(),
        [HostError::ProviderDown { provider, .. }] if *provider == url
    ));
    // A program or VM hears of it as a failure, never as a preimage that does not exist.
    assert!(matches!(
        host.get(block.key()),
        Err(OracleError::Server(reason)) if reason.contains(&url)
    ));
}

#[test]
fn l2_rpc_that_is_behind_is_asked_again_until_it_has_the_block() {
    let block = Block::new(7);
    let (json, calls) = (block.json(), AtomicUsize::new(0));
    let late = Provider::new(move |asked| match asked.method.as_str() {
        "eth_getBlockByHash" if calls.fetch_add(1, Ordering::Relaxed) < 2 => Reply::Is(Value::Null),
        "eth_getBlockByHash" => Reply::Is(json.clone()),
        _ => Reply::NO_METHOD,
    });
    let host = host(&l2(urls([&late])));
    hint(&host, "l2-block-header", block.hash.as_slice());
    assert!(host.find(block.key()).unwrap().is_some());
}

#[test]
fn l2_rpc_that_stays_behind_is_a_transient_error_that_names_it() {
    let (block, next) = (Block::new(7), Block::new(8));
    let behind = block.provider();
    let host = host(&l2(urls([&behind])));
    hint(&host, "l2-block-header", next.hash.as_slice());
    let error = host.find(next.key()).unwrap_err();
    assert!(error.is_transient());
    assert!(matches!(
        error.causes(),
        [HostError::UnknownBlock { provider, .. }] if *provider == behind.url
    ));
}

#[test]
fn both_spellings_of_a_hint_bring_the_same_preimages() {
    let mut header = Block::new(7).header;
    header.withdrawals_root = Some(B256::repeat_byte(5));
    let block = Block {
        hash: header.hash_slow(),
        header,
    };
    let output = [
        B256::ZERO,
        block.header.state_root,
        B256::repeat_byte(5),
        block.hash,
    ]
    .concat();
    let json = block.json();
    let provider = Provider::new(move |asked| match asked.method.as_str() {
        "eth_getBlockByNumber" if asked.params[0] == "0x7" => Reply::Is(json.clone()),
        "eth_getBlockByNumber" => Reply::Is(Value::Null),
        _ => Reply::NO_METHOD,
    });
    for name in ["starting-l2-output", "l2-output", "l2-output-root"] {
        let host = host(&l2(urls([&provider])));
        hint(&host, name, keccak256(&output).as_slice());
        assert_eq!(host.get(key_of(&output)).unwrap(), output, "{name}");
        assert!(host.find(block.key()).unwrap().is_some(), "its header too");
    }

    let mut call = vec![0; 28];
    call[19] = 2;
    call.extend(b"data");
    let key = PreimageKey::new(KeyType::Precompile, keccak256(&call).0);
    for name in ["l1-precompile", "l1-precompile-v2"] {
        let host = host(&Config::default());
        hint(&host, name, &call);
        let result = host.get(key).unwrap();
        assert_eq!(result[0], 1, "the precompile succeeded");
        assert_eq!(result.len(), 33);
    }

    let dir = tempfile::tempdir().unwrap();
    let blob = vec![0; BLOB_BYTES];
    let hash = BlobStore::open(dir.path()).unwrap().put(&blob).unwrap();
    // Field elements are named by the roots of unity, the first of which is 1.
    let first_root = alloy_primitives::U256::from(1).to_be_bytes::<32>();
    let time = 5_u64.to_be_bytes();
    for data in [
        [hash.as_slice(), &time].concat(),
        [hash.as_slice(), &3_u64.to_be_bytes(), &time].concat(),
    ] {
        let host = host(&Config {
            blob_dir: Some(dir.path().to_owned()),
            ..Config::default()
        });
        hint(&host, "l1-blob", &data);
        let commitment = host.get(PreimageKey::new(KeyType::Sha256, hash.0)).unwrap();
        let element = PreimageKey::new(
            KeyType::Blob,
            keccak256([&commitment[..], &first_root].concat()).0,
        );
        assert_eq!(host.get(element).unwrap(), [0; 32]);
    }
}

#[test]
fn without_providers_what_is_stored_is_served_and_the_rest_is_not_found() {
    let block = Block::new(7);
    let dir = tempfile::tempdir().unwrap();
    let provider = block.provider();
    let online = Config {
        l1_rpc: urls([&provider]),
        data_dir: Some(dir.path().to_owned()),
        limits: limits(),
        ..Config::default()
    };
    {
        let host = host(&online);
        hint(&host, "l1-block-header", block.hash.as_slice());
        host.get(block.key()).unwrap();
    }
    drop(provider);
    let offline = host(&Config {
        data_dir: Some(dir.path().to_owned()),
        ..Config::default()
    });
    hint(&offline, "l1-block-header", block.hash.as_slice());
    assert_eq!(keccak256(offline.get(block.key()).unwrap()), block.hash);
    let other = Block::new(8);
    hint(&offline, "l1-block-header", other.hash.as_slice());
    assert_eq!(
        offline.get(other.key()),
        Err(OracleError::NotFound(other.key()))
    );
    let chain_id = PreimageKey::local(endgame_preimage::LocalIndex::ChainId);
    assert_eq!(
        offline.get(chain_id).unwrap(),
        boot().chain_id.to_be_bytes()
    );
}
