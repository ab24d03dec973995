// SPDX-License-Identifier: MIT
pragma solidity ^0.8.22;

import {IDisputeGame} from "src/dispute/interfaces/IDisputeGame.sol";
import {IDisputeGameFactory} from "src/dispute/interfaces/IDisputeGameFactory.sol";
import {GameType, Hash} from "src/dispute/lib/Types.sol";

/// @title IAnchorStateRegistry
/// @notice Which games count, and from which state new ones start. What each answer means is in the specs,
///         anchor-state-registry.md.
interface IAnchorStateRegistry {
    /// @notice The state that new games start from.
    function getAnchorRoot() external view returns (Hash root, uint256 l2SequenceNumber);
    /// @notice Makes a game's claim the state that new games start from.
    function setAnchorState(IDisputeGame game) external;

    function isGameRegistered(IDisputeGame game) external view returns (bool);
    function isGameRespected(IDisputeGame game) external view returns (bool);
    function isGameBlacklisted(IDisputeGame game) external view returns (bool);
    function isGameRetired(IDisputeGame game) external view returns (bool);
    function isGameProper(IDisputeGame game) external view returns (bool);
    function isGameResolved(IDisputeGame game) external view returns (bool);
    function isGameFinalized(IDisputeGame game) external view returns (bool);
    function isGameClaimValid(IDisputeGame game) external view returns (bool);

    function paused() external view returns (bool);
    function respectedGameType() external view returns (GameType);
    function retirementTimestamp() external view returns (uint64);
    function disputeGameFactory() external view returns (IDisputeGameFactory);
    function disputeGameFinalityDelaySeconds() external view returns (uint256);
    function disputeGameBlacklist(IDisputeGame game) external view returns (bool);
}
