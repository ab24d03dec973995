// SPDX-License-Identifier: MIT
pragma solidity ^0.8.22;

import {BondCurve} from "src/dispute/lib/BondCurve.sol";
import {Test} from "test/support/Test.sol";

contract BondCurveTest is Test {
    uint256 private constant DEPTH = 73;

    function mainnet() private pure returns (BondCurve.Curve memory) {
        return BondCurve.Curve({gasPrice: 200 gwei, lowGas: 400_000, highGas: 300_000_000});
    }

    /// Equal but for the rounding to whole units of gas.
    function near(uint256 actual, uint256 expected) private pure {
        assertLe(actual > expected ? actual - expected : expected - actual, expected / 100_000);
    }

    function test_the_curve_goes_from_low_to_high() external pure {
        assertEq(BondCurve.bond(mainnet(), 0, DEPTH), 0.08 ether);
        near(BondCurve.bond(mainnet(), DEPTH, DEPTH), 60 ether);
    }

    /// 0.08 ETH * 750**(depth/73), computed elsewhere.
    function test_the_curve_is_the_specs() external pure {
        near(BondCurve.bond(mainnet(), 1, DEPTH), 0.087_594_005_830_608_6 ether);
        near(BondCurve.bond(mainnet(), 30, DEPTH), 1.215_127_957_148_344_2 ether);
        near(BondCurve.bond(mainnet(), 31, DEPTH), 1.330_474_067_042_345_2 ether);
    }

    function test_what_it_takes_to_counter_once_at_every_level() external pure {
        uint256 sum;
        for (uint256 depth = 0; depth <= DEPTH; depth++) {
            sum += BondCurve.bond(mainnet(), depth, DEPTH);
        }
        assertGt(sum, 690 ether);
        assertLt(sum, 692 ether);
    }

    function test_bonds_rise_by_the_same_factor(uint256 depth) external pure {
        depth = bound(depth, 1, DEPTH - 1);
        uint256 before = BondCurve.bond(mainnet(), depth - 1, DEPTH);
        uint256 here = BondCurve.bond(mainnet(), depth, DEPTH);
        uint256 after_ = BondCurve.bond(mainnet(), depth + 1, DEPTH);
        near(here * here / before, after_);
    }

    function test_a_flat_curve_has_one_bond(uint256 depth) external pure {
        BondCurve.Curve memory flat = BondCurve.Curve({gasPrice: 7, lowGas: 1000, highGas: 1000});
        assertEq(BondCurve.bond(flat, bound(depth, 0, DEPTH), DEPTH), 7000);
    }
}
