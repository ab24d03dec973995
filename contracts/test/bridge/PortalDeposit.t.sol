// SPDX-License-Identifier: MIT
pragma solidity ^0.8.22;

import {ISystemConfig} from "src/bridge/interfaces/ISystemConfig.sol";
import {OptimismPortal} from "src/bridge/OptimismPortal.sol";
import {ResourceMetering} from "src/bridge/ResourceMetering.sol";
import {IAnchorStateRegistry} from "src/dispute/interfaces/IAnchorStateRegistry.sol";
import {PortalTest} from "test/bridge/PortalTest.sol";

contract Caller {
    function deposit(OptimismPortal portal) external {
        portal.depositTransaction(address(0xb0b), 0, 100_000, false, "");
    }
}

contract PortalDepositTest is PortalTest {
    uint160 private constant ALIAS = uint160(0x1111000000000000000000000000000000001111);
    uint64 private constant TARGET = 2_000_000;
    uint64 private constant LIMIT = 20_000_000;

    address private alice;

    function setUp() public override {
        super.setUp();
        alice = makeFunded("alice", 100 ether);
        vm.startPrank(alice, alice);
    }

    // ---------------------------------------------------------------------------------------------- the event

    function test_a_deposit_is_announced_with_its_fields_packed() external {
        bytes memory data = hex"c0ffee";
        vm.expectEmit(address(portal));
        emit TransactionDeposited(
            alice, address(0xb0b), 0, abi.encodePacked(uint256(3), uint256(7), uint64(100_000), false, data)
        );
        portal.depositTransaction{value: 3}(address(0xb0b), 7, 100_000, false, data);
        assertEq(address(portal).balance, 3);
    }

    function test_ether_that_is_sent_is_deposited_to_its_sender() external {
        vm.expectEmit(address(portal));
        emit TransactionDeposited(
            alice, alice, 0, abi.encodePacked(uint256(1 ether), uint256(1 ether), uint64(100_000), false)
        );
        (bool sent,) = address(portal).call{value: 1 ether}("");
        assertTrue(sent);
    }

    function test_donated_ether_is_not_deposited() external {
        vm.recordLogs();
        portal.donateETH{value: 1 ether}();
        assertEq(vm.getRecordedLogs().length, 0);
        assertEq(address(portal).balance, 1 ether);
    }

    function test_a_creation_is_announced_as_one() external {
        vm.expectEmit(address(portal));
        emit TransactionDeposited(
            alice, address(0), 0, abi.encodePacked(uint256(0), uint256(0), uint64(100_000), true, hex"00")
        );
        portal.depositTransaction(address(0), 0, 100_000, true, hex"00");
    }

    // ------------------------------------------------------------------------------------------------ aliases

    function test_a_contract_deposits_under_its_alias() external {
        Caller caller = new Caller();
        vm.expectEmit(address(portal));
        address aliased = address(uint160(address(caller)) + ALIAS);
        emit TransactionDeposited(
            aliased, address(0xb0b), 0, abi.encodePacked(uint256(0), uint256(0), uint64(100_000), false)
        );
        caller.deposit(portal);
    }

    function test_the_alias_of_the_highest_addresses_wraps_around() external {
        address high = address(type(uint160).max);
        vm.etch(high, address(new Caller()).code);
        vm.expectEmit(address(portal));
        emit TransactionDeposited(
            address(ALIAS - 1), address(0xb0b), 0, abi.encodePacked(uint256(0), uint256(0), uint64(100_000), false)
        );
        Caller(high).deposit(portal);
    }

    function test_an_account_that_delegates_keeps_its_address() external {
        vm.stopPrank();
        address delegating = makeAddr("delegating");
        vm.etch(delegating, abi.encodePacked(hex"ef0100", address(this)));
        vm.prank(delegating, alice);
        vm.expectEmit(address(portal));
        emit TransactionDeposited(
            delegating, address(0xb0b), 0, abi.encodePacked(uint256(0), uint256(0), uint64(100_000), false)
        );
        portal.depositTransaction(address(0xb0b), 0, 100_000, false, "");
    }

    // ------------------------------------------------------------------------------------------------ refusals

    function test_a_creation_with_a_target_is_refused() external {
        expectRevert(OptimismPortal.OptimismPortal_BadTarget.selector);
        portal.depositTransaction(address(0xb0b), 0, 100_000, true, "");
    }

    function test_less_gas_than_the_data_needs_is_refused() external {
        assertEq(portal.minimumGasLimit(0), 21_000);
        assertEq(portal.minimumGasLimit(100), 25_000);
        portal.depositTransaction(address(0xb0b), 0, 25_000, false, new bytes(100));
        expectRevert(OptimismPortal.OptimismPortal_GasLimitTooLow.selector);
        portal.depositTransaction(address(0xb0b), 0, 24_999, false, new bytes(100));
    }

    function test_more_data_than_can_be_gossiped_is_refused() external {
        portal.depositTransaction(address(0xb0b), 0, 5_000_000, false, new bytes(120_000));
        expectRevert(OptimismPortal.OptimismPortal_CalldataTooLarge.selector);
        portal.depositTransaction(address(0xb0b), 0, 5_000_000, false, new bytes(120_001));
    }

    function test_a_pause_does_not_stop_deposits() external {
        registry.setPaused(true);
        portal.depositTransaction(address(0xb0b), 0, 100_000, false, "");
    }

    // -------------------------------------------------------------------------------------------------- market

    function market() private view returns (uint256 baseFee, uint256 bought, uint256 number) {
        (baseFee, bought, number) = portal.params();
    }

    function buy(uint64 gas_) private {
        portal.depositTransaction(address(0xb0b), 0, gas_, false, "");
    }

    function test_gas_bought_in_one_block_adds_up() external {
        buy(100_000);
        buy(200_000);
        (uint256 baseFee, uint256 bought, uint256 number) = market();
        assertEq(baseFee, 1 gwei);
        assertEq(bought, 300_000);
        assertEq(number, block.number);
    }

    function test_a_block_sells_its_limit_and_no_more() external {
        buy(LIMIT - 21_000);
        buy(21_000);
        expectRevert(ResourceMetering.OutOfGas.selector);
        buy(21_000);
        vm.roll(block.number + 1);
        buy(21_000);
    }

    function test_the_price_rises_after_a_full_block() external {
        buy(LIMIT);
        vm.roll(block.number + 1);
        buy(21_000);
        (uint256 baseFee,,) = market();
        // ten times the target: nine too many, an eighth each
        assertEq(baseFee, 1 gwei + 1 gwei * 9 / 8);
    }

    function test_the_price_stays_at_the_target() external {
        buy(LIMIT);
        vm.roll(block.number + 1);
        buy(TARGET);
        (uint256 before,,) = market();
        vm.roll(block.number + 1);
        buy(21_000);
        (uint256 afterwards,,) = market();
        assertEq(before, afterwards);
    }

    function test_the_price_falls_by_an_eighth_an_empty_block_down_to_the_least() external {
        buy(LIMIT);
        vm.roll(block.number + 1);
        buy(TARGET);
        (uint256 high,,) = market();
        vm.roll(block.number + 3);
        buy(21_000);
        (uint256 lower,,) = market();
        assertEq(lower, high * 49 / 64);

        vm.roll(block.number + 1_000_000);
        buy(21_000);
        (uint256 least,,) = market();
        assertEq(least, 1 gwei);
    }

    function test_gas_costs_l1_gas_at_the_ratio_of_the_prices() external {
        vm.fee(2 gwei);
        uint256 before = gasleft();
        buy(10_000_000);
        uint256 spent = before - gasleft();
        // 10 M at 1 gwei cost 5 M at 2 gwei, including what the deposit itself needs
        assertGe(spent, 5_000_000);
        assertLt(spent, 5_050_000);
    }

    function test_a_low_l1_base_fee_does_not_make_gas_dear() external {
        vm.fee(1);
        uint256 before = gasleft();
        buy(1_000_000);
        assertLt(before - gasleft(), 1_050_000);
    }

    // ------------------------------------------------------------------------------------------------ setting up

    function test_the_portal_is_set_up_once() external {
        vm.expectRevert("Initializable: already initialized");
        portal.initialize(ISystemConfig(address(0)), IAnchorStateRegistry(address(0)), address(0));
    }

    function test_a_lockbox_is_refused() external {
        OptimismPortal fresh = new OptimismPortal(0);
        vm.store(address(fresh), 0, 0);
        expectRevert(OptimismPortal.OptimismPortal_InvalidLockboxState.selector);
        fresh.initialize(ISystemConfig(address(0)), IAnchorStateRegistry(address(0)), address(1));
    }

    function test_getters_pass_on_what_the_parts_say() external view {
        assertEq(portal.l2Sender(), 0x000000000000000000000000000000000000dEaD);
        assertEq(portal.guardian(), address(0x6A));
        assertEq(address(portal.superchainConfig()), address(0x5C));
        assertEq(portal.proofMaturityDelaySeconds(), MATURITY);
        assertEq(portal.disputeGameFinalityDelaySeconds(), 6);
        assertEq(portal.respectedGameTypeUpdatedAt(), 0);
        assertEq(address(portal.disputeGameFactory()), address(registry));
        assertEq(portal.ethLockbox(), address(0));
    }
}
