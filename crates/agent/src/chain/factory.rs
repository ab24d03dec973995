//! The factory that games come from.

use std::ops::Range;

use alloy::{
    eips::BlockId,
    primitives::{Address, B256, Bytes, U256},
    sol_types::{SolCall, SolValue},
};
use endgame_contracts::dispute::{IAnchorStateRegistry, IDisputeGameFactory as Abi};

use crate::{AgentError, Call, Rpc};

/// A game in the factory's list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GameEntry {
    /// Its place in the list.
    pub index: u64,
    /// Its type.
    pub game_type: u32,
    /// When it was created (Unix seconds).
    pub created_at: u64,
    /// The game.
    pub game: Address,
}

/// A dispute game factory.
#[derive(Clone, Debug)]
pub struct Factory {
    rpc: Rpc,
    address: Address,
}

impl Factory {
    /// The factory at `address`.
    pub const fn new(rpc: Rpc, address: Address) -> Self {
        Self { rpc, address }
    }

    /// Its address.
    pub const fn address(&self) -> Address {
        self.address
    }

    /// How many games there are.
    pub async fn count(&self) -> Result<u64, AgentError> {
        let count = self
            .rpc
            .call(self.address, &Abi::gameCountCall {}, BlockId::latest())
            .await?;
        Ok(count.saturating_to())
    }

    /// The games from index `from` on.
    pub async fn games_since(&self, from: u64) -> Result<Vec<GameEntry>, AgentError> {
        let count = self.count().await?;
        self.games(from..count).await
    }

    /// The games with these indices.
    pub async fn games(&self, indices: Range<u64>) -> Result<Vec<GameEntry>, AgentError> {
        let calls: Vec<_> = indices
            .clone()
            .map(|index| Abi::gameAtIndexCall {
                index: U256::from(index),
            })
            .collect();
        let games = self
            .rpc
            .call_many(self.address, &calls, BlockId::latest())
            .await?;
        Ok(indices
            .zip(games)
            .map(|(index, game)| GameEntry {
                index,
                game_type: game.gameType,
                created_at: game.timestamp,
                game: game.proxy,
            })
            .collect())
    }

    /// The bond of a root claim, in wei.
    pub async fn root_bond(&self, game_type: u32) -> Result<U256, AgentError> {
        self.rpc
            .call(
                self.address,
                &Abi::initBondsCall {
                    gameType: game_type,
                },
                BlockId::latest(),
            )
            .await
    }

    /// The game about this claim, if there is one.
    pub async fn find(
        &self,
        game_type: u32,
        root: B256,
        block: u64,
    ) -> Result<Option<Address>, AgentError> {
        let call = Abi::gamesCall {
            gameType: game_type,
            rootClaim: root,
            extraData: extra_data(block),
        };
        let found = self
            .rpc
            .call(self.address, &call, BlockId::latest())
            .await?;
        Ok((found.proxy != Address::ZERO).then_some(found.proxy))
    }

    /// The registry that games of this type get their starting root from.
    pub async fn anchor_registry(&self, game_type: u32) -> Result<Address, AgentError> {
        Ok(Address::from(self.game_argument(game_type, 52).await?))
    }

    /// The commitment of the VM state that every run in games of this type made now starts from.
    pub async fn absolute_prestate(&self, game_type: u32) -> Result<B256, AgentError> {
        Ok(B256::from(self.game_argument(game_type, 0).await?))
    }

    /// `N` bytes of a game type's arguments: absolute prestate (32), VM (20), registry (20), and
    /// more.
    async fn game_argument<const N: usize>(
        &self,
        game_type: u32,
        at: usize,
    ) -> Result<[u8; N], AgentError> {
        let call = Abi::gameArgsCall {
            gameType: game_type,
        };
        let args = self
            .rpc
            .call(self.address, &call, BlockId::latest())
            .await?;
        if args.is_empty() {
            return Err(AgentError::UnknownGameType {
                factory: self.address,
                game_type,
            });
        }
        args.get(at..)
            .and_then(|rest| rest.first_chunk())
            .copied()
            .ok_or(AgentError::BadResponse {
                what: "game arguments",
                reason: format!("type {game_type} has {} bytes of them", args.len()),
            })
    }

    /// The output root and the L2 block that a game of this type made now starts from.
    pub async fn anchor(&self, game_type: u32) -> Result<(B256, u64), AgentError> {
        let registry = self.anchor_registry(game_type).await?;
        let anchor = self
            .rpc
            .call(
                registry,
                &IAnchorStateRegistry::getAnchorRootCall {},
                BlockId::latest(),
            )
            .await?;
        Ok((anchor.root, anchor.l2SequenceNumber.saturating_to()))
    }

    /// The call that creates a game about this claim.
    pub fn create(&self, game_type: u32, root: B256, block: u64, bond: U256) -> Call {
        let data = Abi::createCall {
            gameType: game_type,
            rootClaim: root,
            extraData: extra_data(block),
        };
        Call {
            key: format!("create/{}/{game_type}/{root}/{block}", self.address),
            what: format!("propose output root {root} of block {block}"),
            to: self.address,
            data: data.abi_encode().into(),
            value: bond,
            gas: None,
        }
    }
}

/// A game's extra data: the L2 block number as one word.
fn extra_data(block: u64) -> Bytes {
    U256::from(block).abi_encode().into()
}
