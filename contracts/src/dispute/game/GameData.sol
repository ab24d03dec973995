// SPDX-License-Identifier: MIT
pragma solidity ^0.8.22;

import {CWIA} from "solady/utils/legacy/CWIA.sol";

import {IAnchorStateRegistry} from "src/dispute/interfaces/IAnchorStateRegistry.sol";
import {IBigStepper} from "src/dispute/interfaces/IBigStepper.sol";
import {IDelayedWETH} from "src/dispute/interfaces/IDelayedWETH.sol";
import {IDisputeGame} from "src/dispute/interfaces/IDisputeGame.sol";
import {UnknownChainId} from "src/dispute/lib/Errors.sol";
import {GameArgs} from "src/dispute/lib/GameArgs.sol";
import {Claim, GameType, Hash} from "src/dispute/lib/Types.sol";

/// @title GameData
/// @notice What a game was created with. It never changes: it is part of the clone's code.
abstract contract GameData is CWIA, IDisputeGame {
    /// @inheritdoc IDisputeGame
    function gameCreator() public pure returns (address) {
        return _getArgAddress(GameArgs.CREATOR);
    }

    /// @inheritdoc IDisputeGame
    function rootClaim() public pure returns (Claim) {
        return Claim.wrap(_getArgBytes32(GameArgs.ROOT_CLAIM));
    }

    /// @inheritdoc IDisputeGame
    function rootClaimByChainId(uint256 chainId) external pure returns (Claim) {
        if (chainId != l2ChainId()) revert UnknownChainId();
        return rootClaim();
    }

    /// @inheritdoc IDisputeGame
    function l1Head() public pure returns (Hash) {
        return Hash.wrap(_getArgBytes32(GameArgs.L1_HEAD));
    }

    /// @inheritdoc IDisputeGame
    function gameType() public pure returns (GameType) {
        return GameType.wrap(_getArgUint32(GameArgs.GAME_TYPE));
    }

    /// @inheritdoc IDisputeGame
    function extraData() public pure returns (bytes memory) {
        return _getArgBytes(GameArgs.EXTRA_DATA, GameArgs.EXTRA_DATA_LENGTH);
    }

    /// @inheritdoc IDisputeGame
    function gameData() external pure returns (GameType, Claim, bytes memory) {
        return (gameType(), rootClaim(), extraData());
    }

    /// @notice The claimed L2 block.
    function l2BlockNumber() public pure returns (uint256) {
        return _getArgUint256(GameArgs.L2_BLOCK_NUMBER);
    }

    /// @inheritdoc IDisputeGame
    function l2SequenceNumber() public pure returns (uint256) {
        return l2BlockNumber();
    }

    /// @notice The state that every execution starts from: it commits to the program.
    function absolutePrestate() public pure returns (Claim) {
        return Claim.wrap(_getArgBytes32(GameArgs.ABSOLUTE_PRESTATE));
    }

    /// @notice What executes one instruction on L1.
    function vm() public pure returns (IBigStepper) {
        return IBigStepper(_getArgAddress(GameArgs.VM));
    }

    /// @inheritdoc IDisputeGame
    function anchorStateRegistry() public pure returns (IAnchorStateRegistry) {
        return IAnchorStateRegistry(_getArgAddress(GameArgs.ANCHOR_STATE_REGISTRY));
    }

    /// @notice The vault of the bonds.
    function weth() public pure returns (IDelayedWETH) {
        return IDelayedWETH(_getArgAddress(GameArgs.WETH));
    }

    /// @notice The chain that the game is about.
    function l2ChainId() public pure returns (uint256) {
        return _getArgUint256(GameArgs.L2_CHAIN_ID);
    }
}
