//! Who signs.

use std::{fmt, path::PathBuf, str::FromStr, time::Duration};

use alloy::primitives::Address;
use anyhow::{Context as _, bail};
use endgame_agent::{RemoteMode, Rpc, Signer};

/// A secret, which shows itself to nobody.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Secret(String);

impl FromStr for Secret {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

/// Who signs transactions: one of a key, a keystore and a remote signer.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "Signer")]
pub(crate) struct SignerArgs {
    /// Private key in hex; better set the variable, since other users can see command lines
    #[arg(
        long,
        env = "ENDGAME_PRIVATE_KEY",
        value_name = "HEX",
        hide_env_values = true,
        conflicts_with_all = ["keystore", "remote_signer"]
    )]
    private_key: Option<Secret>,
    /// Encrypted JSON keystore
    #[arg(
        long,
        env = "ENDGAME_KEYSTORE",
        value_name = "FILE",
        requires = "password_file",
        conflicts_with = "remote_signer"
    )]
    keystore: Option<PathBuf>,
    /// File whose first line is the keystore's password
    #[arg(long, env = "ENDGAME_PASSWORD_FILE", value_name = "FILE")]
    password_file: Option<PathBuf>,
    /// RPC of a signer with `eth_signTransaction`
    #[arg(
        long,
        env = "ENDGAME_REMOTE_SIGNER",
        value_name = "URL",
        requires = "address"
    )]
    remote_signer: Option<String>,
    /// The account that the remote signer signs for
    #[arg(long, env = "ENDGAME_ADDRESS", value_name = "ADDRESS")]
    address: Option<Address>,
    /// The remote signer sends what it signs (`eth_sendTransaction`)
    #[arg(long, requires = "remote_signer")]
    remote_sends: bool,
}

impl SignerArgs {
    /// The signer that the flags name.
    pub(crate) fn signer(&self, patience: Duration) -> anyhow::Result<Signer> {
        if let Some(key) = &self.private_key {
            return Signer::from_key(&key.0).context(
                "cannot use --private-key (ENDGAME_PRIVATE_KEY): 64 hex digits are wanted",
            );
        }
        if let (Some(keystore), Some(file)) = (&self.keystore, &self.password_file) {
            let text = std::fs::read_to_string(file)
                .with_context(|| format!("cannot read --password-file {}", file.display()))?;
            let password = text.lines().next().unwrap_or_default();
            return Signer::from_keystore(keystore, password).with_context(|| {
                format!(
                    "cannot open the keystore with the password in {}",
                    file.display()
                )
            });
        }
        if let (Some(url), Some(address)) = (&self.remote_signer, self.address) {
            return Ok(Signer::Remote {
                rpc: Rpc::connect(url, patience).context("cannot use --remote-signer")?,
                address,
                mode: if self.remote_sends {
                    RemoteMode::Send
                } else {
                    RemoteMode::Sign
                },
            });
        }
        bail!(
            "no signer: set ENDGAME_PRIVATE_KEY, or give --keystore and --password-file, or \
             --remote-signer and --address"
        )
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Debug, Parser)]
    struct Line {
        #[command(flatten)]
        signer: SignerArgs,
    }

    fn parse(args: &[&str]) -> Result<Line, clap::Error> {
        Line::try_parse_from(["x"].iter().chain(args))
    }

    #[test]
    fn keys_show_up_nowhere() {
        let key = "0x1234567890";
        let line = parse(&["--private-key", key]).unwrap();
        assert!(!format!("{line:?}").contains("1234"));
        let error = line.signer.signer(Duration::ZERO).unwrap_err();
        assert!(!format!("{error:#}").contains("1234"), "{error:#}");
    }

    #[test]
    fn one_way_to_sign_is_enough_and_needed() {
        assert!(
            parse(&[
                "--private-key",
                "1",
                "--keystore",
                "f",
                "--password-file",
                "g"
            ])
            .is_err()
        );
        assert!(parse(&["--keystore", "f"]).is_err());
        assert!(parse(&["--remote-signer", "http://127.0.0.1:1"]).is_err());
        let nobody = parse(&[]).unwrap().signer.signer(Duration::ZERO);
        assert!(nobody.unwrap_err().to_string().contains("--keystore"));
    }

    #[test]
    fn missing_password_file_is_named() {
        let line = parse(&["--keystore", "f", "--password-file", "/nonexistent/p"]).unwrap();
        let error = line.signer.signer(Duration::ZERO).unwrap_err();
        assert!(error.to_string().contains("/nonexistent/p"), "{error}");
    }
}
