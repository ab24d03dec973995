//! An L1 node that dies with the test.

use std::{
    net::TcpListener,
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::Duration,
};

use alloy::providers::Provider;
use endgame_agent::Rpc;

/// A running anvil.
pub(crate) struct Anvil {
    child: Child,
    pub(crate) port: u16,
}

impl Drop for Anvil {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The native program: a launcher that is killed leaves its child running.
fn binary() -> PathBuf {
    let tool = concat!(env!("CARGO_MANIFEST_DIR"), "/../../contracts/tools/foundry");
    let found = Command::new(tool).arg("anvil").output().unwrap();
    assert!(
        found.status.success(),
        "anvil is needed: `make contracts-install`"
    );
    String::from_utf8(found.stdout).unwrap().trim().into()
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

impl Anvil {
    pub(crate) async fn start() -> Self {
        let port = free_port();
        let child = Command::new(binary())
            .args(["--port", &port.to_string()])
            .args(["--hardfork", "prague", "--slots-in-an-epoch", "1"])
            .arg("--silent")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let anvil = Self { child, port };
        anvil.rpc().chain_id().await.expect("anvil does not answer");
        anvil
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    pub(crate) fn rpc(&self) -> Rpc {
        Rpc::connect(&self.url(), Duration::from_secs(30)).unwrap()
    }

    /// Lets L1 time pass.
    pub(crate) async fn wait(&self, seconds: u64) {
        let rpc = self.rpc();
        let provider = rpc.provider();
        let _: serde_json::Value = provider
            .raw_request("evm_increaseTime".into(), (seconds,))
            .await
            .unwrap();
        let _: serde_json::Value = provider.raw_request("evm_mine".into(), ()).await.unwrap();
    }
}
