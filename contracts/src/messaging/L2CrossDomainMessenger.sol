// SPDX-License-Identifier: MIT
pragma solidity ^0.8.22;

import {AddressAlias} from "src/bridge/lib/AddressAlias.sol";
import {L2ToL1MessagePasser} from "src/l2/L2ToL1MessagePasser.sol";
import {Predeploys} from "src/l2/Predeploys.sol";
import {CrossDomainMessenger} from "src/messaging/CrossDomainMessenger.sol";

/// @title L2CrossDomainMessenger
/// @notice The messenger on L2: a message goes out as a withdrawal, and comes in as a deposit. A predeploy.
contract L2CrossDomainMessenger is CrossDomainMessenger {
    constructor() {
        _disableInitializers();
    }

    /// @notice Sets the proxy up. Genesis does the same.
    function initialize(address l1CrossDomainMessenger_) external initializer {
        _setUp(l1CrossDomainMessenger_);
    }

    /// @notice The messenger on L1.
    function l1CrossDomainMessenger() external view returns (address) {
        return otherMessenger;
    }

    /// @notice The generation of contracts whose interface this is.
    function version() external pure returns (string memory) {
        return "2.2.0";
    }

    /// @inheritdoc CrossDomainMessenger
    function paused() public pure override returns (bool) {
        return false;
    }

    function _send(address to, uint64 gasLimit, bytes memory data) internal override {
        L2ToL1MessagePasser(Predeploys.L2_TO_L1_MESSAGE_PASSER).initiateWithdrawal{value: msg.value}(to, gasLimit, data);
    }

    function _isOtherMessenger() internal view override returns (bool) {
        return AddressAlias.toL1(msg.sender) == otherMessenger;
    }

    function _isUnsafeTarget(address target) internal view override returns (bool) {
        return target == address(this) || target == Predeploys.L2_TO_L1_MESSAGE_PASSER;
    }
}
