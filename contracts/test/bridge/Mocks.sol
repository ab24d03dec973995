// SPDX-License-Identifier: MIT
pragma solidity ^0.8.22;

import {IResourceMetering} from "src/bridge/interfaces/IResourceMetering.sol";
import {Claim, GameStatus, GameType, Timestamp} from "src/dispute/lib/Types.sol";

/// A game that says what a test wants.
contract MockGame {
    Claim public rootClaim;
    GameStatus public status = GameStatus.IN_PROGRESS;
    Timestamp public createdAt = Timestamp.wrap(uint64(block.timestamp));

    constructor(bytes32 root) {
        rootClaim = Claim.wrap(root);
    }

    function setStatus(GameStatus status_) external {
        status = status_;
    }

    function setCreatedAt(uint256 time) external {
        createdAt = Timestamp.wrap(uint64(time));
    }
}

/// Factory and registry in one, with one game.
contract MockRegistry {
    MockGame public game;
    bool public paused;
    bool private proper = true;
    bool private respected = true;
    bool private valid = true;
    GameType public constant respectedGameType = GameType.wrap(8);
    uint64 public constant retirementTimestamp = 0;
    uint256 public constant disputeGameFinalityDelaySeconds = 6;

    function setGame(MockGame game_) external {
        game = game_;
    }

    function setPaused(bool paused_) external {
        paused = paused_;
    }

    function set(bool proper_, bool respected_, bool valid_) external {
        (proper, respected, valid) = (proper_, respected_, valid_);
    }

    function disputeGameFactory() external view returns (address) {
        return address(this);
    }

    function gameAtIndex(uint256 index) external view returns (GameType, Timestamp, MockGame) {
        require(index == 0, "MockRegistry: no such game");
        return (respectedGameType, game.createdAt(), game);
    }

    function isGameProper(MockGame) external view returns (bool) {
        return proper;
    }

    function isGameRespected(MockGame) external view returns (bool) {
        return respected;
    }

    function isGameClaimValid(MockGame) external view returns (bool) {
        return valid;
    }

    function disputeGameBlacklist(MockGame) external pure returns (bool) {
        return false;
    }
}

/// Settings with the specs' default market.
contract MockSystemConfig {
    address public constant superchainConfig = address(0x5C);
    address public constant guardian = address(0x6A);
    bool public paused;

    function setPaused(bool paused_) external {
        paused = paused_;
    }

    function resourceConfig() external pure returns (IResourceMetering.ResourceConfig memory) {
        return IResourceMetering.ResourceConfig({
            maxResourceLimit: 20_000_000,
            elasticityMultiplier: 10,
            baseFeeMaxChangeDenominator: 8,
            minimumBaseFee: 1 gwei,
            systemTxMaxGas: 1_000_000,
            maximumBaseFee: type(uint128).max
        });
    }
}
