// SPDX-License-Identifier: MIT
pragma solidity ^0.8.22;

import {BlockNumberChallenge} from "src/dispute/game/BlockNumberChallenge.sol";
import {BondPool} from "src/dispute/game/BondPool.sol";
import {ChessClock} from "src/dispute/game/ChessClock.sol";
import {ClaimAlreadyResolved, ClockNotExpired, OutOfOrderResolution} from "src/dispute/lib/Errors.sol";
import {Position} from "src/dispute/lib/Position.sol";
import {Duration, GameStatus, Timestamp} from "src/dispute/lib/Types.sol";

/// @title Resolution
/// @notice Which claims stand, from the bottom up, and who gets their bonds (specs, fault-dispute-game.md,
///         "Resolution", and bond-incentives.md, "Subgame Resolution").
abstract contract Resolution is ChessClock, BondPool, BlockNumberChallenge {
    /// @dev How far the resolution of a subgame has come.
    struct ResolutionCheckpoint {
        /// Whether it has begun.
        bool initialCheckpointComplete;
        /// The next answer to look at.
        uint32 subgameIndex;
        /// The position of the leftmost answer that stands, among those looked at.
        Position leftmostPosition;
        /// Who gave it.
        address counteredBy;
    }

    /// @notice Whether the subgame of a claim is resolved.
    mapping(uint256 claimIndex => bool) public resolvedSubgames;
    /// @notice How far the resolution of a claim's subgame has come.
    mapping(uint256 claimIndex => ResolutionCheckpoint) public resolutionCheckpoints;

    /// @notice Resolves the subgame of a claim: whether it stands, and who gets its bond.
    /// @param numToResolve How many answers to look at, for subgames too large for one transaction; 0 for all.
    function resolveClaim(uint256 claimIndex, uint256 numToResolve) external inProgress {
        if (Duration.unwrap(getChallengerDuration(claimIndex)) < MAX_CLOCK_DURATION) revert ClockNotExpired();
        if (resolvedSubgames[claimIndex]) revert ClaimAlreadyResolved();

        uint256[] storage answers = subgames[claimIndex];
        if (answers.length == 0) {
            // Only a step can have countered it.
            _settle(claimIndex, _claimData[claimIndex].counteredBy);
            return;
        }

        ResolutionCheckpoint memory checkpoint = resolutionCheckpoints[claimIndex];
        if (!checkpoint.initialCheckpointComplete) {
            checkpoint.initialCheckpointComplete = true;
            checkpoint.leftmostPosition = Position.wrap(type(uint128).max);
        }
        uint256 left = answers.length - checkpoint.subgameIndex;
        uint256 end = checkpoint.subgameIndex + (numToResolve == 0 || numToResolve > left ? left : numToResolve);
        for (uint256 i = checkpoint.subgameIndex; i < end; i++) {
            _weigh(checkpoint, answers[i]);
        }
        checkpoint.subgameIndex = uint32(end);
        resolutionCheckpoints[claimIndex] = checkpoint;

        if (end == answers.length) _settle(claimIndex, checkpoint.counteredBy);
    }

    /// @notice Decides the game once the root's subgame is resolved.
    function resolve() external inProgress returns (GameStatus) {
        if (!resolvedSubgames[0]) revert OutOfOrderResolution();
        status = _claimData[0].counteredBy == address(0) ? GameStatus.DEFENDER_WINS : GameStatus.CHALLENGER_WINS;
        resolvedAt = Timestamp.wrap(uint64(block.timestamp));
        emit Resolved(status);
        return status;
    }

    /// @notice How many answers to a claim are still to be looked at when it is resolved.
    function getNumToResolve(uint256 claimIndex) external view returns (uint256) {
        return subgames[claimIndex].length - resolutionCheckpoints[claimIndex].subgameIndex;
    }

    /// @dev Looks at one answer. The leftmost that stands wins the bond: an honest one is never to the right of a false
    ///      one. (Whether an answer was answered itself can be seen here: `subgames[answerIndex]`.)
    function _weigh(ResolutionCheckpoint memory checkpoint, uint256 answerIndex) private view {
        if (!resolvedSubgames[answerIndex]) revert OutOfOrderResolution();
        ClaimData storage answer = _claimData[answerIndex];
        if (answer.counteredBy != address(0)) return;
        if (Position.unwrap(answer.position) >= Position.unwrap(checkpoint.leftmostPosition)) return;
        checkpoint.counteredBy = answer.claimant;
        checkpoint.leftmostPosition = answer.position;
    }

    /// @dev The outcome of a claim's subgame. `counteredBy` is zero when the claim stands.
    function _settle(uint256 claimIndex, address counteredBy) private {
        if (claimIndex == 0) counteredBy = _rootCounteredBy(counteredBy);
        ClaimData storage claim = _claimData[claimIndex];
        claim.counteredBy = counteredBy;
        resolvedSubgames[claimIndex] = true;
        _award(counteredBy == address(0) ? claim.claimant : counteredBy, claim.bond);
    }
}
