//! `--signer`: whose account sends transactions, and where its key is.

use std::{env, fs, path::PathBuf, time::Duration};

use alloy::{
    consensus::{TxEnvelope, TypedTransaction},
    eips::Decodable2718,
    network::{Ethereum, NetworkWallet},
    primitives::Address,
    signers,
};
use anyhow::{Context, bail};
use endgame_agent::{RemoteMode, Rpc, Signer};

/// How long a remote signer may be out of reach.
const PATIENCE: Duration = Duration::from_mins(1);

/// The flags that say who signs.
#[derive(Debug, clap::Args)]
pub(crate) struct SignerArgs {
    /// The account that sends transactions: where its key is, or who signs for it
    ///
    ///   env:NAME            a private key in hex, in an environment variable
    ///   file:PATH           a private key in hex, in a file
    ///   keystore:PATH       an encrypted JSON key (see --password-file)
    ///   URL#0xADDRESS       a remote signer that answers eth_signTransaction
    #[arg(
        long,
        env = "ENDGAME_SIGNER",
        value_name = "SIGNER",
        verbatim_doc_comment
    )]
    signer: String,
    /// A file with the keystore's password
    #[arg(long, env = "ENDGAME_PASSWORD_FILE", value_name = "FILE")]
    password_file: Option<PathBuf>,
}

impl SignerArgs {
    /// The signer that the flags name.
    pub(crate) fn open(&self) -> anyhow::Result<Signer> {
        if let Some((url, address)) = self.signer.rsplit_once('#') {
            let address = address
                .parse()
                .with_context(|| format!("{address:?} is not an address"))?;
            let rpc = Rpc::connect(url, PATIENCE)?;
            let mode = RemoteMode::Sign;
            return Ok(Signer::Remote { rpc, address, mode });
        }
        let Some((kind, place)) = self.signer.split_once(':') else {
            bail!("--signer is none of env:NAME, file:PATH, keystore:PATH, URL#0xADDRESS");
        };
        Ok(match kind {
            "env" => {
                let key = env::var(place).with_context(|| format!("the variable {place}"))?;
                Signer::from_key(&key)?
            }
            "file" => {
                let key = fs::read_to_string(place).with_context(|| format!("the key {place}"))?;
                Signer::from_key(&key)?
            }
            "keystore" => {
                let file = self
                    .password_file
                    .as_ref()
                    .context("a keystore needs --password-file")?;
                let password = fs::read_to_string(file)
                    .with_context(|| format!("the password {}", file.display()))?;
                Signer::from_keystore(place.as_ref(), password.trim_end_matches(['\r', '\n']))?
            }
            _ => bail!(
                "--signer {kind}: is unknown; there are env:NAME, file:PATH, keystore:PATH, URL#0xADDRESS"
            ),
        })
    }
}

/// A signer as alloy's providers want one.
#[derive(Clone, Debug)]
pub(crate) struct Wallet(pub(crate) Signer);

impl NetworkWallet<Ethereum> for Wallet {
    fn default_signer_address(&self) -> Address {
        self.0.address()
    }

    fn has_signer_for(&self, address: &Address) -> bool {
        *address == self.0.address()
    }

    fn signer_addresses(&self) -> impl Iterator<Item = Address> {
        std::iter::once(self.0.address())
    }

    async fn sign_transaction_from(
        &self,
        sender: Address,
        tx: TypedTransaction,
    ) -> signers::Result<TxEnvelope> {
        if !self.has_signer_for(&sender) {
            return Err(signers::Error::other(format!("no key of {sender}")));
        }
        let TypedTransaction::Eip1559(tx) = tx else {
            return Err(signers::Error::other(
                "only EIP-1559 transactions are signed",
            ));
        };
        let signed = self.0.sign(&tx).await.map_err(signers::Error::other)?;
        TxEnvelope::decode_2718(&mut signed.raw.as_ref()).map_err(signers::Error::other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(signer: &str) -> anyhow::Result<Signer> {
        let args = SignerArgs {
            signer: signer.to_owned(),
            password_file: None,
        };
        args.open()
    }

    #[test]
    fn a_key_is_read_from_a_file() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("key");
        fs::write(&path, format!("0x{}\n", "11".repeat(32))).unwrap();
        let signer = open(&format!("file:{}", path.display())).unwrap();
        assert_eq!(
            signer.address(),
            Signer::from_key(&"11".repeat(32)).unwrap().address()
        );
    }

    #[test]
    fn a_remote_signer_signs_for_the_address_after_the_url() {
        let address = Address::repeat_byte(7);
        let signer = open(&format!("http://127.0.0.1:1/path#{address}")).unwrap();
        assert!(matches!(signer, Signer::Remote { .. }));
        assert_eq!(signer.address(), address);
    }

    /// A bare key would be in the shell's history and in the list of processes.
    #[test]
    fn what_is_no_signer_is_refused_without_being_repeated() {
        for bad in [
            &"11".repeat(32),
            "key:0x11",
            "keystore:here",
            "http://x#0x1",
        ] {
            let error = format!("{:#}", open(bad).unwrap_err());
            assert!(!error.contains("1111"), "{error}");
        }
    }
}
