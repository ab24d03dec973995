// SPDX-License-Identifier: MIT
pragma solidity ^0.8.22;

import {IDisputeGame} from "src/dispute/interfaces/IDisputeGame.sol";
import {Claim, GameType, Timestamp} from "src/dispute/lib/Types.sol";

/// @title IDisputeGameFactory
/// @notice What other contracts use of the factory.
interface IDisputeGameFactory {
    /// @notice Creates a game; the value is exactly its type's initial bond.
    function create(GameType gameType, Claim rootClaim, bytes calldata extraData)
        external
        payable
        returns (IDisputeGame game);

    /// @notice The game of these parameters and its creation time; zeros when there is none.
    function games(GameType gameType, Claim rootClaim, bytes calldata extraData)
        external
        view
        returns (IDisputeGame game, Timestamp createdAt);

    /// @notice The `index`th game created.
    function gameAtIndex(uint256 index)
        external
        view
        returns (GameType gameType, Timestamp createdAt, IDisputeGame game);

    /// @notice How many games were created.
    function gameCount() external view returns (uint256);
}
