//! `endgame deploy` on a real L1 node.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::{fs, path::Path, process::Command};

use endgame_devnet::{
    DEV_KEYS,
    l1::{Anvil, AnvilOptions, ChainClock, L1Client},
};
use serde_json::Value;

fn deploy(l1: &str, dir: &Path, more: &[&str]) -> Value {
    let output = Command::new(env!("CARGO_BIN_EXE_endgame"))
        .args(["deploy", "--json", "--l1-rpc", l1, "--signer"])
        .arg(format!("file:{}", dir.join("key").display()))
        .arg("--rollup")
        .arg(dir.join("rollup.json"))
        .arg("--genesis")
        .arg(dir.join("genesis.json"))
        .args(more)
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    serde_json::from_slice(&output.stdout).unwrap()
}

#[tokio::test]
async fn a_deployment_can_be_repeated_and_completed() {
    let anvil = Anvil::start(&AnvilOptions {
        binary: None,
        port: None,
        chain_id: 31337,
        genesis_time: 1_700_000_000,
        gas_limit: 60_000_000,
        state: None,
        auto_impersonate: false,
    })
    .await
    .unwrap();
    // It mines by itself from here on.
    let client = L1Client::new(anvil.url()).unwrap();
    let _clock = ChainClock::start(client.into(), 1).await.unwrap();
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("key"), DEV_KEYS[0].to_string()).unwrap();
    let (url, path) = (anvil.url().to_owned(), dir.path().to_owned());
    tokio::task::spawn_blocking(move || {
        let first = deploy(&url, &path, &[]);
        assert!(first["addresses"]["OptimismPortalProxy"].is_string());
        assert!(first["game"].is_null());
        assert_eq!(deploy(&url, &path, &[]), first);

        let prestate = format!("0x03{}", "22".repeat(31));
        let complete = deploy(&url, &path, &["--prestate", &prestate]);
        assert_eq!(complete["game"]["prestate"], prestate);
        assert_eq!(complete["addresses"], first["addresses"]);
        assert_eq!(deploy(&url, &path, &["--prestate", &prestate]), complete);

        let rollup: Value =
            serde_json::from_slice(&fs::read(path.join("rollup.json")).unwrap()).unwrap();
        assert_eq!(rollup["genesis"]["l2"]["hash"], first["l2Genesis"]["hash"]);
        assert_eq!(
            rollup["deposit_contract_address"]
                .as_str()
                .unwrap()
                .to_lowercase(),
            first["addresses"]["OptimismPortalProxy"]
                .as_str()
                .unwrap()
                .to_lowercase()
        );
        assert!(fs::metadata(path.join("genesis.json")).unwrap().len() > 10_000);
    })
    .await
    .unwrap();
}
