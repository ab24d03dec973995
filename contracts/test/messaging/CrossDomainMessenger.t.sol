// SPDX-License-Identifier: MIT
pragma solidity ^0.8.22;

import {L2ToL1MessagePasser} from "src/l2/L2ToL1MessagePasser.sol";
import {Predeploys} from "src/l2/Predeploys.sol";
import {Withdrawal, WithdrawalTransaction} from "src/bridge/lib/Withdrawal.sol";
import {MessagingTest, Target} from "test/messaging/MessagingTest.sol";

contract CrossDomainMessengerTest is MessagingTest {
    address private constant ALICE = address(0xA11CE);
    uint32 private constant GAS = 100_000;

    Target private onL1;
    Target private onL2;

    function setUp() public override {
        super.setUp();
        onL1 = new Target(l1);
        onL2 = new Target(l2);
    }

    function ping() private pure returns (bytes memory) {
        return abi.encodeCall(Target.ping, ());
    }

    function relay(uint256 number, Target target, uint256 value) private view returns (bytes memory) {
        return abi.encodeCall(l1.relayMessage, (nonceOf(number), ALICE, address(target), value, GAS, ping()));
    }

    function test_a_message_of_l1_goes_out_as_a_deposit() external {
        vm.deal(ALICE, 1 ether);
        vm.expectCall(
            address(portal),
            1 ether,
            abi.encodeCall(
                portal.depositTransaction,
                (address(l2), 1 ether, l1.baseGas(ping(), GAS), false, relay(0, onL2, 1 ether))
            )
        );
        vm.expectEmit(address(l1));
        emit SentMessage(address(onL2), ALICE, ping(), nonceOf(0), GAS);
        vm.expectEmit(address(l1));
        emit SentMessageExtension1(ALICE, 1 ether);
        vm.prank(ALICE);
        l1.sendMessage{value: 1 ether}(address(onL2), ping(), GAS);
        assertEq(l1.messageNonce(), nonceOf(1));
    }

    function test_a_message_of_l2_goes_out_as_a_withdrawal() external {
        vm.deal(ALICE, 1 ether);
        vm.prank(ALICE);
        l2.sendMessage{value: 1 ether}(address(onL1), ping(), GAS);
        bytes32 hash = Withdrawal.hash(
            WithdrawalTransaction({
                nonce: nonceOf(0),
                sender: address(l2),
                target: address(l1),
                value: 1 ether,
                gasLimit: l2.baseGas(ping(), GAS),
                data: relay(0, onL1, 1 ether)
            })
        );
        assertTrue(L2ToL1MessagePasser(Predeploys.L2_TO_L1_MESSAGE_PASSER).sentMessages(hash));
    }

    function test_a_message_is_relayed_once_with_its_value_and_sender() external {
        bytes memory message = relay(0, onL2, 1 ether);
        vm.expectEmit(address(l2));
        emit RelayedMessage(keccak256(message));
        assertTrue(arriveOnL2(1 ether, message));
        assertEq(onL2.sender(), ALICE);
        assertEq(address(onL2).balance, 1 ether);
        assertTrue(l2.successfulMessages(keccak256(message)));
        assertFalse(arriveOnL2(1 ether, message));

        message = relay(0, onL1, 2 ether);
        assertTrue(arriveOnL1(2 ether, message));
        assertEq(onL1.sender(), ALICE);
        assertFalse(arriveOnL1(2 ether, message));
    }

    function test_a_message_whose_call_failed_can_be_tried_again_by_anyone() external {
        onL2.setRefuses(true);
        bytes memory message = relay(3, onL2, 1 ether);
        assertTrue(arriveOnL2(1 ether, message));
        assertTrue(l2.failedMessages(keccak256(message)));
        assertEq(address(l2).balance, 1 ether);

        onL2.setRefuses(false);
        l2.relayMessage(nonceOf(3), ALICE, address(onL2), 1 ether, GAS, ping());
        assertEq(onL2.sender(), ALICE);
        assertEq(address(onL2).balance, 1 ether);
        vm.expectRevert("CrossDomainMessenger: message was relayed before");
        l2.relayMessage(nonceOf(3), ALICE, address(onL2), 1 ether, GAS, ping());
    }

    function test_a_message_that_failed_can_not_arrive_again_from_the_other_chain() external {
        onL2.setRefuses(true);
        bytes memory message = relay(3, onL2, 0);
        assertTrue(arriveOnL2(0, message));
        assertFalse(arriveOnL2(0, message));
    }

    function test_nobody_but_the_other_messenger_brings_a_message() external {
        vm.expectRevert("CrossDomainMessenger: not a message that failed");
        l2.relayMessage(nonceOf(0), ALICE, address(onL2), 0, GAS, ping());
        vm.expectRevert("CrossDomainMessenger: not a message that failed");
        l1.relayMessage(nonceOf(0), ALICE, address(onL1), 0, GAS, ping());
        // The portal calls in the name of others as well.
        vm.prank(address(portal));
        vm.expectRevert("CrossDomainMessenger: not a message that failed");
        l1.relayMessage(nonceOf(0), ALICE, address(onL1), 0, GAS, ping());
    }

    function test_ether_with_a_second_try_reverts() external {
        vm.expectRevert("CrossDomainMessenger: the value is here already");
        l2.relayMessage{value: 1}(nonceOf(0), ALICE, address(onL2), 1, GAS, ping());
    }

    function test_a_value_that_is_not_the_message_s_reverts() external {
        assertFalse(arriveOnL2(1, relay(0, onL2, 2)));
    }

    function test_an_unknown_version_reverts() external {
        bytes memory message =
            abi.encodeCall(l2.relayMessage, (uint256(2) << 240, ALICE, address(onL2), 0, GAS, ping()));
        assertFalse(arriveOnL2(0, message));
        message = abi.encodeCall(l2.relayMessage, (0, ALICE, address(onL2), 0, GAS, ping()));
        assertFalse(arriveOnL2(0, message));
    }

    function test_a_message_may_not_speak_for_the_bridge_itself() external {
        assertFalse(arriveOnL2(0, relay(0, Target(address(l2)), 0)));
        assertFalse(arriveOnL2(0, relay(0, Target(Predeploys.L2_TO_L1_MESSAGE_PASSER), 0)));
        assertFalse(arriveOnL1(0, relay(0, Target(address(l1)), 0)));
        assertFalse(arriveOnL1(0, relay(0, Target(address(portal)), 0)));
    }

    function test_a_message_with_too_little_gas_is_kept() external {
        bytes memory message = abi.encodeCall(l2.relayMessage, (nonceOf(0), ALICE, address(onL2), 0, 5_000_000, ping()));
        vm.prank(address(uint160(address(l1)) + uint160(0x1111000000000000000000000000000000001111)));
        (bool success,) = address(l2).call{gas: 5_000_000}(message);
        assertTrue(success);
        assertTrue(l2.failedMessages(keccak256(message)));
        assertEq(onL2.gasGiven(), 0);
    }

    function test_a_message_within_a_message_is_kept() external {
        onL2.setRefuses(true);
        bytes memory inner = relay(1, onL2, 0);
        assertTrue(arriveOnL2(0, inner));
        onL2.setRefuses(false);
        onL2.setOnCall(inner);
        assertTrue(arriveOnL2(0, relay(2, onL2, 0)));
        assertTrue(l2.successfulMessages(keccak256(relay(2, onL2, 0))));
        assertFalse(l2.successfulMessages(keccak256(inner)));
    }

    function test_the_sender_is_known_only_while_a_message_runs() external {
        vm.expectRevert("CrossDomainMessenger: no message is running");
        l2.xDomainMessageSender();
    }

    function test_messages_to_l1_wait_while_the_chain_is_paused() external {
        config.setPaused(true);
        assertTrue(l1.paused());
        assertFalse(arriveOnL1(0, relay(0, onL1, 0)));
        config.setPaused(false);
        assertTrue(arriveOnL1(0, relay(0, onL1, 0)));
    }

    /// What `sendMessage` asks for is enough for the target to get what it was promised.
    function test_the_base_gas_is_enough(bytes calldata message, uint32 minGasLimit) external {
        minGasLimit = uint32(bound(minGasLimit, 0, 10_000_000));
        bytes memory data = abi.encodeCall(
            l2.relayMessage,
            (nonceOf(0), ALICE, address(onL2), 0, minGasLimit, abi.encodePacked(Target.ping.selector, message))
        );
        uint64 given = l2.baseGas(message, minGasLimit);
        uint256 calldataGas = data.length * 16;
        vm.prank(address(uint160(address(l1)) + uint160(0x1111000000000000000000000000000000001111)));
        (bool success,) = address(l2).call{gas: given - 21_000 - calldataGas}(data);
        assertTrue(success);
        assertGe(onL2.gasGiven() + 1000, minGasLimit);
    }

    /// Tools, and upgrades from the OP Stack's contracts, look at these slots.
    function test_storage_is_where_the_op_stack_has_it() external {
        assertEq(vm.load(address(l2), bytes32(uint256(0))), bytes32(uint256(1) << 160));
        assertEq(vm.load(address(l2), bytes32(uint256(204))), bytes32(uint256(0xdEaD)));
        assertEq(vm.load(address(l2), bytes32(uint256(207))), bytes32(uint256(uint160(address(l1)))));
        assertEq(vm.load(address(l1), bytes32(uint256(251))), bytes32(uint256(uint160(address(config)))));
        assertEq(vm.load(address(l1), bytes32(uint256(252))), bytes32(uint256(uint160(address(portal)))));
        l1.sendMessage(ALICE, "", 0);
        assertEq(vm.load(address(l1), bytes32(uint256(205))), bytes32(uint256(1)));
        bytes memory message = relay(0, onL2, 0);
        assertTrue(arriveOnL2(0, message));
        bytes32 slot = keccak256(abi.encode(keccak256(message), uint256(203)));
        assertEq(vm.load(address(l2), slot), bytes32(uint256(1)));
    }

    function test_a_messenger_is_set_up_once() external {
        vm.expectRevert("Initializable: already initialized");
        l2.initialize(address(1));
    }
}
