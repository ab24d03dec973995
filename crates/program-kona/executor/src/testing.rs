//! A small chain in memory for the tests.

use alloc::collections::BTreeMap;
use std::{collections::HashMap, vec::Vec};

use alloy_consensus::{Header, Sealable, Sealed};
use alloy_eips::eip2718::Encodable2718;
use alloy_primitives::{Address, B256, Bytes, TxKind, U256, hex, keccak256};
use op_alloy_consensus::{OpTxEnvelope, TxDeposit};

use crate::{
    Attributes, Chain, Fork, Forks, GenesisAccount, PreimageError, PreimageKind, Preimages, TrieDb,
    genesis_state,
};

/// A block's gas limit in the tests.
pub(crate) const GAS_LIMIT: u64 = 60_000_000;

/// Who sends the deposits.
pub(crate) const SENDER: Address = Address::repeat_byte(0xaa);

/// The address of the contract that a test runs.
pub(crate) const CONTRACT: Address = Address::repeat_byte(0xcc);

#[derive(Debug, Default)]
pub(crate) struct Store(pub(crate) HashMap<B256, Bytes>);

impl Preimages for Store {
    fn get(&self, kind: PreimageKind, hash: B256) -> Result<Bytes, PreimageError> {
        let found = self.0.get(&hash).cloned();
        found.ok_or(PreimageError::NotFound { kind, hash })
    }
}

impl Store {
    pub(crate) fn add(&mut self, preimages: impl IntoIterator<Item = (B256, Bytes)>) {
        for (hash, bytes) in preimages {
            assert_eq!(keccak256(&bytes), hash);
            self.0.insert(hash, bytes);
        }
    }
}

/// A chain with all forks up to one, and `accounts` at genesis.
pub(crate) fn genesis(
    forks: Forks,
    accounts: &BTreeMap<Address, GenesisAccount>,
) -> (Chain, Sealed<Header>, Store) {
    let (state_root, preimages) = genesis_state(accounts).unwrap();
    let mut store = Store::default();
    store.add(preimages);
    let extra_data = if forks.is_active(Fork::Jovian, 0) {
        hex!("01000000fa000000060000000000000000").into()
    } else if forks.is_active(Fork::Holocene, 0) {
        hex!("00000000fa00000006").into()
    } else {
        Bytes::new()
    };
    let header = Header {
        state_root,
        gas_limit: GAS_LIMIT,
        base_fee_per_gas: Some(1_000_000),
        blob_gas_used: Some(0),
        excess_blob_gas: Some(0),
        extra_data,
        ..Header::default()
    };
    let chain = Chain {
        chain_id: 901,
        forks,
        ..Chain::default()
    };
    (chain, header.seal_slow(), store)
}

/// Attributes of the block two seconds after `parent`.
pub(crate) fn attributes(chain: &Chain, parent: &Header, transactions: Vec<Bytes>) -> Attributes {
    let timestamp = parent.timestamp + 2;
    let active = |fork| chain.forks.is_active(fork, timestamp);
    Attributes {
        timestamp,
        gas_limit: GAS_LIMIT,
        transactions,
        parent_beacon_root: active(Fork::Ecotone).then_some(B256::ZERO),
        eip1559_params: active(Fork::Holocene).then(Default::default),
        min_base_fee: active(Fork::Jovian).then_some(0),
        ..Attributes::default()
    }
}

/// An encoded deposit.
pub(crate) fn deposit(to: TxKind, gas_limit: u64, value: u64, input: &[u8]) -> Bytes {
    let deposit = TxDeposit {
        from: SENDER,
        to,
        gas_limit,
        mint: value.into(),
        value: U256::from(value),
        input: input.to_vec().into(),
        ..TxDeposit::default()
    };
    OpTxEnvelope::from(deposit).encoded_2718().into()
}

/// A deposit that calls [`CONTRACT`].
pub(crate) fn call(gas_limit: u64) -> Bytes {
    deposit(CONTRACT.into(), gas_limit, 0, &[])
}

pub(crate) fn contract(code: &[u8]) -> BTreeMap<Address, GenesisAccount> {
    let account = GenesisAccount {
        nonce: 1,
        code: code.to_vec().into(),
        ..GenesisAccount::default()
    };
    [(CONTRACT, account)].into()
}

/// Runs `code` in a deposit, all forks up to one active; what it left in its first slot.
pub(crate) fn slot0_after(fork: Fork, code: &[u8], gas_limit: u64) -> U256 {
    let (chain, parent, store) = genesis(Forks::all_up_to(fork), &contract(code));
    let attributes = attributes(&chain, &parent, [call(gas_limit)].into());
    let mut db = TrieDb::new(parent, store);
    chain.execute(&mut db, &attributes).unwrap();
    db.slot(CONTRACT, U256::ZERO).unwrap()
}
