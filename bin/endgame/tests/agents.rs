//! `propose`, `challenge` and `withdraw` as processes, against a devnet.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::{
    path::Path,
    process::{Output, Stdio},
    time::Duration,
};

use alloy::primitives::{Address, U256};
use endgame_devnet::{Devnet, DevnetConfig, DevnetHandle, Role};
use endgame_prestate::Program;
use serde_json::Value;
use tempfile::TempDir;
use tokio::process::{Child, Command};

const PATIENCE: Duration = Duration::from_secs(90);
const RECIPIENT: Address = Address::repeat_byte(0xf1);
const HALF_AN_ETHER: u64 = 500_000_000_000_000_000;

/// A devnet whose games start from the prestate of a program, and its configuration as files.
struct World {
    devnet: DevnetHandle,
    dir: TempDir,
}

impl World {
    async fn start(program: Program) -> Self {
        let mut config = DevnetConfig {
            l1_interval: Duration::from_millis(500),
            prestate: endgame_scenario::devnet_prestate(program),
            ..DevnetConfig::default()
        };
        config.deploy.game.max_clock_duration = 100;
        config.deploy.game.clock_extension = 20;
        let devnet = Devnet::start(config).await.unwrap();
        let dir = tempfile::tempdir().unwrap();
        let write =
            |name: &str, bytes: Vec<u8>| std::fs::write(dir.path().join(name), bytes).unwrap();
        write("rollup.json", serde_json::to_vec(devnet.rollup()).unwrap());
        write("l1.json", serde_json::to_vec(devnet.l1_config()).unwrap());
        Self { devnet, dir }
    }

    fn path(&self, name: &str) -> String {
        self.dir.path().join(name).display().to_string()
    }

    /// A command as `role`, with the addresses of both chains.
    fn command(&self, role: Role, args: &[&str]) -> Command {
        let mut command = endgame();
        command
            .args(args)
            .env("ENDGAME_PRIVATE_KEY", role.key().to_string())
            .env("ENDGAME_L1_RPC", self.devnet.l1_url())
            .env("ENDGAME_L2_RPC", self.devnet.l2_url())
            .env("ENDGAME_L1_CONFIG", self.path("l1.json"))
            .env("ENDGAME_DATA_DIR", self.path(args[0]))
            .env("ENDGAME_POLL", "0.3s");
        command
    }

    /// Runs a command that must succeed, and gives its JSON.
    async fn json(&self, role: Role, args: &[&str]) -> Value {
        let output = self
            .command(role, args)
            .env("ENDGAME_JSON", "true")
            .output()
            .await
            .unwrap();
        assert!(output.status.success(), "{args:?}: {}", text(&output));
        serde_json::from_slice(&output.stdout).unwrap()
    }

    async fn status(&self, transaction: &str) -> String {
        let args = ["withdraw", "status", transaction];
        let status = self.json(Role::User, &args).await;
        status["status"].as_str().unwrap().to_owned()
    }
}

fn endgame() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_endgame"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("ENDGAME_")) {
        command.env_remove(name);
    }
    command.kill_on_drop(true);
    command
}

fn text(output: &Output) -> String {
    let [out, err] = [&output.stdout, &output.stderr].map(|b| String::from_utf8_lossy(b));
    format!("{out}\n{err}")
}

/// A command that must fail, with the code and words.
async fn fails(mut command: Command, code: i32, words: &[&str]) {
    let output = command.output().await.unwrap();
    let text = text(&output);
    assert_eq!(output.status.code(), Some(code), "{text}");
    for words in words {
        assert!(text.contains(words), "{words:?} is not in: {text}");
    }
}

