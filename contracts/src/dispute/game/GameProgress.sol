// SPDX-License-Identifier: MIT
pragma solidity ^0.8.22;

import {IDisputeGame} from "src/dispute/interfaces/IDisputeGame.sol";
import {GameNotInProgress} from "src/dispute/lib/Errors.sol";
import {GameStatus, Timestamp} from "src/dispute/lib/Types.sol";

/// @title GameProgress
/// @notice When a game was created, whether it goes on, and when and how it ended.
abstract contract GameProgress is IDisputeGame {
    /// @inheritdoc IDisputeGame
    Timestamp public createdAt;
    /// @inheritdoc IDisputeGame
    Timestamp public resolvedAt;
    /// @inheritdoc IDisputeGame
    GameStatus public status;
    /// @inheritdoc IDisputeGame
    bool public wasRespectedGameTypeWhenCreated;

    modifier inProgress() {
        if (status != GameStatus.IN_PROGRESS) revert GameNotInProgress();
        _;
    }
}
