// SPDX-License-Identifier: MIT
pragma solidity ^0.8.22;

import {GameData} from "src/dispute/game/GameData.sol";
import {
    BlockNumberMatches,
    InvalidHeaderRLP,
    InvalidOutputRootProof,
    L2BlockNumberChallenged
} from "src/dispute/lib/Errors.sol";
import {OutputRoot} from "src/dispute/lib/OutputRoot.sol";
import {Claim, Hash, OutputRootProof} from "src/dispute/lib/Types.sol";

/// @title BlockNumberChallenge
/// @notice A root claim is about an output root and a block number. That the two belong together is not bisected:
///         whoever opens the root down to its block's header, and finds another number there, has countered the claim
///         (specs, fault-dispute-game.md, "L2 Block Number Challenge").
/// @dev All that a game would lose that opens its root when it is created.
abstract contract BlockNumberChallenge is GameData {
    /// @notice Whether the root's block number is known to be wrong.
    bool public l2BlockNumberChallenged;
    /// @notice Who showed that.
    address public l2BlockNumberChallenger;

    /// @dev Notes `msg.sender` as the one who showed that the root belongs to another block.
    function _challengeBlockNumber(OutputRootProof memory proof, bytes memory header) internal {
        if (l2BlockNumberChallenged) revert L2BlockNumberChallenged();
        if (Hash.unwrap(OutputRoot.hash(proof)) != Claim.unwrap(rootClaim())) revert InvalidOutputRootProof();
        if (keccak256(header) != proof.latestBlockhash) revert InvalidHeaderRLP();
        if (OutputRoot.blockNumber(header) == l2BlockNumber()) revert BlockNumberMatches();

        l2BlockNumberChallenged = true;
        l2BlockNumberChallenger = msg.sender;
    }

    /// @dev Who countered the root: the challenger of its number, before anyone who moved against it.
    function _rootCounteredBy(address mover) internal view returns (address) {
        return l2BlockNumberChallenged ? l2BlockNumberChallenger : mover;
    }
}
