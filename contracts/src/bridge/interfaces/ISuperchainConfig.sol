// SPDX-License-Identifier: MIT
pragma solidity ^0.8.22;

/// @title ISuperchainConfig
/// @notice What chains share.
interface ISuperchainConfig {
    /// @notice Who chooses the game type that counts for games to come.
    function guardian() external view returns (address);
    /// @notice Whether the chain whose portal is `identifier` is paused.
    function paused(address identifier) external view returns (bool);
}
