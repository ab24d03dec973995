// SPDX-License-Identifier: MIT
pragma solidity ^0.8.22;

import {DelayedWETH} from "src/dispute/DelayedWETH.sol";
import {DisputeSetup} from "test/dispute/support/DisputeSetup.sol";

contract DelayedWETHTest is DisputeSetup {
    function setUp() public override {
        super.setUp();
        vm.prank(proposer);
        weth.deposit{value: 10 ether}();
    }

    function test_deposit_is_kept_for_the_sender() external {
        assertEq(weth.balanceOf(proposer), 10 ether);
        assertEq(weth.totalSupply(), 10 ether);
        vm.prank(stranger);
        (bool ok,) = address(weth).call{value: 1 ether}("");
        assertTrue(ok);
        assertEq(weth.balanceOf(stranger), 1 ether, "plain transfers count too");
    }

    function test_withdraw_pays_after_the_delay_and_not_a_second_earlier() external {
        vm.startPrank(proposer);
        weth.unlock(stranger, 4 ether);
        skip(WETH_DELAY - 1);
        vm.expectRevert("DelayedWETH: delay not over");
        weth.withdraw(stranger, 4 ether);

        skip(1);
        uint256 before = proposer.balance;
        vm.expectEmit(address(weth));
        emit DelayedWETH.Withdrawal(proposer, 4 ether);
        weth.withdraw(stranger, 4 ether);
        assertEq(proposer.balance, before + 4 ether, "the caller is paid, for the account");
        assertEq(weth.balanceOf(proposer), 6 ether);
        (uint256 left,) = weth.withdrawals(proposer, stranger);
        assertEq(left, 0);
    }

    function test_withdraw_without_account_is_for_the_caller() external {
        vm.startPrank(proposer);
        weth.unlock(proposer, 1 ether);
        skip(WETH_DELAY);
        weth.withdraw(1 ether);
        assertEq(weth.balanceOf(proposer), 9 ether);
    }

    function test_a_second_unlock_adds_up_and_starts_the_delay_again() external {
        vm.startPrank(proposer);
        weth.unlock(stranger, 1 ether);
        skip(WETH_DELAY);
        weth.unlock(stranger, 1 ether);
        (uint256 amount, uint256 since) = weth.withdrawals(proposer, stranger);
        assertEq(amount, 2 ether);
        assertEq(since, block.timestamp);
        vm.expectRevert("DelayedWETH: delay not over");
        weth.withdraw(stranger, 1 ether);
    }

    function test_withdraw_of_more_than_was_unlocked_reverts() external {
        vm.startPrank(proposer);
        weth.unlock(stranger, 1 ether);
        skip(WETH_DELAY);
        vm.expectRevert("DelayedWETH: more than was unlocked");
        weth.withdraw(stranger, 1 ether + 1);
        vm.expectRevert("DelayedWETH: not unlocked");
        weth.withdraw(challenger, 0);
    }

    function test_unlocking_more_than_is_kept_gives_nothing() external {
        vm.startPrank(stranger);
        weth.unlock(stranger, 10 ether);
        skip(WETH_DELAY);
        vm.expectRevert("DelayedWETH: balance too low");
        weth.withdraw(stranger, 10 ether);
    }

    function test_withdraw_to_a_contract_that_refuses_ether_reverts() external {
        vm.startPrank(address(this)); // this test has no receive function
        vm.deal(address(this), 1 ether);
        weth.deposit{value: 1 ether}();
        weth.unlock(address(this), 1 ether);
        skip(WETH_DELAY);
        vm.expectRevert("DelayedWETH: ether refused");
        weth.withdraw(1 ether);
    }

    function test_transfer_moves_balances() external {
        vm.prank(proposer);
        vm.expectEmit(address(weth));
        emit DelayedWETH.Transfer(proposer, stranger, 3 ether);
        assertTrue(weth.transfer(stranger, 3 ether));
        assertEq(weth.balanceOf(stranger), 3 ether);
        vm.prank(stranger);
        vm.expectRevert("DelayedWETH: balance too low");
        weth.transfer(proposer, 3 ether + 1);
    }

    function test_transferFrom_uses_up_the_allowance() external {
        vm.prank(proposer);
        vm.expectEmit(address(weth));
        emit DelayedWETH.Approval(proposer, stranger, 2 ether);
        weth.approve(stranger, 2 ether);
        vm.startPrank(stranger);
        weth.transferFrom(proposer, challenger, 1.5 ether);
        assertEq(weth.allowance(proposer, stranger), 0.5 ether);
        vm.expectRevert("DelayedWETH: allowance too low");
        weth.transferFrom(proposer, challenger, 1 ether);
    }

    function test_an_unlimited_allowance_stays() external {
        vm.prank(proposer);
        weth.approve(stranger, type(uint256).max);
        vm.prank(stranger);
        weth.transferFrom(proposer, stranger, 1 ether);
        assertEq(weth.allowance(proposer, stranger), type(uint256).max);
    }

    function test_describes_itself() external view {
        assertEq(weth.name(), "Wrapped Ether");
        assertEq(weth.symbol(), "WETH");
        assertEq(weth.decimals(), 18);
        assertEq(weth.delay(), WETH_DELAY);
        assertEq(address(weth.systemConfig()), address(systemConfig));
        assertEq(weth.config(), systemConfig.superchainConfig());
    }

    function test_initialize_works_once() external {
        vm.expectRevert("Initializable: already initialized");
        weth.initialize(systemConfig);
    }
}
