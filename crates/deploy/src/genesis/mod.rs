//! The L2 genesis block.

mod alloc;
mod block;

use std::collections::BTreeMap;

use alloy::{consensus::Header, genesis::Genesis, primitives::Sealed};
use alloy_primitives::{Address, B256, Bytes, U256, keccak256};
use endgame_contracts::predeploys::L2_TO_L1_MESSAGE_PASSER;

use crate::{DeployConfig, DeployError, l2_chain_config};

/// An account in the genesis state.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Account {
    /// Wei.
    pub balance: U256,
    /// Nonce.
    pub nonce: u64,
    /// Runtime code; empty for an account without code.
    pub code: Bytes,
    /// Storage slots that are not zero.
    pub storage: BTreeMap<B256, B256>,
}

/// The L2 genesis block with its state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct L2Genesis {
    /// The state.
    pub alloc: BTreeMap<Address, Account>,
    /// The block, which has no transactions.
    pub header: Sealed<Header>,
}

/// The L2 genesis of `config`, with roles left out given to `deployer`, at the time of the L1 block that the chain
/// starts from.
pub fn l2_genesis(
    config: &DeployConfig,
    deployer: Address,
    timestamp: u64,
) -> Result<L2Genesis, DeployError> {
    config.validate()?;
    let alloc = alloc::alloc(config, deployer)?;
    let header = block::header(config, timestamp, &alloc);
    Ok(L2Genesis {
        alloc,
        header: Sealed::new(header),
    })
}

impl L2Genesis {
    /// The storage root of the `L2ToL1MessagePasser`.
    pub fn withdrawals_root(&self) -> B256 {
        block::storage_root_of(&self.alloc, L2_TO_L1_MESSAGE_PASSER)
    }

    /// The output root of the genesis block (specs, `proposals.md`, version 0).
    pub fn output_root(&self) -> B256 {
        let version = B256::ZERO;
        keccak256(
            [
                version,
                self.header.state_root,
                self.withdrawals_root(),
                self.header.hash(),
            ]
            .concat(),
        )
    }

    /// The genesis in geth's format.
    pub fn to_geth(&self, config: &DeployConfig) -> Genesis {
        let header = self.header.inner();
        Genesis {
            config: l2_chain_config(config),
            nonce: 0,
            timestamp: header.timestamp,
            extra_data: header.extra_data.clone(),
            gas_limit: header.gas_limit,
            difficulty: header.difficulty,
            mix_hash: header.mix_hash,
            coinbase: header.beneficiary,
            alloc: self
                .alloc
                .iter()
                .map(|(address, account)| (*address, account.to_geth()))
                .collect(),
            base_fee_per_gas: header.base_fee_per_gas.map(u128::from),
            excess_blob_gas: header.excess_blob_gas,
            blob_gas_used: header.blob_gas_used,
            number: Some(header.number),
            ..Genesis::default()
        }
    }
}

impl Account {
    /// A contract with nothing but code.
    pub(crate) fn contract(code: Bytes) -> Self {
        Self {
            nonce: 1,
            code,
            ..Self::default()
        }
    }

    fn to_geth(&self) -> alloy::genesis::GenesisAccount {
        alloy::genesis::GenesisAccount {
            nonce: Some(self.nonce),
            balance: self.balance,
            code: (!self.code.is_empty()).then(|| self.code.clone()),
            storage: (!self.storage.is_empty()).then(|| self.storage.clone()),
            ..Default::default()
        }
    }
}

#[cfg(test)]
mod tests;
