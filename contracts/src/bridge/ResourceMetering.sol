// SPDX-License-Identifier: MIT
pragma solidity ^0.8.22;

import {FixedPointMathLib} from "solady/utils/FixedPointMathLib.sol";

import {IResourceMetering} from "src/bridge/interfaces/IResourceMetering.sol";

/// @title ResourceMetering
/// @notice Sells the L2 gas of deposits for burnt L1 gas, at a price that follows demand
///         (specs, guaranteed-gas-market.md).
abstract contract ResourceMetering is IResourceMetering {
    struct ResourceParams {
        /// Wei a gas unit.
        uint128 prevBaseFee;
        /// L2 gas sold in `prevBlockNum`.
        uint64 prevBoughtGas;
        /// The last L1 block with a deposit.
        uint64 prevBlockNum;
    }

    /// @dev L1 gas is never priced below this, in wei: else quiet L1 blocks would make L2 gas dear.
    uint256 private constant MIN_L1_BASE_FEE = 1 gwei;
    uint256 private constant WAD = 1e18;

    /// @notice The market after the last deposit.
    ResourceParams public params;

    /// @notice The block's L2 gas is sold out.
    error OutOfGas();

    /// @dev Buys `amount` of L2 gas. What the function itself spends counts towards the price.
    modifier metered(uint64 amount) {
        uint256 gasBefore = gasleft();
        _;
        _buy(amount, gasBefore);
    }

    /// @dev Opens the market in a proxy.
    function _openMarket() internal {
        if (params.prevBlockNum == 0) {
            params = ResourceParams({prevBaseFee: 1 gwei, prevBoughtGas: 0, prevBlockNum: uint64(block.number)});
        }
    }

    /// @dev The settings of the market.
    function _resourceConfig() internal view virtual returns (ResourceConfig memory);

    function _buy(uint64 amount, uint256 gasBefore) private {
        ResourceConfig memory config = _resourceConfig();
        ResourceParams memory market = params;
        if (market.prevBlockNum != block.number) {
            market.prevBaseFee = _nextBaseFee(market, config);
            market.prevBoughtGas = 0;
            market.prevBlockNum = uint64(block.number);
        }
        market.prevBoughtGas += amount;
        if (market.prevBoughtGas > config.maxResourceLimit) revert OutOfGas();
        params = market;

        uint256 l1BaseFee = block.basefee > MIN_L1_BASE_FEE ? block.basefee : MIN_L1_BASE_FEE;
        uint256 price = uint256(amount) * market.prevBaseFee / l1BaseFee;
        uint256 spent = gasBefore - gasleft();
        if (price > spent) _burnGas(price - spent);
    }

    /// @dev The price in the first block with a deposit after `market.prevBlockNum`.
    function _nextBaseFee(ResourceParams memory market, ResourceConfig memory config) private view returns (uint128) {
        int256 target = int256(uint256(config.maxResourceLimit / config.elasticityMultiplier));
        int256 denominator = int256(uint256(config.baseFeeMaxChangeDenominator));
        int256 baseFee = int256(uint256(market.prevBaseFee));
        int256 excess = int256(uint256(market.prevBoughtGas)) - target;
        uint256 next = _clamp(baseFee + baseFee * excess / target / denominator, config);

        uint256 emptyBlocks = block.number - market.prevBlockNum - 1;
        if (emptyBlocks > 0) {
            uint256 decay = WAD - WAD / config.baseFeeMaxChangeDenominator;
            next = _clamp(int256(next * FixedPointMathLib.rpow(decay, emptyBlocks, WAD) / WAD), config);
        }
        return uint128(next);
    }

    function _clamp(int256 fee, ResourceConfig memory config) private pure returns (uint256) {
        if (fee < int256(uint256(config.minimumBaseFee))) return config.minimumBaseFee;
        if (fee > int256(uint256(config.maximumBaseFee))) return config.maximumBaseFee;
        return uint256(fee);
    }

    function _burnGas(uint256 amount) private view {
        uint256 start = gasleft();
        // Nothing to do but to count down; an out-of-gas failure here means that the deposit cannot be afforded.
        while (start - gasleft() < amount) {}
    }
}
