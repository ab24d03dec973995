//! `eth_getProof`, held together node by node.

use alloy_primitives::{Address, B256, Bytes, keccak256};
use alloy_rlp::Decodable;
use alloy_trie::{EMPTY_ROOT_HASH, Nibbles, TrieAccount};
use serde::Deserialize;
use serde_json::json;

use crate::{
    HostError,
    request::BlockId,
    rpc::Endpoint,
    trie::{self, Walk},
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RpcProof {
    account_proof: Vec<Bytes>,
    #[serde(default)]
    storage_proof: Vec<RpcStorageProof>,
}

#[derive(Deserialize)]
struct RpcStorageProof {
    proof: Vec<Bytes>,
}

/// A proof of an account, and of one of its slots where asked for.
#[derive(Clone, Debug)]
pub(crate) struct Proof {
    pub(crate) account: Walk,
    pub(crate) storage: Option<Walk>,
    /// The account, if it exists.
    pub(crate) value: Option<TrieAccount>,
    /// Every node.
    pub(crate) nodes: Vec<Vec<u8>>,
}

/// Proves an account (and a slot) of a block. `state_root` is the block's, where the caller knows it.
pub(crate) async fn proof(
    endpoint: &Endpoint,
    block: BlockId,
    address: Address,
    slot: Option<B256>,
    state_root: Option<B256>,
) -> Result<Proof, HostError> {
    let slots: Vec<B256> = slot.into_iter().collect();
    let rpc: RpcProof = endpoint
        .call_as("eth_getProof", &json!([address, slots, block.param()]))
        .await?
        .ok_or_else(|| HostError::UnknownBlock {
            provider: endpoint.label().into(),
            block: format!("{block:?}"),
        })?;
    check(rpc, address, slot, state_root).map_err(|reason| HostError::WrongProof {
        provider: endpoint.label().into(),
        address,
        reason: reason.into(),
    })
}

fn check(
    rpc: RpcProof,
    address: Address,
    slot: Option<B256>,
    state_root: Option<B256>,
) -> Result<Proof, &'static str> {
    let account = trie::walk(&Nibbles::unpack(keccak256(address)), &rpc.account_proof)?;
    if state_root.is_some_and(|root| root != account.root) {
        return Err("it is for another state root");
    }
    let value = account
        .value
        .as_ref()
        .map(|value| TrieAccount::decode(&mut value.as_slice()))
        .transpose()
        .map_err(|_| "the account is not an account's RLP")?;
    let storage = match (slot, rpc.storage_proof.as_slice()) {
        (None, _) => None,
        (Some(slot), [storage]) => {
            let storage = trie::walk(&Nibbles::unpack(keccak256(slot)), &storage.proof)?;
            let root = value.map_or(EMPTY_ROOT_HASH, |account| account.storage_root);
            if storage.root != root {
                return Err("the storage proof is for another storage root");
            }
            Some(storage)
        }
        (Some(_), _) => return Err("the slot's proof is missing"),
    };
    let nodes = rpc
        .account_proof
        .into_iter()
        .chain(rpc.storage_proof.into_iter().flat_map(|slot| slot.proof))
        .map(Into::into)
        .collect();
    Ok(Proof {
        account,
        storage,
        value,
        nodes,
    })
}
