//! One game: its state, and the calls that change it.

use alloy::{
    eips::BlockId,
    primitives::{Address, B256, U256},
    sol_types::SolCall,
};
use endgame_contracts::{
    dispute::{IAnchorStateRegistry, IDelayedWETH, IFaultDisputeGame as Abi},
    vm::{IBigStepper, IPreimageOracle},
};
use endgame_game::{Claim, Clock, ExecutionGame, GameState, GameStatus, Position, Rules};

use crate::{AgentError, Call, Rpc, l2::Output};

/// Gas that resolving a subgame needs at most, besides its children: new words in storage for the
/// checkpoint, the verdict and the payee's credit.
const RESOLVE_GAS: u64 = 400_000;
/// Gas that each child adds at most.
const RESOLVE_GAS_A_CHILD: u64 = 40_000;

/// What never changes about a game.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GameFacts {
    /// The root claim.
    pub root: B256,
    /// The L2 block that it is about.
    pub claimed_block: u64,
    /// The output root that the game starts from, and its L2 block.
    pub starting: (B256, u64),
    /// Hash of the L1 block that data counts up to.
    pub l1_head: B256,
    /// The L2 chain.
    pub l2_chain_id: u64,
    /// The commitment of the VM state that every run starts from.
    pub absolute_prestate: B256,
    /// Depths and durations.
    pub rules: Rules,
    /// The single-step VM.
    pub vm: Address,
    /// The preimage oracle that it reads.
    pub oracle: Address,
    /// The vault that holds the bonds.
    pub weth: Address,
    /// The registry that says when the game is final.
    pub registry: Address,
}

/// A game at one L1 block.
#[derive(Clone, Debug)]
pub struct GameSnapshot {
    /// The L1 block.
    pub block: u64,
    /// Its time (Unix seconds).
    pub time: u64,
    /// Whether and how the game is resolved.
    pub status: GameStatus,
    /// The claims.
    pub state: GameState,
    /// Which claims' subgames are resolved.
    pub resolved: Vec<bool>,
}

/// A fault dispute game.
#[derive(Clone, Debug)]
pub struct GameContract {
    rpc: Rpc,
    address: Address,
    facts: GameFacts,
}

impl GameContract {
    /// Reads what never changes about the game at `address`.
    pub async fn load(rpc: Rpc, address: Address) -> Result<Self, AgentError> {
        let at = BlockId::latest();
        let starting = rpc
            .call(address, &Abi::startingOutputRootCall {}, at)
            .await?;
        let vm = rpc.call(address, &Abi::vmCall {}, at).await?;
        let oracle = rpc.call(vm, &IBigStepper::oracleCall {}, at).await?;
        let period = rpc
            .call(oracle, &IPreimageOracle::challengePeriodCall {}, at)
            .await?;
        let max_depth: U256 = rpc.call(address, &Abi::maxGameDepthCall {}, at).await?;
        let split_depth: U256 = rpc.call(address, &Abi::splitDepthCall {}, at).await?;
        let claimed_block: U256 = rpc.call(address, &Abi::l2SequenceNumberCall {}, at).await?;
        let chain_id: U256 = rpc.call(address, &Abi::l2ChainIdCall {}, at).await?;
        let rules = Rules {
            split_depth: split_depth.saturating_to(),
            max_depth: max_depth.saturating_to(),
            max_clock: rpc.call(address, &Abi::maxClockDurationCall {}, at).await?,
            clock_extension: rpc.call(address, &Abi::clockExtensionCall {}, at).await?,
            preimage_challenge_period: period.saturating_to(),
        };
        rules.validate()?;
        let facts = GameFacts {
            root: rpc.call(address, &Abi::rootClaimCall {}, at).await?,
            claimed_block: as_block(claimed_block)?,
            starting: (starting.root, as_block(starting.l2SequenceNumber_)?),
            l1_head: rpc.call(address, &Abi::l1HeadCall {}, at).await?,
            l2_chain_id: chain_id.saturating_to(),
            absolute_prestate: rpc.call(address, &Abi::absolutePrestateCall {}, at).await?,
            rules,
            vm,
            oracle,
            weth: rpc.call(address, &Abi::wethCall {}, at).await?,
            registry: rpc
                .call(address, &Abi::anchorStateRegistryCall {}, at)
                .await?,
        };
        Ok(Self {
            rpc,
            address,
            facts,
        })
    }

    /// Where the game is.
    pub const fn address(&self) -> Address {
        self.address
    }

    /// What never changes about it.
    pub const fn facts(&self) -> &GameFacts {
        &self.facts
    }

