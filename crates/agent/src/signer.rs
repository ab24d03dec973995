//! Who signs: a key in memory, a keystore file, or a remote signer.

use std::path::Path;

use alloy::{
    consensus::{SignableTransaction, TxEip1559, TxEnvelope, transaction::SignerRecoverable},
    eips::{Decodable2718, Encodable2718},
    network::TransactionBuilder,
    primitives::{Address, B256, Bytes},
    providers::Provider,
    rpc::types::TransactionRequest,
    signers::{SignerSync, local::PrivateKeySigner},
};
use serde::Deserialize;

use crate::{AgentError, Rpc};

/// What the remote end does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RemoteMode {
    /// `eth_signTransaction`: it signs, we send.
    Sign,
    /// `eth_sendTransaction`: it signs and sends.
    Send,
}

/// The account that transactions come from, and how they are signed.
#[derive(Clone, Debug)]
pub enum Signer {
    /// A key in memory.
    Local(PrivateKeySigner),
    /// A signer reached by RPC.
    Remote {
        /// Where.
        rpc: Rpc,
        /// The account that it signs for.
        address: Address,
        /// What it does.
        mode: RemoteMode,
    },
}

/// A transaction that is ready to go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    /// Its hash.
    pub hash: B256,
    /// Its bytes (EIP-2718).
    pub raw: Bytes,
}

/// Geth answers `eth_signTransaction` with an object, other signers with the bytes alone.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum SignAnswer {
    Bytes(Bytes),
    Object { raw: Bytes },
}

impl Signer {
    /// From a private key in hex, with or without `0x`.
    pub fn from_key(key: &str) -> Result<Self, AgentError> {
        // The parser's error is not passed on: it could repeat parts of the key.
        key.trim()
            .parse()
            .map(Self::Local)
            .map_err(|_| AgentError::Signer("not a private key in hex".to_owned()))
    }

    /// From an encrypted JSON keystore.
    pub fn from_keystore(path: &Path, password: &str) -> Result<Self, AgentError> {
        PrivateKeySigner::decrypt_keystore(path, password)
            .map(Self::Local)
            .map_err(|e| AgentError::Signer(format!("keystore {}: {e}", path.display())))
    }

    /// The account.
    pub fn address(&self) -> Address {
        match self {
            Self::Local(key) => key.address(),
            Self::Remote { address, .. } => *address,
        }
    }

    /// Whether the remote end sends what it signs.
    pub const fn sends(&self) -> bool {
        matches!(
            self,
            Self::Remote {
                mode: RemoteMode::Send,
                ..
            }
        )
    }

    /// Signs `tx`. What a remote signer returns is checked against it.
    pub async fn sign(&self, tx: &TxEip1559) -> Result<Signed, AgentError> {
        match self {
            Self::Local(key) => {
                let signature = key
                    .sign_hash_sync(&tx.signature_hash())
                    .map_err(|e| AgentError::Signer(e.to_string()))?;
                let envelope = TxEnvelope::from(tx.clone().into_signed(signature));
                Ok(Signed {
                    hash: *envelope.tx_hash(),
                    raw: envelope.encoded_2718().into(),
                })
            }
            Self::Remote { rpc, address, .. } => {
                let request = request(tx, *address);
                let answer: SignAnswer = rpc
                    .retry("eth_signTransaction", |p| {
                        let request = request.clone();
                        async move {
                            p.raw_request("eth_signTransaction".into(), (request,))
                                .await
                        }
                    })
                    .await?;
                let raw = match answer {
                    SignAnswer::Bytes(raw) | SignAnswer::Object { raw } => raw,
                };
                check(&raw, tx, *address)
            }
        }
    }

    /// Has the remote end sign and send `tx`; only for [`RemoteMode::Send`].
    pub async fn send(&self, tx: &TxEip1559) -> Result<B256, AgentError> {
        let Self::Remote { rpc, address, .. } = self else {
            return Err(AgentError::Signer("a local key does not send".to_owned()));
        };
        let request = request(tx, *address);
        rpc.retry("eth_sendTransaction", |p| {
            let request = request.clone();
            async move {
                p.raw_request("eth_sendTransaction".into(), (request,))
                    .await
            }
        })
        .await
    }
}

fn request(tx: &TxEip1559, from: Address) -> TransactionRequest {
    let mut request = TransactionRequest::from_transaction(tx.clone());
    request.set_from(from);
    request
}

fn check(raw: &Bytes, wanted: &TxEip1559, account: Address) -> Result<Signed, AgentError> {
    let envelope = TxEnvelope::decode_2718(&mut raw.as_ref())
        .map_err(|e| AgentError::Signer(format!("not a signed transaction: {e}")))?;
    let TxEnvelope::Eip1559(signed) = &envelope else {
        return Err(AgentError::WrongSignature("its type"));
    };
    if signed.tx() != wanted {
        return Err(AgentError::WrongSignature("its content"));
    }
    match envelope.recover_signer() {
        Ok(signer) if signer == account => Ok(Signed {
            hash: *envelope.tx_hash(),
            raw: raw.clone(),
        }),
        _ => Err(AgentError::WrongSignature("its signer")),
    }
}

#[cfg(test)]
mod tests {
    use alloy::primitives::{TxKind, U256};

    use super::*;

    fn tx() -> TxEip1559 {
        TxEip1559 {
            chain_id: 31337,
            nonce: 7,
            gas_limit: 21_000,
            max_fee_per_gas: 10,
            max_priority_fee_per_gas: 1,
            to: TxKind::Call(Address::repeat_byte(1)),
            value: U256::from(5),
            ..TxEip1559::default()
        }
    }

    fn local() -> Signer {
        Signer::from_key(&"11".repeat(32)).unwrap()
    }

    #[tokio::test]
    async fn signature_of_a_local_key_is_accepted() {
        let signer = local();
        let signed = signer.sign(&tx()).await.unwrap();
        assert_eq!(check(&signed.raw, &tx(), signer.address()).unwrap(), signed);
    }

    #[tokio::test]
    async fn answer_of_a_signer_that_changes_the_transaction_is_refused() {
        let signer = local();
        let signed = signer.sign(&tx()).await.unwrap();
        let mut other = tx();
        other.value = U256::from(6);
        assert!(matches!(
            check(&signed.raw, &other, signer.address()),
            Err(AgentError::WrongSignature("its content"))
        ));
        assert!(matches!(
            check(&signed.raw, &tx(), Address::repeat_byte(9)),
            Err(AgentError::WrongSignature("its signer"))
        ));
        assert!(matches!(
            check(&Bytes::from_static(&[2, 0xc0]), &tx(), signer.address()),
            Err(AgentError::Signer(_))
        ));
    }

    #[test]
    fn keys_that_are_none_are_refused_without_being_repeated() {
        let error = Signer::from_key("0xsecret").unwrap_err().to_string();
        assert!(!error.contains("secret"), "{error}");
    }

    #[test]
    fn keystore_opens_with_its_password_only() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("missing.json");
        assert!(matches!(
            Signer::from_keystore(&path, "x"),
            Err(AgentError::Signer(_))
        ));
    }
}
