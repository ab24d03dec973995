//! Puts the L2 genesis block into a chain store.

use std::collections::BTreeMap;

use alloy::primitives::{Address, U256};
use endgame_deploy::{Account, L2Genesis};
use endgame_kona_executor::{GenesisAccount, genesis_state};

use super::{L2Block, Store};
use crate::DevnetError;

/// Puts the genesis block and its state into a fresh store; a store that has a genesis block
/// already must have this one. Returns the block.
pub fn install_genesis(store: &Store, genesis: &L2Genesis) -> Result<L2Block, DevnetError> {
    let block = L2Block {
        header: genesis.header.inner().clone(),
        hash: genesis.header.hash(),
        transactions: Vec::new(),
        receipts: Vec::new(),
    };
    match store.block(0)? {
        Some(found) if found.hash == block.hash => return Ok(block),
        Some(found) => {
            return Err(DevnetError::OtherChain {
                expected: block.hash,
                found: found.hash,
            });
        }
        None => {}
    }
    let accounts: BTreeMap<Address, GenesisAccount> = genesis
        .alloc
        .iter()
        .map(|(address, account)| (*address, convert(account)))
        .collect();
    let (root, preimages) =
        genesis_state(&accounts).map_err(|e| DevnetError::Config(format!("genesis state: {e}")))?;
    if root != block.header.state_root {
        return Err(DevnetError::Config(format!(
            "genesis state has the root {root}, the header says {}",
            block.header.state_root
        )));
    }
    store.append(&block, preimages)?;
    Ok(block)
}

fn convert(account: &Account) -> GenesisAccount {
    GenesisAccount {
        nonce: account.nonce,
        balance: account.balance,
        code: account.code.clone(),
        storage: account
            .storage
            .iter()
            .map(|(slot, value)| (*slot, U256::from_be_bytes(value.0)))
            .collect(),
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use endgame_deploy::{DeployConfig, l2_genesis};

    use super::*;

    /// The genesis of the default deployment with an account that is rich.
    pub(crate) fn sample(timestamp: u64) -> L2Genesis {
        let rich = crate::Role::User.address();
        let balance = U256::from(10u64).pow(U256::from(21u64));
        let config = DeployConfig {
            l2_balances: BTreeMap::from([(rich, balance)]),
            ..DeployConfig::default()
        };
        l2_genesis(&config, crate::Role::Deployer.address(), timestamp).unwrap()
    }

    #[test]
    fn installing_twice_is_fine_and_another_chains_store_is_refused() {
        let store = Store::in_memory().unwrap();
        let first = install_genesis(&store, &sample(7)).unwrap();
        assert_eq!(
            install_genesis(&store, &sample(7)).unwrap().hash,
            first.hash
        );
        let other = install_genesis(&store, &sample(8));
        assert!(matches!(other, Err(DevnetError::OtherChain { .. })));
    }

    #[test]
    fn a_header_that_does_not_fit_its_state_is_refused() {
        let mut genesis = sample(7);
        genesis.alloc.remove(&crate::Role::User.address());
        let refused = install_genesis(&Store::in_memory().unwrap(), &genesis);
        assert!(matches!(refused, Err(DevnetError::Config(_))));
    }
}
