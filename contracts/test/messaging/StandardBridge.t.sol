// SPDX-License-Identifier: MIT
pragma solidity ^0.8.22;

import {TransparentUpgradeableProxy} from "@openzeppelin/contracts/proxy/transparent/TransparentUpgradeableProxy.sol";
import {ERC20} from "solady/tokens/ERC20.sol";

import {ISystemConfig} from "src/bridge/interfaces/ISystemConfig.sol";
import {Predeploys} from "src/l2/Predeploys.sol";
import {L1StandardBridge} from "src/messaging/L1StandardBridge.sol";
import {L2StandardBridge} from "src/messaging/L2StandardBridge.sol";
import {StandardBridge} from "src/messaging/StandardBridge.sol";
import {ILegacyMintableERC20, IMintableERC20} from "src/messaging/interfaces/IMintableERC20.sol";
import {MessagingTest} from "test/messaging/MessagingTest.sol";

/// A token that is at home on its chain.
contract Coin is ERC20 {
    function name() public pure override returns (string memory) {
        return "Coin";
    }

    function symbol() public pure override returns (string memory) {
        return "C";
    }

    function give(address to, uint256 amount) external {
        _mint(to, amount);
    }
}

/// A token that stands for one on the other chain, in the older or the newer form.
contract Mintable is Coin {
    address private immutable REMOTE;
    address private immutable BRIDGE;
    bytes4 private immutable FORM;

    constructor(address remote, address bridge_, bytes4 form) {
        (REMOTE, BRIDGE, FORM) = (remote, bridge_, form);
    }

    function l1Token() external view returns (address) {
        return REMOTE;
    }

    function remoteToken() external view returns (address) {
        return REMOTE;
    }

    function mint(address to, uint256 amount) external {
        require(msg.sender == BRIDGE, "Mintable: not the bridge");
        _mint(to, amount);
    }

    function burn(address from, uint256 amount) external {
        require(msg.sender == BRIDGE, "Mintable: not the bridge");
        _burn(from, amount);
    }

    function supportsInterface(bytes4 id) external view returns (bool) {
        return id == 0x01ffc9a7 || id == FORM;
    }
}

