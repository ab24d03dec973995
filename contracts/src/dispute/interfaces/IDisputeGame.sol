// SPDX-License-Identifier: MIT
pragma solidity ^0.8.22;

import {IAnchorStateRegistry} from "src/dispute/interfaces/IAnchorStateRegistry.sol";
import {Claim, GameStatus, GameType, Hash, Timestamp} from "src/dispute/lib/Types.sol";

/// @title IDisputeGame
/// @notice A game about one output root, whatever its rules.
interface IDisputeGame {
    /// @notice The game is decided.
    event Resolved(GameStatus indexed status);

    /// @notice Sets the clone up; the value is the creator's bond.
    function initialize() external payable;
    /// @notice Decides the game.
    function resolve() external returns (GameStatus);

    /// @notice Undecided, or who won.
    function status() external view returns (GameStatus);
    /// @notice When the game was created.
    function createdAt() external view returns (Timestamp);
    /// @notice When the game was decided; 0 before.
    function resolvedAt() external view returns (Timestamp);
    /// @notice Whether the registry respected the game's type when it was created.
    function wasRespectedGameTypeWhenCreated() external view returns (bool);

    /// @notice Which implementation this is.
    function gameType() external view returns (GameType);
    /// @notice Who created the game.
    function gameCreator() external view returns (address);
    /// @notice The output root that the game is about.
    function rootClaim() external view returns (Claim);
    /// @notice The same, for games about several chains.
    function rootClaimByChainId(uint256 chainId) external view returns (Claim);
    /// @notice The L1 block whose history decides.
    function l1Head() external view returns (Hash);
    /// @notice The claimed L2 block.
    function l2SequenceNumber() external view returns (uint256);
    /// @notice What the creator said beside the root claim.
    function extraData() external view returns (bytes memory);
    /// @notice What identifies the game in the factory.
    function gameData() external view returns (GameType, Claim, bytes memory);
    /// @notice The registry that the game starts from.
    function anchorStateRegistry() external view returns (IAnchorStateRegistry);
}
