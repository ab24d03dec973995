// SPDX-License-Identifier: MIT
pragma solidity ^0.8.22;

import {OptimismPortal} from "src/bridge/OptimismPortal.sol";
import {ISystemConfig} from "src/bridge/interfaces/ISystemConfig.sol";
import {Predeploys} from "src/l2/Predeploys.sol";
import {CrossDomainMessenger} from "src/messaging/CrossDomainMessenger.sol";

/// @title L1CrossDomainMessenger
/// @notice The messenger on L1: a message goes out as a deposit, and comes in as a withdrawal. Behind a proxy.
contract L1CrossDomainMessenger is CrossDomainMessenger {
    /// @notice The chain's settings.
    ISystemConfig public systemConfig;
    /// @notice Where deposits go in and withdrawals come out.
    OptimismPortal public portal;

    constructor() {
        _disableInitializers();
    }

    /// @notice Sets the proxy up.
    function initialize(ISystemConfig systemConfig_, OptimismPortal portal_) external initializer {
        systemConfig = systemConfig_;
        portal = portal_;
        _setUp(Predeploys.L2_CROSS_DOMAIN_MESSENGER);
    }

    /// @notice The portal, under the name that older tools use.
    function PORTAL() external view returns (OptimismPortal) {
        return portal;
    }

    /// @notice The generation of contracts whose interface this is.
    function version() external pure returns (string memory) {
        return "3.0.0";
    }

    /// @inheritdoc CrossDomainMessenger
    function paused() public view override returns (bool) {
        return systemConfig.paused();
    }

    function _send(address to, uint64 gasLimit, bytes memory data) internal override {
        portal.depositTransaction{value: msg.value}(to, msg.value, gasLimit, false, data);
    }

    function _isOtherMessenger() internal view override returns (bool) {
        return msg.sender == address(portal) && portal.l2Sender() == otherMessenger;
    }

    function _isUnsafeTarget(address target) internal view override returns (bool) {
        return target == address(this) || target == address(portal);
    }
}
