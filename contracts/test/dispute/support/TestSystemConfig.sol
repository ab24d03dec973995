// SPDX-License-Identifier: MIT
pragma solidity ^0.8.22;

import {ISystemConfig} from "src/dispute/interfaces/ISystemConfig.sol";

/// Names the accounts that a test says.
contract TestSystemConfig is ISystemConfig {
    address public immutable guardian;
    address public immutable superchainConfig;

    constructor(address guardian_, address superchainConfig_) {
        guardian = guardian_;
        superchainConfig = superchainConfig_;
    }
}