fn stop(child: &Child) {
    let pid = child.id().unwrap().to_string();
    let mut kill = std::process::Command::new("kill");
    assert!(kill.args(["-INT", &pid]).status().unwrap().success());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_withdrawal_is_paid_by_commands_alone() {
    let world = World::start(Program::Kona).await;
    let devnet = &world.devnet;
    let portal = devnet.addresses().optimism_portal;
    let funds = U256::from(10u64).pow(U256::from(19u64));
    devnet.l1().set_balance(portal, funds).await.unwrap();

    let recipient = RECIPIENT.to_string();
    let init = [
        "withdraw", "init", "--value", "0.5", "--to", &recipient, "--id", "first",
    ];
    let initiated = world.json(Role::User, &init).await;
    let transaction = initiated["transaction"].as_str().unwrap().to_owned();
    let block = initiated["block"].as_u64().unwrap();
    let again = world.json(Role::User, &init).await;
    assert_eq!(
        again["transaction"], initiated["transaction"],
        "the same name, the same withdrawal"
    );
    assert_eq!(world.status(&transaction).await, "waiting");
    let early = world.command(Role::User, &["withdraw", "prove", &transaction]);
    fails(early, 1, &["no game covers L2 block", "--wait"]).await;

    // What is wrong with a proposal.
    let block = block.max(4).to_string();
    let mut other_prestate = world.command(Role::Proposer, &["propose", "--block", &block]);
    other_prestate.env_remove("ENDGAME_L1_CONFIG");
    fails(other_prestate, 1, &["absolute prestate", "--l1-config"]).await;
    let mut wants_l1 = world.command(Role::Proposer, &["propose", "--program", "ortho"]);
    wants_l1.env_remove("ENDGAME_L1_CONFIG");
    let words = ["program ortho needs the configuration", "--l1-config"];
    fails(wants_l1, 1, &words).await;
    let other_program = ["propose", "--block", &block, "--program", "ortho"];
    let other_program = world.command(Role::Proposer, &other_program);
    let words = ["program kona's", "ortho was asked for", "--program kona"];
    fails(other_program, 1, &words).await;
    let beyond = world.command(
        Role::Proposer,
        &["propose", "--block", "100000", "--l1-head", "latest"],
    );
    fails(beyond, 1, &["block 100000 is not derivable"]).await;

    devnet
        .wait_for_safe(block.parse().unwrap(), PATIENCE)
        .await
        .unwrap();
    let propose = ["propose", "--block", &block, "--l1-head", "latest"];
    let proposal = world.json(Role::Proposer, &propose).await;
    assert_eq!(proposal["block"].to_string(), block);
    let again = world.json(Role::Proposer, &propose).await;
    assert_eq!(again["game"], proposal["game"], "one claim, one game");
    assert_eq!(world.status(&transaction).await, "provable");

    world
        .json(Role::User, &["withdraw", "prove", &transaction])
        .await;
    assert_eq!(world.status(&transaction).await, "proven");
    let early = world.command(Role::User, &["withdraw", "finalize", &transaction]);
    fails(early, 1, &["cannot be finalized", "--wait"]).await;

    devnet.finish_l2(PATIENCE).await.unwrap();
    devnet.set_instant_mining(true).await.unwrap();
    devnet.jump(200).await.unwrap();
    let played = world.json(Role::Challenger, &["challenge", "--once"]).await;
    assert_eq!(played["games"][0]["game"], proposal["game"]);
    assert!(
        played["games"][0]["status"]
            .as_str()
            .unwrap()
            .contains("the defender wins"),
        "{played}"
    );

    devnet.jump(200).await.unwrap();
    assert_eq!(world.status(&transaction).await, "ready");
    // Anybody may finalize.
    world
        .json(Role::Freeloader, &["withdraw", "finalize", &transaction])
        .await;
    assert_eq!(world.status(&transaction).await, "finalized");
    let paid = alloy::providers::Provider::get_balance(devnet.l1().provider(), RECIPIENT);
    assert_eq!(paid.await.unwrap(), U256::from(HALF_AN_ETHER));
    world.devnet.stop().await;
}

/// Both programs judge, and the games are the second one's.
#[tokio::test(flavor = "multi_thread")]
async fn services_go_on_until_they_are_stopped() {
    let world = World::start(Program::Ortho).await;
    let every = ["propose", "--every", "3blocks", "--l1-head", "latest"];
    let proposer = world
        .command(Role::Proposer, &every)
        .env("ENDGAME_JSON", "true")
        .env("ENDGAME_PROGRAM", "kona,ortho")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let challenger = world
        .command(Role::Challenger, &["challenge"])
        .env("ENDGAME_JSON", "true")
        .env("ENDGAME_PROGRAM", "ortho,kona")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    world.devnet.wait_for_safe(16, PATIENCE).await.unwrap();
    tokio::time::sleep(Duration::from_secs(3)).await;
    let mut events = Vec::new();
    for child in [proposer, challenger] {
        stop(&child);
        let output = child.wait_with_output().await.unwrap();
        assert!(output.status.success(), "{}", text(&output));
        let lines = String::from_utf8(output.stdout).unwrap();
        events.push(
            lines
                .lines()
                .map(|line| serde_json::from_str::<Value>(line).unwrap())
                .collect::<Vec<_>>(),
        );
    }
    let alarms = ["programsDisagree", "judgeFailed", "nodeDisagrees"];
    for event in events.iter().flatten() {
        let name = event["event"].as_str().unwrap();
        assert!(!alarms.contains(&name), "{event}");
    }
    let blocks: Vec<u64> = events[0]
        .iter()
        .filter(|event| event["event"] == "proposed")
        .map(|event| event["block"].as_u64().unwrap())
        .collect();
    assert!(blocks.len() > 1, "{blocks:?}");
    assert!(
        blocks.windows(2).all(|pair| pair[1] >= pair[0] + 3),
        "{blocks:?}"
    );
    let judged = events[1]
        .iter()
        .filter(|event| event["event"] == "rootJudged");
    let judged: Vec<_> = judged
        .map(|event| event["claimed"] == event["computed"])
        .collect();
    assert!(
        !judged.is_empty() && judged.iter().all(|is_true| *is_true),
        "{judged:?}"
    );
    world.devnet.stop().await;
}

#[tokio::test]
async fn bad_command_lines_say_what_to_do() {
    let nobody = "http://127.0.0.1:1";
    let with = |args: &[&str]| {
        let mut command = endgame();
        command.args(args).args(["--data-dir", "/nonexistent/x"]);
        command
    };
    let rpcs = ["--l1-rpc", nobody, "--l2-rpc", nobody];
    let propose = |more: &[&str]| with(&[&["propose"], &rpcs[..], more].concat());
    fails(with(&["propose"]), 2, &["--l1-rpc", "--l2-rpc"]).await;
    fails(propose(&[]), 1, &["no signer", "ENDGAME_PRIVATE_KEY"]).await;
    fails(
        propose(&["--block", "1", "--every", "1h"]),
        2,
        &["cannot be used with"],
    )
    .await;
    fails(
        propose(&["--every", "often"]),
        2,
        &["is no duration", "blocks"],
    )
    .await;
    let mut down = propose(&[]);
    down.env("ENDGAME_PRIVATE_KEY", Role::User.key().to_string());
    fails(down, 1, &["--l1-rpc http://127.0.0.1:1 does not answer"]).await;
    let mut key = propose(&[]);
    key.env("ENDGAME_PRIVATE_KEY", "0xabcdef");
    let output = key.output().await.unwrap();
    assert!(
        !text(&output).contains("abcdef"),
        "a key is shown to nobody"
    );
    let missing = Path::new("/nonexistent/key.json").display().to_string();
    let keystore = ["--keystore", &missing, "--password-file", &missing];
    fails(
        propose(&keystore),
        1,
        &["--password-file /nonexistent/key.json"],
    )
    .await;
}

#[tokio::test]
async fn help_teaches_by_example() {
    for (args, words) in [
        (&["propose", "--help"][..], "--every 1h"),
        (&["challenge", "--help"], "--once --json"),
        (&["withdraw", "--help"], "withdraw finalize"),
        (&["withdraw", "init", "--help"], "0.5 (ether)"),
    ] {
        let output = endgame().args(args).output().await.unwrap();
        assert!(output.status.success());
        let text = text(&output);
        assert!(text.contains(words), "{text}");
        assert!(!text.contains("ENDGAME_PRIVATE_KEY=0x1"), "{text}");
    }
}
