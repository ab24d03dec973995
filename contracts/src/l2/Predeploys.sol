// SPDX-License-Identifier: MIT
pragma solidity ^0.8.22;

/// @title Predeploys
/// @notice Addresses of L2 contracts that others call (specs, predeploys.md).
library Predeploys {
    address internal constant L2_CROSS_DOMAIN_MESSENGER = 0x4200000000000000000000000000000000000007;
    address internal constant L2_STANDARD_BRIDGE = 0x4200000000000000000000000000000000000010;
    address internal constant L1_BLOCK = 0x4200000000000000000000000000000000000015;
    address payable internal constant L2_TO_L1_MESSAGE_PASSER = payable(0x4200000000000000000000000000000000000016);
}
