// SPDX-License-Identifier: MIT
pragma solidity ^0.8.22;

import {FixedPointMathLib} from "solady/utils/FixedPointMathLib.sol";
import {LibZip} from "solady/utils/LibZip.sol";

import {Predeploys} from "src/l2/Predeploys.sol";
import {L1Block} from "src/l2/L1Block.sol";

/// @title GasPriceOracle
/// @notice Tells what a transaction pays beside its L2 gas: for L1 data (Fjord's formula) and to the operator. Execution
///         charges by the same numbers, without asking here (specs, fjord/exec-engine.md and isthmus/exec-engine.md).
contract GasPriceOracle {
    /// @notice Decimals of the fee scalars.
    uint256 public constant DECIMALS = 6;
    /// @dev Estimated size of a transaction in a batch, in millionths of a byte: intercept, per FastLZ byte, least.
    int256 private constant COST_INTERCEPT = -42_585_600;
    int256 private constant COST_FASTLZ_COEF = 836_500;
    int256 private constant MIN_TRANSACTION_SIZE = 100 * 1e6;
    /// @dev Bytes of a signature, which an unsigned transaction lacks.
    uint256 private constant SIGNATURE_SIZE = 68;
    /// @dev What a byte costs as calldata on L1.
    uint256 private constant L1_BYTE_GAS = 16;
    L1Block private constant L1_BLOCK = L1Block(Predeploys.L1_BLOCK);

    /// @notice Whether a fork is active; all but the last are on chains that started with them.
    bool public isEcotone;
    bool public isFjord;
    bool public isIsthmus;
    bool public isJovian;

    /// @notice The caller is not the depositor account.
    error NotDepositor();

    modifier onlyDepositor() {
        if (msg.sender != L1_BLOCK.DEPOSITOR_ACCOUNT()) revert NotDepositor();
        _;
    }

    /// @notice Jovian is active: called by an upgrade transaction.
    function setJovian() external onlyDepositor {
        isJovian = true;
    }

    /// @notice What an unsigned transaction pays for L1 data, in wei.
    function getL1Fee(bytes memory data) external view returns (uint256) {
        return _l1Fee(LibZip.flzCompress(data).length + SIGNATURE_SIZE);
    }

    /// @notice The most that an unsigned transaction of this size pays for L1 data, in wei.
    function getL1FeeUpperBound(uint256 unsignedTxSize) external view returns (uint256) {
        uint256 size = unsignedTxSize + SIGNATURE_SIZE;
        // The OP Stack's formula. FastLZ adds a byte to 32 of noise, so that long noise costs more than this.
        return _l1Fee(size + size / 255 + 16);
    }

    /// @notice L1 gas that the transaction's data would cost as calldata.
    function getL1GasUsed(bytes memory data) external pure returns (uint256) {
        return _estimatedSize(LibZip.flzCompress(data).length + SIGNATURE_SIZE) * L1_BYTE_GAS / 1e6;
    }

    /// @notice What `gasUsed` pays to the operator, in wei.
    function getOperatorFee(uint256 gasUsed) external view returns (uint256) {
        uint256 scalar_ = L1_BLOCK.operatorFeeScalar();
        uint256 byGas = isJovian
            ? FixedPointMathLib.saturatingMul(gasUsed, scalar_ * 100)
            : FixedPointMathLib.saturatingMul(gasUsed, scalar_) / 1e6;
        return FixedPointMathLib.saturatingAdd(byGas, L1_BLOCK.operatorFeeConstant());
    }

    /// @notice The L2's base fee.
    function gasPrice() external view returns (uint256) {
        return block.basefee;
    }

    /// @notice The L2's base fee.
    function baseFee() external view returns (uint256) {
        return block.basefee;
    }

    /// @notice Decimals of the fee scalars.
    function decimals() external pure returns (uint256) {
        return DECIMALS;
    }

    function version() external pure returns (string memory) {
        return "1.6.0";
    }

    /// @notice The L1's base fee.
    function l1BaseFee() public view returns (uint256) {
        return L1_BLOCK.basefee();
    }

    /// @notice The L1's blob base fee.
    function blobBaseFee() public view returns (uint256) {
        return L1_BLOCK.blobBaseFee();
    }

    /// @notice Scales the L1 base fee.
    function baseFeeScalar() public view returns (uint32) {
        return L1_BLOCK.baseFeeScalar();
    }

    /// @notice Scales the L1 blob base fee.
    function blobBaseFeeScalar() public view returns (uint32) {
        return L1_BLOCK.blobBaseFeeScalar();
    }

    function _l1Fee(uint256 fastLzSize) private view returns (uint256) {
        uint256 price =
            uint256(baseFeeScalar()) * l1BaseFee() * L1_BYTE_GAS + uint256(blobBaseFeeScalar()) * blobBaseFee();
        return _estimatedSize(fastLzSize) * price / 10 ** (2 * DECIMALS);
    }

    function _estimatedSize(uint256 fastLzSize) private pure returns (uint256) {
        int256 size = COST_INTERCEPT + COST_FASTLZ_COEF * int256(fastLzSize);
        return uint256(size < MIN_TRANSACTION_SIZE ? MIN_TRANSACTION_SIZE : size);
    }
}