    /// Whether and how the game is resolved.
    pub async fn status(&self) -> Result<GameStatus, AgentError> {
        let number = self
            .rpc
            .call(self.address, &Abi::statusCall {}, BlockId::latest())
            .await?;
        GameStatus::from_number(number).ok_or(AgentError::BadResponse {
            what: "game status",
            reason: format!("unknown number {number}"),
        })
    }

    /// The whole game at the latest L1 block.
    pub async fn snapshot(&self) -> Result<GameSnapshot, AgentError> {
        let head = self.rpc.block(BlockId::latest()).await?.header;
        let at = BlockId::number(head.number);
        let count: U256 = self
            .rpc
            .call(self.address, &Abi::claimDataLenCall {}, at)
            .await?;
        let count: u64 = count.saturating_to();
        let indices = || (0..count).map(U256::from);
        let data: Vec<_> = indices()
            .map(|index| Abi::claimDataCall { index })
            .collect();
        let done: Vec<_> = indices()
            .map(|index| Abi::resolvedSubgamesCall { claimIndex: index })
            .collect();
        let claims = self
            .rpc
            .call_many(self.address, &data, at)
            .await?
            .into_iter()
            .map(|claim| {
                Ok(Claim {
                    parent: (claim.parentIndex != u32::MAX).then_some(claim.parentIndex as usize),
                    countered_by: claim.counteredBy,
                    claimant: claim.claimant,
                    bond: U256::from(claim.bond),
                    value: claim.claim,
                    position: Position::from_gindex(claim.position)?,
                    clock: Clock::from_packed(claim.clock),
                })
            })
            .collect::<Result<_, AgentError>>()?;
        let mut state = GameState::new(
            self.facts.rules,
            self.facts.starting,
            self.facts.claimed_block,
            claims,
        )?;
        state.block_number_challenger = self
            .rpc
            .call(self.address, &Abi::l2BlockNumberChallengerCall {}, at)
            .await?;
        let resolved = self.rpc.call_many(self.address, &done, at).await?;
        let status = self.rpc.call(self.address, &Abi::statusCall {}, at).await?;
        Ok(GameSnapshot {
            block: head.number,
            time: head.timestamp,
            status: GameStatus::from_number(status).ok_or(AgentError::BadResponse {
                what: "game status",
                reason: format!("unknown number {status}"),
            })?,
            state,
            resolved,
        })
    }

    /// Wei that a claim at `position` must carry.
    pub async fn bond(&self, position: Position) -> Result<U256, AgentError> {
        let call = Abi::getRequiredBondCall {
            position: position.gindex(),
        };
        self.rpc.call(self.address, &call, BlockId::latest()).await
    }

    /// Wei that `account` may claim, now or later, and whether it is unlocked in the vault.
    pub async fn credit(&self, account: Address) -> Result<(U256, bool), AgentError> {
        let at = BlockId::latest();
        let credit = self
            .rpc
            .call(self.address, &Abi::creditCall { recipient: account }, at)
            .await?;
        let unlocked = self
            .rpc
            .call(
                self.address,
                &Abi::hasUnlockedCreditCall { recipient: account },
                at,
            )
            .await?;
        Ok((credit, unlocked))
    }

    /// Whether the game's result can no longer change, so that it pays.
    pub async fn is_final(&self) -> Result<bool, AgentError> {
        let call = IAnchorStateRegistry::isGameFinalizedCall { game: self.address };
        self.rpc
            .call(self.facts.registry, &call, BlockId::latest())
            .await
    }

    /// When (Unix seconds) the vault pays what it unlocked for `account`; the claim must come
    /// strictly later. Nothing if nothing is unlocked.
    pub async fn payable_after(&self, account: Address) -> Result<Option<u64>, AgentError> {
        let at = BlockId::latest();
        let call = IDelayedWETH::withdrawalsCall {
            owner: self.address,
            guy: account,
        };
        let request = self.rpc.call(self.facts.weth, &call, at).await?;
        let delay: U256 = self
            .rpc
            .call(self.facts.weth, &IDelayedWETH::delayCall {}, at)
            .await?;
        let unlocked: u64 = request.timestamp.saturating_to();
        Ok((unlocked != 0).then(|| unlocked.saturating_add(delay.saturating_to())))
    }

