// SPDX-License-Identifier: MIT
pragma solidity ^0.8.22;

import {IResourceMetering} from "src/bridge/interfaces/IResourceMetering.sol";
import {ISuperchainConfig} from "src/bridge/interfaces/ISuperchainConfig.sol";

/// @title ISystemConfig
/// @notice What the portal, the messenger and the bridge read of the chain's settings.
interface ISystemConfig {
    function resourceConfig() external view returns (IResourceMetering.ResourceConfig memory);
    function superchainConfig() external view returns (ISuperchainConfig);
    function guardian() external view returns (address);
    function paused() external view returns (bool);
}
