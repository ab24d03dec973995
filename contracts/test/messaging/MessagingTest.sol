// SPDX-License-Identifier: MIT
pragma solidity ^0.8.22;

import {TransparentUpgradeableProxy} from "@openzeppelin/contracts/proxy/transparent/TransparentUpgradeableProxy.sol";

import {AddressAlias} from "src/bridge/lib/AddressAlias.sol";
import {ISystemConfig} from "src/bridge/interfaces/ISystemConfig.sol";
import {L2ToL1MessagePasser} from "src/l2/L2ToL1MessagePasser.sol";
import {Predeploys} from "src/l2/Predeploys.sol";
import {CrossDomainMessenger} from "src/messaging/CrossDomainMessenger.sol";
import {L1CrossDomainMessenger} from "src/messaging/L1CrossDomainMessenger.sol";
import {L2CrossDomainMessenger} from "src/messaging/L2CrossDomainMessenger.sol";
import {MockSystemConfig} from "test/bridge/Mocks.sol";
import {PortalTest} from "test/bridge/PortalTest.sol";

/// Both messengers in one chain: that of L1 with a real portal, that of L2 at its predeploy.
abstract contract MessagingTest is PortalTest {
    MockSystemConfig internal config = new MockSystemConfig();
    L1CrossDomainMessenger internal l1;
    L2CrossDomainMessenger internal l2 = L2CrossDomainMessenger(Predeploys.L2_CROSS_DOMAIN_MESSENGER);

    event SentMessage(address indexed target, address sender, bytes message, uint256 messageNonce, uint256 gasLimit);
    event SentMessageExtension1(address indexed sender, uint256 value);
    event RelayedMessage(bytes32 indexed msgHash);
    event FailedRelayedMessage(bytes32 indexed msgHash);

    function setUp() public virtual override {
        super.setUp();
        bytes memory setup = abi.encodeCall(L1CrossDomainMessenger.initialize, (ISystemConfig(address(config)), portal));
        l1 = L1CrossDomainMessenger(
            address(new TransparentUpgradeableProxy(address(new L1CrossDomainMessenger()), address(1), setup))
        );
        vm.etch(Predeploys.L2_TO_L1_MESSAGE_PASSER, address(new L2ToL1MessagePasser()).code);
        vm.etch(address(l2), address(new L2CrossDomainMessenger()).code);
        l2.initialize(address(l1));
    }

    /// Lets a message of L1 arrive on L2, as a deposit does.
    function arriveOnL2(uint256 value, bytes memory relay) internal returns (bool success) {
        address sender = AddressAlias.toL2(address(l1));
        vm.deal(sender, value);
        vm.prank(sender);
        (success,) = address(l2).call{value: value}(relay);
    }

    /// Lets a message of L2 arrive on L1, as the portal does when a withdrawal is finalized.
    function arriveOnL1(uint256 value, bytes memory relay) internal returns (bool success) {
        vm.mockCall(address(portal), abi.encodeCall(portal.l2Sender, ()), abi.encode(address(l2)));
        vm.deal(address(portal), value);
        vm.prank(address(portal));
        (success,) = address(l1).call{value: value}(relay);
        vm.clearMockedCalls();
    }

    function nonceOf(uint256 number) internal pure returns (uint256) {
        return uint256(1) << 240 | number;
    }
}

/// Remembers who called, or refuses.
contract Target {
    CrossDomainMessenger private immutable MESSENGER;

    address public sender;
    uint256 public gasGiven;
    bool public refuses;
    bytes private onCall;

    constructor(CrossDomainMessenger messenger) {
        MESSENGER = messenger;
    }

    function setRefuses(bool refuses_) external {
        refuses = refuses_;
    }

    /// What to tell the messenger while it calls.
    function setOnCall(bytes memory data) external {
        onCall = data;
    }

    function ping() external payable {
        gasGiven = gasleft();
        require(!refuses, "Target: refused");
        sender = MESSENGER.xDomainMessageSender();
        if (onCall.length > 0) {
            (bool success,) = address(MESSENGER).call(onCall);
            require(success, "Target: messenger refused");
        }
    }
}
