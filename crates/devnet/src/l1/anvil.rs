//! Finds, starts and stops `anvil`.

use std::{
    env,
    io::Read as _,
    net::{Ipv4Addr, TcpListener},
    os::unix::process::CommandExt as _,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

use tokio::time::{Instant, sleep};

use super::L1Client;
use crate::DevnetError;

/// Releases of `anvil` whose behaviour this crate relies on: the first two version numbers.
const FITTING: [(u32, u32); 2] = [(1, 7), (1, 6)];

/// Runs `anvil` as the child's own process, next to a watcher that kills it when this process
/// goes away in whatever manner: the watcher reads a pipe that only this process holds open.
const LAUNCH: &str =
    r#"exec 3<&0; (cat <&3 >/dev/null; kill "$$") 2>/dev/null & exec "$@" </dev/null 3<&-"#;

/// How an L1 is started.
#[derive(Clone, Debug)]
pub struct AnvilOptions {
    /// The binary; [`find_anvil`] when absent.
    pub binary: Option<PathBuf>,
    /// TCP port on the loopback interface; any free one when absent.
    pub port: Option<u16>,
    /// Chain id.
    pub chain_id: u64,
    /// Timestamp of the genesis block, Unix seconds.
    pub genesis_time: u64,
    /// Gas limit of every block.
    pub gas_limit: u64,
    /// File that keeps the chain across restarts.
    pub state: Option<PathBuf>,
    /// Accept transactions of accounts without their signature (blob transactions need it).
    pub auto_impersonate: bool,
}

/// A running `anvil`, killed on drop.
#[derive(Debug)]
pub struct Anvil {
    child: Child,
    url: String,
    persistent: bool,
}

impl Anvil {
    /// Starts the process and waits until it answers.
    pub async fn start(options: &AnvilOptions) -> Result<Self, DevnetError> {
        let binary = match &options.binary {
            Some(path) => path.clone(),
            None => find_anvil()?,
        };
        // Between the probe for a free port and anvil's own bind another process may take it.
        let mut attempts = if options.port.is_some() { 1 } else { 3 };
        loop {
            attempts -= 1;
            let port = options.port.map_or_else(free_port, Ok)?;
            match Self::spawn(&binary, port, options).await {
                Err(DevnetError::AnvilStart(reason)) if attempts > 0 => {
                    tracing::warn!(reason, "anvil did not start, trying another port");
                }
                other => return other,
            }
        }
    }

    async fn spawn(binary: &Path, port: u16, options: &AnvilOptions) -> Result<Self, DevnetError> {
        let mut command = Command::new("/bin/sh");
        command.args(["-c", LAUNCH, "anvil"]).arg(binary);
        command.args([
            "--hardfork",
            "prague",
            "--slots-in-an-epoch",
            "1",
            "--no-mining",
        ]);
        command.args(["--port", &port.to_string()]);
        command.args(["--chain-id", &options.chain_id.to_string()]);
        command.args(["--timestamp", &options.genesis_time.to_string()]);
        command.args(["--gas-limit", &options.gas_limit.to_string()]);
        command.args(["--balance", "1000000", "--quiet", "--no-request-size-limit"]);
        if options.auto_impersonate {
            command.arg("--auto-impersonate");
        }
        if let Some(state) = &options.state {
            command.arg("--state").arg(state);
        }
        let child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            // A Ctrl-C in the terminal is ours to answer: anvil ends after the L2 has.
            .process_group(0)
            .spawn()
            .map_err(|source| DevnetError::Io {
                what: "starting anvil",
                source,
            })?;
        let mut anvil = Self {
            child,
            url: format!("http://127.0.0.1:{port}"),
            persistent: options.state.is_some(),
        };
        anvil.wait_ready().await?;
        Ok(anvil)
    }

    async fn wait_ready(&mut self) -> Result<(), DevnetError> {
        const PATIENCE: Duration = Duration::from_secs(20);
        let client = L1Client::new(&self.url)?;
        let start = Instant::now();
        loop {
            if let Ok(Some(status)) = self.child.try_wait() {
                let mut text = String::new();
                if let Some(mut stderr) = self.child.stderr.take() {
                    // The text only decorates an error that is reported anyway.
                    let _ = stderr.read_to_string(&mut text);
                }
                return Err(DevnetError::AnvilStart(format!("{status} {}", text.trim())));
            }
            if client.chain_id().await.is_ok() {
                return Ok(());
            }
            if start.elapsed() > PATIENCE {
                return Err(DevnetError::AnvilStart(format!(
                    "no answer in {PATIENCE:?}"
                )));
            }
            sleep(Duration::from_millis(20)).await;
        }
    }

    /// HTTP address of its JSON-RPC.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Fails when the process has ended.
    pub fn check(&mut self) -> Result<(), DevnetError> {
        match self.child.try_wait() {
            Ok(None) => Ok(()),
            Ok(Some(status)) => Err(DevnetError::Stopped(format!("anvil ended: {status}"))),
            Err(source) => Err(DevnetError::Io {
                what: "looking at anvil",
                source,
            }),
        }
    }
}

impl Drop for Anvil {
    fn drop(&mut self) {
        // Closing the pipe makes the watcher send SIGTERM, on which anvil writes its state.
        drop(self.child.stdin.take());
        if self.persistent {
            for _ in 0..200 {
                if !matches!(self.child.try_wait(), Ok(None)) {
                    return;
                }
                std::thread::sleep(Duration::from_millis(25));
            }
        }
        // Failure means that the process is gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn free_port() -> Result<u16, DevnetError> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .and_then(|listener| listener.local_addr())
        .map(|address| address.port())
        .map_err(|source| DevnetError::Io {
            what: "finding a free port",
            source,
        })
}

/// The `anvil` to use: `ENDGAME_ANVIL`, else the one on `PATH` if its version fits, else the one
/// that npm installed under `contracts/`.
pub fn find_anvil() -> Result<PathBuf, DevnetError> {
    let mut looked = Vec::new();
    if let Some(path) = env::var_os("ENDGAME_ANVIL").map(PathBuf::from) {
        return fits(&path)
            .map(|()| path)
            .map_err(DevnetError::AnvilMissing);
    }
    let on_path = env::var_os("PATH")
        .map(|dirs| {
            env::split_paths(&dirs)
                .map(|d| d.join("anvil"))
                .collect::<Vec<_>>()
        })
        .unwrap_or_default();
    let in_project = project_roots().into_iter().flat_map(|root| {
        let scope = root.join("contracts/node_modules/@foundry-rs");
        native_binaries(&scope)
    });
    for candidate in on_path
        .into_iter()
        .filter(|p| p.is_file())
        .chain(in_project)
    {
        match fits(&candidate) {
            Ok(()) => return Ok(candidate),
            Err(reason) => looked.push(reason),
        }
    }
    looked.push("PATH and contracts/node_modules".into());
    Err(DevnetError::AnvilMissing(looked.join("; ")))
}

/// Directories that may be the project's root: the working directory's ancestors, the
/// executable's, and the one this crate was built in.
fn project_roots() -> Vec<PathBuf> {
    let mut starts: Vec<PathBuf> = Vec::new();
    starts.extend(env::current_dir().ok());
    starts.extend(env::current_exe().ok());
    starts.push(PathBuf::from(env!("CARGO_MANIFEST_DIR")));
    starts
        .iter()
        .flat_map(|s| s.ancestors().map(Path::to_path_buf))
        .collect()
}

/// npm's `anvil` command is a script that starts the native program as its child, which would
/// outlive the script when that is killed; so the native program is run itself.
fn native_binaries(scope: &Path) -> Vec<PathBuf> {
    let Ok(entries) = scope.read_dir() else {
        return Vec::new();
    };
    let mut found: Vec<_> = entries
        .flatten()
        .filter(|e| e.file_name().to_string_lossy().starts_with("anvil-"))
        .map(|e| e.path().join("bin/anvil"))
        .filter(|p| p.is_file())
        .collect();
    found.sort();
    found
}

/// Whether the binary runs and is of a fitting version; the error says why not.
fn fits(binary: &Path) -> Result<(), String> {
    let shown = binary.display();
    let output = Command::new(binary)
        .arg("--version")
        .output()
        .map_err(|e| format!("{shown}: {e}"))?;
    let text = String::from_utf8_lossy(&output.stdout);
    let version = parse_version(&text).ok_or_else(|| format!("{shown}: unknown version"))?;
    if FITTING.contains(&version) {
        Ok(())
    } else {
        Err(format!("{shown}: version {}.{}", version.0, version.1))
    }
}

/// Major and minor number from the output of `anvil --version`.
fn parse_version(text: &str) -> Option<(u32, u32)> {
    let mut words = text.split_whitespace();
    words.next().filter(|name| *name == "anvil")?;
    let number = words.find(|w| w.starts_with(|c: char| c.is_ascii_digit()))?;
    let mut parts = number.split('.');
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn version_is_read_from_both_known_spellings() {
        assert_eq!(
            parse_version("anvil Version: 1.7.1\nCommit SHA: 40"),
            Some((1, 7))
        );
        assert_eq!(parse_version("anvil 0.3.0 (abc 2025-01-01)"), Some((0, 3)));
        assert_eq!(parse_version("something else"), None);
    }

    #[test]
    fn a_missing_or_foreign_binary_is_refused_with_its_name() {
        let missing = fits(Path::new("/nonexistent/anvil")).unwrap_err();
        assert!(missing.starts_with("/nonexistent/anvil"), "{missing}");
        let foreign = fits(Path::new("/bin/true")).unwrap_err();
        assert!(foreign.contains("unknown version"), "{foreign}");
    }
}
