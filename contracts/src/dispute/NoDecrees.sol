// SPDX-License-Identifier: MIT
pragma solidity ^0.8.22;

import {IDecrees} from "src/dispute/interfaces/IDecrees.sol";
import {IDisputeGame} from "src/dispute/interfaces/IDisputeGame.sol";

/// @title NoDecrees
/// @notice Nobody decides anything about a game: its code does.
contract NoDecrees is IDecrees {
    /// @inheritdoc IDecrees
    function paused() external pure returns (bool) {
        return false;
    }

    /// @inheritdoc IDecrees
    function isBlacklisted(IDisputeGame) external pure returns (bool) {
        return false;
    }

    /// @inheritdoc IDecrees
    function retirementTimestamp() external pure returns (uint64) {
        return 0;
    }
}
