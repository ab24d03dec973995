// SPDX-License-Identifier: MIT
pragma solidity ^0.8.22;

import {IDecrees} from "src/dispute/interfaces/IDecrees.sol";
import {IDisputeGame} from "src/dispute/interfaces/IDisputeGame.sol";

/// Decrees what a test says.
contract TestDecrees is IDecrees {
    bool public paused;
    uint64 public retirementTimestamp;
    mapping(IDisputeGame => bool) public isBlacklisted;

    function setPaused(bool paused_) external {
        paused = paused_;
    }

    function retire(uint64 timestamp) external {
        retirementTimestamp = timestamp;
    }

    function blacklist(IDisputeGame game) external {
        isBlacklisted[game] = true;
    }
}
