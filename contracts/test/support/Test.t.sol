// SPDX-License-Identifier: MIT
pragma solidity ^0.8.22;

import {Test} from "test/support/Test.sol";

contract TestSupportTest is Test {
    error Refused();

    function refuse() external pure {
        revert Refused();
    }

    function check(uint256 left, uint256 right) external pure {
        assertEq(left, right);
    }

    function test_expectRevert_matches_the_error_of_the_next_call() external {
        expectRevert(Refused.selector);
        this.refuse();
    }

    function test_a_failed_assertion_reverts() external {
        vm.expectRevert();
        this.check(1, 2);
        this.check(2, 2);
    }

    function test_bound_stays_in_range(uint256 x, uint256 a, uint256 b) external pure {
        (uint256 low, uint256 high) = a < b ? (a, b) : (b, a);
        uint256 bounded = bound(x, low, high);
        assertGe(bounded, low);
        assertLe(bounded, high);
    }

    function test_named_accounts_are_distinct_and_can_sign() external {
        (address alice, uint256 key) = makeAccount("alice");
        assertNotEq(alice, makeAddr("bob"));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, keccak256("message"));
        assertEq(ecrecover(keccak256("message"), v, r, s), alice);
    }
}
