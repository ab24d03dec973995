// SPDX-License-Identifier: MIT
pragma solidity ^0.8.22;

import {IBigStepper} from "src/dispute/interfaces/IBigStepper.sol";
import {IDelayedWETH} from "src/dispute/interfaces/IDelayedWETH.sol";
import {IDisputeGame} from "src/dispute/interfaces/IDisputeGame.sol";
import {Position} from "src/dispute/lib/Position.sol";
import {BondDistributionMode, Claim, Clock, Duration, Hash, OutputRootProof} from "src/dispute/lib/Types.sol";

/// @title IFaultDisputeGame
/// @notice A bisection game: over output roots to one block, then over its execution to one instruction.
interface IFaultDisputeGame is IDisputeGame {
    /// @notice A claim was made.
    event Move(uint256 indexed parentIndex, Claim indexed claim, address indexed claimant);
    /// @notice How the bonds are paid out is decided.
    event GameClosed(BondDistributionMode bondDistributionMode);

    function attack(Claim disputed, uint256 parentIndex, Claim claim) external payable;
    function defend(Claim disputed, uint256 parentIndex, Claim claim) external payable;
    function move(Claim disputed, uint256 challengeIndex, Claim claim, bool isAttack) external payable;
    function step(uint256 claimIndex, bool isAttack, bytes calldata stateData, bytes calldata proof) external;
    function addLocalData(uint256 ident, uint256 execLeafIdx, uint256 partOffset) external;
    function challengeRootL2Block(OutputRootProof calldata outputRootProof, bytes calldata headerRLP) external;

    function resolveClaim(uint256 claimIndex, uint256 numToResolve) external;
    function closeGame() external;
    function claimCredit(address recipient) external;

    function claimDataLen() external view returns (uint256);
    function claimData(uint256 index)
        external
        view
        returns (
            uint32 parentIndex,
            address counteredBy,
            address claimant,
            uint128 bond,
            Claim claim,
            Position position,
            Clock clock
        );
    function getChallengerDuration(uint256 claimIndex) external view returns (Duration);
    function getNumToResolve(uint256 claimIndex) external view returns (uint256);
    function getRequiredBond(Position position) external view returns (uint256);
    function credit(address recipient) external view returns (uint256);
    function bondDistributionMode() external view returns (BondDistributionMode);

    function absolutePrestate() external view returns (Claim);
    function vm() external view returns (IBigStepper);
    function weth() external view returns (IDelayedWETH);
    function l2ChainId() external view returns (uint256);
    function l2BlockNumber() external view returns (uint256);
    function maxGameDepth() external view returns (uint256);
    function splitDepth() external view returns (uint256);
    function maxClockDuration() external view returns (Duration);
    function clockExtension() external view returns (Duration);
    function startingOutputRoot() external view returns (Hash root, uint256 l2SequenceNumber);
}
