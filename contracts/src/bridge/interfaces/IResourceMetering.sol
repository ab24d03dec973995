// SPDX-License-Identifier: MIT
pragma solidity ^0.8.22;

/// @title IResourceMetering
/// @notice The settings of the market for L2 gas that deposits buy (specs, guaranteed-gas-market.md).
interface IResourceMetering {
    struct ResourceConfig {
        /// L2 gas that deposits of one L1 block may buy.
        uint32 maxResourceLimit;
        /// The limit as a multiple of the target.
        uint8 elasticityMultiplier;
        /// How slowly the price follows demand.
        uint8 baseFeeMaxChangeDenominator;
        /// The lowest price, in wei a gas unit.
        uint32 minimumBaseFee;
        /// L2 gas that is kept for system transactions.
        uint32 systemTxMaxGas;
        /// The highest price, in wei a gas unit.
        uint128 maximumBaseFee;
    }
}
