// SPDX-License-Identifier: MIT
pragma solidity ^0.8.22;

import {Claim, GameType, Hash} from "src/dispute/lib/Types.sol";

// Factory

/// @notice A game about the same claim and data exists.
error GameAlreadyExists(Hash uuid);
/// @notice The factory knows no implementation of this type.
error NoImplementation(GameType gameType);

// Setting a game up

/// @notice The deepest level exceeds what a position can hold.
error MaxDepthTooLarge();
/// @notice The split depth is under 2, or leaves no room for bisection of the execution trace.
error InvalidSplitDepth();
/// @notice The longest clock extension exceeds the clock.
error InvalidClockExtension();
/// @notice The preimage oracle's challenge period is no plausible number of seconds.
error InvalidChallengePeriod();
/// @notice The bond of a move would be zero, or shrink along the depth.
error InvalidBondCurve();
/// @notice The game is set up already.
error AlreadyInitialized();
/// @notice The registry has no anchor.
error AnchorRootNotFound();
/// @notice The clone's arguments have another length than this game's.
error BadExtraData();
/// @notice The root of a game or of an execution trace that cannot be claimed.
error UnexpectedRootClaim(Claim rootClaim);
/// @notice The game is about another chain.
error UnknownChainId();

// Moves and steps

/// @notice The value sent is not the bond.
error IncorrectBondAmount();
/// @notice The game is over.
error GameNotInProgress();
/// @notice The claim at this index is not the one that the caller means to dispute.
error InvalidDisputedClaimIndex();
/// @notice Roots are attacked or left alone.
error CannotDefendRootClaim();
/// @notice No move goes below the deepest level.
error GameDepthExceeded();
/// @notice The mover's clock has run out.
error ClockTimeExceeded();
/// @notice The same move was made before.
error ClaimAlreadyExists();
/// @notice The claim is not at the deepest level, or there is no state before or after it.
error InvalidParent();
/// @notice The state data is not the preimage of the prestate.
error InvalidPrestate();
/// @notice The disputed step is right.
error ValidStep();
/// @notice The claim was countered by a step before.
error DuplicateStep();
/// @notice The claim is about an output root, not about a VM state.
error ClaimAboveSplit();
/// @notice The program has no input of this key.
error InvalidLocalIdent();

// Block number challenge

/// @notice The root's block number was challenged: that is enough.
error L2BlockNumberChallenged();
/// @notice The proof does not hash to the root claim.
error InvalidOutputRootProof();
/// @notice The header does not hash to the block hash, or has no block number.
error InvalidHeaderRLP();
/// @notice The block number is the claimed one.
error BlockNumberMatches();

// Resolution and credit

/// @notice Someone may still answer.
error ClockNotExpired();
/// @notice The subgame is resolved.
error ClaimAlreadyResolved();
/// @notice A subgame below is not resolved.
error OutOfOrderResolution();
/// @notice The game is not resolved.
error GameNotResolved();
/// @notice The finality delay is not over.
error GameNotFinalized();
/// @notice Nothing is closed during a pause.
error GamePaused();
/// @notice Nothing is due to the recipient.
error NoCreditToClaim();
/// @notice The recipient refused its ETH.
error BondTransferFailed();
