//! One game on L1.

use alloy_primitives::{Address, B256, Bytes, U256};
use endgame_contracts::dispute::IFaultDisputeGame as Contract;
use endgame_game::{Claim, Clock, GameStatus, Position};
use endgame_local_evm::{EvmError, Gas};

use crate::Arena;

/// A game that was created in an [`Arena`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Game {
    address: Address,
}

/// Who asks.
const READER: Address = Address::ZERO;

impl Game {
    pub(crate) const fn new(address: Address) -> Self {
        Self { address }
    }

    /// Where it is.
    pub const fn address(&self) -> Address {
        self.address
    }

    /// Wei that a claim at `position` costs.
    pub fn bond(&self, arena: &mut Arena, position: Position) -> Result<U256, EvmError> {
        let call = Contract::getRequiredBondCall {
            position: position.gindex(),
        };
        Ok(arena.evm.call(READER, self.address, &call)?.output)
    }

    /// The claim with this index, as the model has it.
    pub fn claim(&self, arena: &mut Arena, index: usize) -> Result<Claim, EvmError> {
        let call = Contract::claimDataCall {
            index: U256::from(index),
        };
        let data = arena.evm.call(READER, self.address, &call)?.output;
        let position = Position::from_gindex(data.position)
            .map_err(|error| EvmError::Invalid(error.to_string()))?;
        Ok(Claim {
            parent: (data.parentIndex != u32::MAX).then_some(data.parentIndex as usize),
            countered_by: data.counteredBy,
            claimant: data.claimant,
            bond: U256::from(data.bond),
            value: data.claim,
            position,
            clock: Clock::from_packed(data.clock),
        })
    }

    /// Counters the claim at `parent`, whose value is `disputed`.
    pub fn play(
        &self,
        arena: &mut Arena,
        by: (Address, U256),
        (parent, disputed): (usize, B256),
        is_attack: bool,
        value: B256,
    ) -> Result<Gas, EvmError> {
        let call = Contract::moveCall {
            disputed,
            challengeIndex: U256::from(parent),
            claim: value,
            isAttack: is_attack,
        };
        let (player, bond) = by;
        Ok(arena.evm.send(player, self.address, bond, &call)?.gas)
    }

    /// Steps on the claim at `leaf`.
    pub fn step(
        &self,
        arena: &mut Arena,
        by: Address,
        (leaf, is_attack): (usize, bool),
        state_data: &[u8],
        proof: &[u8],
    ) -> Result<Gas, EvmError> {
        let call = Contract::stepCall {
            claimIndex: U256::from(leaf),
            isAttack: is_attack,
            stateData: Bytes::copy_from_slice(state_data),
            proof: Bytes::copy_from_slice(proof),
        };
        Ok(arena.evm.send(by, self.address, U256::ZERO, &call)?.gas)
    }

    /// Seconds on the clock of those who may counter a claim.
    pub fn challenger_duration(&self, arena: &mut Arena, index: usize) -> Result<u64, EvmError> {
        let call = Contract::getChallengerDurationCall {
            claimIndex: U256::from(index),
        };
        Ok(arena.evm.call(READER, self.address, &call)?.output)
    }

    /// Resolves the subgame of a claim, looking at `most` answers at most (0: all).
    pub fn resolve_claim(
        &self,
        arena: &mut Arena,
        index: usize,
        most: u64,
    ) -> Result<Gas, EvmError> {
        let call = Contract::resolveClaimCall {
            claimIndex: U256::from(index),
            numToResolve: U256::from(most),
        };
        Ok(arena.evm.send(READER, self.address, U256::ZERO, &call)?.gas)
    }

    /// Whether the subgame of a claim is resolved.
    pub fn is_resolved(&self, arena: &mut Arena, index: usize) -> Result<bool, EvmError> {
        let call = Contract::resolvedSubgamesCall {
            claimIndex: U256::from(index),
        };
        Ok(arena.evm.call(READER, self.address, &call)?.output)
    }

    /// Decides the game.
    pub fn resolve(&self, arena: &mut Arena) -> Result<GameStatus, EvmError> {
        let receipt =
            arena
                .evm
                .send(READER, self.address, U256::ZERO, &Contract::resolveCall {})?;
        GameStatus::from_number(receipt.output)
            .ok_or_else(|| EvmError::Invalid(format!("status {}", receipt.output)))
    }

    /// Wei due to an account.
    pub fn credit(&self, arena: &mut Arena, account: Address) -> Result<U256, EvmError> {
        let call = Contract::normalModeCreditCall { recipient: account };
        Ok(arena.evm.call(READER, self.address, &call)?.output)
    }
}
