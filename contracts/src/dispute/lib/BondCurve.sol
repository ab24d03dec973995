// SPDX-License-Identifier: MIT
pragma solidity ^0.8.22;

import {FixedPointMathLib} from "solady/utils/FixedPointMathLib.sol";

/// @title BondCurve
/// @notice The bond of a move by its level: the cost of an answer, which grows from `lowGas` at the root to `highGas`
///         at the deepest level by the same factor from level to level (specs, bond-incentives.md, "Bond Scaling").
/// @dev OP Mainnet: 200 gwei, 400,000 gas and 300,000,000 gas, so 0.08 ETH to 60 ETH.
library BondCurve {
    using FixedPointMathLib for uint256;
    using FixedPointMathLib for int256;

    uint256 private constant WAD = 1e18;

    /// @param gasPrice Wei a unit of gas that bonds assume.
    /// @param lowGas Gas of an answer to the root claim.
    /// @param highGas Gas of an answer at the deepest level, at least `lowGas`.
    struct Curve {
        uint256 gasPrice;
        uint256 lowGas;
        uint256 highGas;
    }

    /// @notice Whether the curve rises, or stays, from a positive bond.
    function isValid(Curve memory curve) internal pure returns (bool) {
        return curve.gasPrice > 0 && curve.lowGas > 0 && curve.highGas >= curve.lowGas;
    }

    /// @notice The bond, in wei, of a move at level `depth` of `maxDepth`.
    function bond(Curve memory curve, uint256 depth, uint256 maxDepth) internal pure returns (uint256) {
        // ratio**(depth / maxDepth), as a power of the factor from one level to the next
        int256 lnRatio = int256(curve.highGas.divWad(curve.lowGas)).lnWad();
        int256 factor = int256(uint256(lnRatio).mulWad(WAD.divWad(maxDepth * WAD))).expWad();
        int256 power = factor.powWad(int256(depth * WAD));
        return curve.gasPrice * curve.lowGas.mulWad(uint256(power));
    }
}