contract StandardBridgeTest is MessagingTest {
    address private constant ALICE = address(0xA11CE);
    address private constant BOB = address(0xB0B);
    uint32 private constant GAS = 200_000;

    L1StandardBridge private bridge1;
    L2StandardBridge private bridge2 = L2StandardBridge(payable(Predeploys.L2_STANDARD_BRIDGE));

    event ETHBridgeInitiated(address indexed from, address indexed to, uint256 amount, bytes extraData);
    event ETHDepositInitiated(address indexed from, address indexed to, uint256 amount, bytes extraData);

    function setUp() public override {
        super.setUp();
        bytes memory setup = abi.encodeCall(L1StandardBridge.initialize, (l1, ISystemConfig(address(config))));
        bridge1 = L1StandardBridge(
            payable(new TransparentUpgradeableProxy(address(new L1StandardBridge()), address(1), setup))
        );
        vm.etch(address(bridge2), address(new L2StandardBridge()).code);
        bridge2.initialize(bridge1);
        vm.deal(ALICE, 10 ether);
    }

    /// The message of a bridge, as the messenger on the other chain relays it.
    function message(StandardBridge from, StandardBridge to, uint256 number, uint256 value, bytes memory data)
        private
        view
        returns (bytes memory)
    {
        return abi.encodeCall(l1.relayMessage, (nonceOf(number), address(from), address(to), value, GAS, data));
    }

    function test_ether_goes_to_l2_and_back() external {
        vm.expectEmit(address(bridge1));
        emit ETHDepositInitiated(ALICE, BOB, 3 ether, "x");
        vm.expectEmit(address(bridge1));
        emit ETHBridgeInitiated(ALICE, BOB, 3 ether, "x");
        vm.prank(ALICE);
        bridge1.bridgeETHTo{value: 3 ether}(BOB, GAS, "x");
        assertEq(address(portal).balance, 3 ether);

        bytes memory pay = abi.encodeCall(bridge1.finalizeBridgeETH, (ALICE, BOB, 3 ether, "x"));
        assertTrue(arriveOnL2(3 ether, message(bridge1, bridge2, 0, 3 ether, pay)));
        assertEq(BOB.balance, 3 ether);

        vm.prank(BOB);
        bridge2.withdrawTo{value: 1 ether}(0xDeadDeAddeAddEAddeadDEaDDEAdDeaDDeAD0000, ALICE, 1 ether, GAS, "");
        pay = abi.encodeCall(bridge1.finalizeBridgeETH, (BOB, ALICE, 1 ether, ""));
        assertTrue(arriveOnL1(1 ether, message(bridge2, bridge1, 0, 1 ether, pay)));
        assertEq(ALICE.balance, 8 ether);
        assertTrue(l1.successfulMessages(keccak256(message(bridge2, bridge1, 0, 1 ether, pay))));
    }

    function test_ether_that_is_simply_sent_goes_to_the_sender() external {
        vm.prank(ALICE);
        (bool success,) = address(bridge1).call{value: 1 ether}("");
        assertTrue(success);
        assertEq(address(portal).balance, 1 ether);
        vm.prank(ALICE);
        (success,) = address(bridge2).call{value: 1 ether}("");
        assertTrue(success);
        assertEq(Predeploys.L2_TO_L1_MESSAGE_PASSER.balance, 1 ether);
    }

    function checkTokens(bytes4 form) private {
        Coin coin = new Coin();
        Mintable mintable = new Mintable(address(coin), address(bridge2), form);
        coin.give(ALICE, 100);
        vm.startPrank(ALICE);
        coin.approve(address(bridge1), 100);
        bridge1.bridgeERC20(address(coin), address(mintable), 60, GAS, "");
        vm.stopPrank();
        assertEq(bridge1.deposits(address(coin), address(mintable)), 60);
        assertEq(coin.balanceOf(address(bridge1)), 60);

        bytes memory pay =
            abi.encodeCall(bridge1.finalizeBridgeERC20, (address(mintable), address(coin), ALICE, ALICE, 60, ""));
        assertTrue(arriveOnL2(0, message(bridge1, bridge2, 0, 0, pay)));
        assertEq(mintable.balanceOf(ALICE), 60);

        vm.prank(ALICE);
        bridge2.withdraw(address(mintable), 20, GAS, "");
        assertEq(mintable.totalSupply(), 40);
        pay = abi.encodeCall(bridge1.finalizeBridgeERC20, (address(coin), address(mintable), ALICE, ALICE, 20, ""));
        assertTrue(arriveOnL1(0, message(bridge2, bridge1, 0, 0, pay)));
        assertEq(coin.balanceOf(ALICE), 60);
        assertEq(bridge1.deposits(address(coin), address(mintable)), 40);
    }

    function test_tokens_go_to_l2_and_back() external {
        checkTokens(type(IMintableERC20).interfaceId);
    }

    function test_tokens_of_the_older_form_go_to_l2_and_back() external {
        checkTokens(type(ILegacyMintableERC20).interfaceId);
    }

    /// Deployed tokens answer to these.
    function test_interface_ids_are_those_of_deployed_tokens() external pure {
        assertEq(bytes32(type(IMintableERC20).interfaceId), bytes32(bytes4(0xec4fc8e3)));
        assertEq(bytes32(type(ILegacyMintableERC20).interfaceId), bytes32(bytes4(0x1d1d8b63)));
    }

    function test_a_token_that_stands_for_another_one_is_refused() external {
        Mintable mintable = new Mintable(address(1), address(bridge2), type(IMintableERC20).interfaceId);
        vm.prank(ALICE);
        vm.expectRevert("StandardBridge: token stands for another one");
        bridge2.bridgeERC20(address(mintable), address(2), 1, GAS, "");
        bytes memory pay =
            abi.encodeCall(bridge2.finalizeBridgeERC20, (address(mintable), address(2), ALICE, ALICE, 1, ""));
        bytes memory relay = message(bridge1, bridge2, 0, 0, pay);
        assertTrue(arriveOnL2(0, relay));
        assertTrue(l2.failedMessages(keccak256(relay)));
    }

    function test_no_more_of_a_token_leaves_than_came() external {
        Coin coin = new Coin();
        coin.give(address(bridge1), 100);
        bytes memory pay = abi.encodeCall(bridge1.finalizeBridgeERC20, (address(coin), address(7), ALICE, ALICE, 1, ""));
        bytes memory relay = message(bridge2, bridge1, 0, 0, pay);
        assertTrue(arriveOnL1(0, relay));
        assertTrue(l1.failedMessages(keccak256(relay)));
        assertEq(coin.balanceOf(ALICE), 0);
    }

    function test_nobody_but_the_other_bridge_finalizes() external {
        vm.expectRevert("StandardBridge: caller is not the other bridge");
        bridge2.finalizeBridgeETH(ALICE, ALICE, 0, "");
        bytes memory pay = abi.encodeCall(bridge2.finalizeBridgeETH, (ALICE, ALICE, 1 ether, ""));
        bytes memory relay = abi.encodeCall(l1.relayMessage, (nonceOf(0), ALICE, address(bridge2), 1 ether, GAS, pay));
        assertTrue(arriveOnL2(1 ether, relay));
        assertTrue(l2.failedMessages(keccak256(relay)));
    }

    function test_a_contract_must_name_its_recipient() external {
        vm.expectRevert("StandardBridge: caller is a contract");
        bridge1.bridgeETH{value: 1}(GAS, "");
        vm.expectRevert("StandardBridge: caller is a contract");
        bridge1.depositETH{value: 1}(GAS, "");
    }

    function test_no_ether_is_refused() external {
        vm.prank(ALICE);
        vm.expectRevert("StandardBridge: no ether");
        bridge1.bridgeETH(GAS, "");
    }

    function test_what_arrives_on_l1_waits_while_the_chain_is_paused() external {
        config.setPaused(true);
        assertTrue(bridge1.paused());
        assertFalse(bridge2.paused());
    }

    /// Tools, and upgrades from the OP Stack's contracts, look at these slots.
    function test_storage_is_where_the_op_stack_has_it() external view {
        assertEq(vm.load(address(bridge2), bytes32(uint256(0))), bytes32(uint256(1)));
        assertEq(vm.load(address(bridge2), bytes32(uint256(3))), bytes32(uint256(uint160(address(l2)))));
        assertEq(vm.load(address(bridge2), bytes32(uint256(4))), bytes32(uint256(uint160(address(bridge1)))));
        assertEq(vm.load(address(bridge1), bytes32(uint256(50))), bytes32(uint256(uint160(address(config)))));
    }
}