    /// The call that counters claim `parent`, whose value is `disputed`, with `value`.
    pub fn counter(
        &self,
        (parent, disputed): (usize, B256),
        is_attack: bool,
        (position, value): (Position, B256),
        bond: U256,
    ) -> Call {
        let data = Abi::moveCall {
            disputed,
            challengeIndex: U256::from(parent),
            claim: value,
            isAttack: is_attack,
        };
        let verb = if is_attack { "attack" } else { "defend" };
        self.call_to(
            &format!("move/{parent}/{}/{value}", position.gindex()),
            &format!("{verb} claim {parent} at {position}"),
            data.abi_encode(),
            bond,
        )
    }

    /// The call that counters leaf `claim` by running one instruction.
    pub fn step(&self, claim: usize, is_attack: bool, state: Vec<u8>, proof: Vec<u8>) -> Call {
        let data = Abi::stepCall {
            claimIndex: U256::from(claim),
            isAttack: is_attack,
            stateData: state.into(),
            proof: proof.into(),
        };
        self.call_to(
            &format!("step/{claim}/{is_attack}"),
            &format!("step on claim {claim}"),
            data.abi_encode(),
            U256::ZERO,
        )
    }

    /// The call that gives the oracle a boot input of the run that `claim` is part of.
    pub fn local_data(&self, run: &ExecutionGame, claim: usize, ident: u64, offset: u32) -> Call {
        let data = Abi::addLocalDataCall {
            ident: U256::from(ident),
            execLeafIdx: U256::from(claim),
            partOffset: U256::from(offset),
        };
        self.call_to(
            &format!("local/{}/{ident}/{offset}", run.local_context()),
            &format!("boot input {ident} for claim {claim}"),
            data.abi_encode(),
            U256::ZERO,
        )
    }

    /// The call that shows that the root, opened, belongs to another block.
    pub fn challenge_block_number(&self, output: &Output) -> Call {
        let data = Abi::challengeRootL2BlockCall {
            outputRootProof: Abi::OutputRootProof {
                version: B256::ZERO,
                stateRoot: output.state_root,
                messagePasserStorageRoot: output.message_passer_root,
                latestBlockhash: output.block_hash,
            },
            headerRLP: output.header.clone(),
        };
        self.call_to(
            "block-number",
            "challenge the root's block number",
            data.abi_encode(),
            U256::ZERO,
        )
    }

    /// The call that resolves the subgame of `claim`, which has this many children. Its gas limit
    /// is fixed, so that it can be sent right behind those that resolve the children.
    pub fn resolve_claim(&self, claim: usize, children: usize) -> Call {
        let data = Abi::resolveClaimCall {
            claimIndex: U256::from(claim),
            numToResolve: U256::ZERO,
        };
        let mut call = self.call_to(
            &format!("resolve-claim/{claim}"),
            &format!("resolve claim {claim}"),
            data.abi_encode(),
            U256::ZERO,
        );
        call.gas = Some(RESOLVE_GAS + RESOLVE_GAS_A_CHILD * children as u64);
        call
    }

    /// The call that resolves the game.
    pub fn resolve(&self) -> Call {
        self.call_to(
            "resolve",
            "resolve the game",
            Abi::resolveCall {}.abi_encode(),
            U256::ZERO,
        )
    }

    /// The call that unlocks (the first time) or pays (the second time) `account`'s credit.
    pub fn claim_credit(&self, account: Address, unlocked: bool) -> Call {
        let step = if unlocked { "pay" } else { "unlock" };
        self.call_to(
            &format!("credit/{account}/{step}"),
            &format!("{step} credit of {account}"),
            Abi::claimCreditCall { recipient: account }.abi_encode(),
            U256::ZERO,
        )
    }

    fn call_to(&self, key: &str, what: &str, data: Vec<u8>, value: U256) -> Call {
        Call {
            key: format!("game/{}/{key}", self.address),
            what: format!("game {}: {what}", self.address),
            to: self.address,
            data: data.into(),
            value,
            gas: None,
        }
    }
}

/// Who created the game at `address`.
pub(crate) async fn game_creator(rpc: &Rpc, address: Address) -> Result<Address, AgentError> {
    rpc.call(address, &Abi::gameCreatorCall {}, BlockId::latest())
        .await
}

/// The L2 block that the game at `address` is about.
pub(crate) async fn game_subject(rpc: &Rpc, address: Address) -> Result<u64, AgentError> {
    let number = rpc
        .call(address, &Abi::l2SequenceNumberCall {}, BlockId::latest())
        .await?;
    as_block(number)
}

fn as_block(number: U256) -> Result<u64, AgentError> {
    number.try_into().map_err(|_| AgentError::BadResponse {
        what: "block number",
        reason: format!("{number} is none"),
    })
}
