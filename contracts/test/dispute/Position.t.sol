// SPDX-License-Identifier: MIT
pragma solidity ^0.8.22;

import {ClaimAboveSplit} from "src/dispute/lib/Errors.sol";
import {LibPosition, Position} from "src/dispute/lib/Position.sol";
import {Test} from "test/support/Test.sol";

contract PositionTest is Test {
    function at(uint256 depth, uint256 index) private pure returns (Position) {
        return Position.wrap(uint128((uint256(1) << depth) + index));
    }

    function fuzzed(uint256 depth, uint256 index, uint256 minDepth) private pure returns (Position) {
        depth = bound(depth, minDepth, LibPosition.MAX_DEPTH);
        return at(depth, bound(index, 0, (uint256(1) << depth) - 1));
    }

    function test_depth_and_index_make_the_position(uint256 depth, uint256 index) external pure {
        Position p = fuzzed(depth, index, 0);
        assertEq((uint256(1) << p.depth()) + p.indexAtDepth(), Position.unwrap(p));
        assertLe(p.depth(), LibPosition.MAX_DEPTH);
    }

    function test_moves_lead_one_level_down(uint256 depth, uint256 index) external pure {
        Position p = fuzzed(depth, index, 0);
        vm.assume(p.depth() < LibPosition.MAX_DEPTH);
        assertEq(p.move(true).depth(), p.depth() + 1);
        assertTrue(p.move(true).parent() == p, "an attack is a left child");
        if (p.indexAtDepth() + 1 < uint256(1) << p.depth()) {
            assertEq(p.move(false).depth(), p.depth() + 1);
        }
    }

    function test_a_defense_attacks_the_right_neighbour_of_a_left_child() external pure {
        assertEq(Position.unwrap(Position.wrap(4).move(false)), Position.unwrap(Position.wrap(5).move(true)));
    }

    function test_trace_index_is_the_last_leaf_below(uint256 depth, uint256 index, uint256 below) external pure {
        Position p = fuzzed(depth, index, 0);
        below = bound(below, 0, LibPosition.MAX_DEPTH - p.depth());
        Position leaf = p;
        for (uint256 i = 0; i < below; i++) {
            leaf = Position.wrap((Position.unwrap(leaf) << 1) | 1);
        }
        assertEq(p.traceIndex(p.depth() + below), leaf.indexAtDepth());
    }

    function test_the_trace_ancestor_is_the_highest_with_the_same_trace(uint256 depth, uint256 index) external pure {
        Position p = fuzzed(depth, index, 0);
        Position ancestor = p.traceAncestor();
        uint256 leaves = LibPosition.MAX_DEPTH;
        assertEq(ancestor.traceIndex(leaves), p.traceIndex(leaves), "same trace");
        if (ancestor.depth() > 0) {
            assertNotEq(ancestor.parent().traceIndex(leaves), p.traceIndex(leaves));
        }
    }

    function test_the_trace_ancestor_below_stays_below(uint256 depth, uint256 index, uint256 above) external pure {
        Position p = fuzzed(depth, index, 1);
        above = bound(above, 0, p.depth() - 1);
        Position ancestor = p.traceAncestorBelow(above);
        uint256 leaves = LibPosition.MAX_DEPTH;
        assertGt(ancestor.depth(), above);
        if (p.traceAncestor().depth() > above) {
            assertTrue(ancestor == p.traceAncestor(), "no bound reached");
        } else {
            assertEq(ancestor.depth(), above + 1, "right below the bound");
            assertEq(ancestor.traceIndex(leaves), p.traceIndex(leaves));
        }
    }

    function above_(Position p, uint256 above) external pure returns (Position) {
        return p.traceAncestorBelow(above);
    }

    function test_a_position_above_the_bound_has_no_ancestor_below_it() external {
        expectRevert(ClaimAboveSplit.selector);
        this.above_(at(4, 3), 4);
        this.above_(at(5, 3), 4);
    }

    function test_neighbours() external pure {
        assertEq(Position.unwrap(at(3, 2).next()), Position.unwrap(at(3, 3)));
        assertEq(Position.unwrap(at(3, 2).previous()), Position.unwrap(at(3, 1)));
    }
}
