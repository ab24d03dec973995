// SPDX-License-Identifier: MIT
pragma solidity ^0.8.22;

/// @title ISystemConfig
/// @notice What the dispute contracts read of the system configuration.
interface ISystemConfig {
    /// @notice Who chooses the game type that counts for games to come.
    function guardian() external view returns (address);
    /// @notice The configuration that chains share.
    function superchainConfig() external view returns (address);
}
