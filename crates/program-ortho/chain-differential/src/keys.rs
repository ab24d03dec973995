//! Accounts whose keys are known, and what they sign.

use std::sync::OnceLock;

use alloy_consensus::{SignableTransaction, TxEnvelope};
use alloy_eips::eip2718::Encodable2718;
use alloy_primitives::{Address, B256, Bytes, Signature};
use k256::ecdsa::SigningKey;

/// An account with its key.
#[derive(Debug)]
pub(crate) struct Account {
    key: SigningKey,
    pub(crate) address: Address,
}

impl Account {
    fn new(index: u8) -> Self {
        let key = SigningKey::from_slice(&[index + 1; 32]).unwrap();
        let address = Address::from_public_key(key.verifying_key());
        Self { key, address }
    }

    pub(crate) fn sign_hash(&self, hash: B256) -> Signature {
        let (signature, parity) = self.key.sign_prehash_recoverable(hash.as_slice()).unwrap();
        Signature::from((signature, parity))
    }

    /// The EIP-2718 encoding of the signed transaction.
    pub(crate) fn sign<T>(&self, transaction: T) -> Bytes
    where
        T: SignableTransaction<Signature>,
        TxEnvelope: From<alloy_consensus::Signed<T>>,
    {
        let signature = self.sign_hash(transaction.signature_hash());
        let signed = transaction.into_signed(signature);
        TxEnvelope::from(signed).encoded_2718().into()
    }
}

/// Those who write batches, and those who want to.
pub(crate) fn batchers() -> &'static [Account] {
    static ACCOUNTS: OnceLock<Vec<Account>> = OnceLock::new();
    ACCOUNTS.get_or_init(|| (0..3).map(Account::new).collect())
}

/// Users of L2.
pub(crate) fn users() -> &'static [Account] {
    static ACCOUNTS: OnceLock<Vec<Account>> = OnceLock::new();
    ACCOUNTS.get_or_init(|| (10..14).map(Account::new).collect())
}
