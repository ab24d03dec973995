// SPDX-License-Identifier: MIT
pragma solidity ^0.8.22;

/// @title IDelayedWETH
/// @notice What games use of the bond vault.
interface IDelayedWETH {
    /// @notice Keeps the value for the caller.
    function deposit() external payable;
    /// @notice Announces that `amount` of the caller's will be withdrawn for `account`.
    function unlock(address account, uint256 amount) external;
    /// @notice Pays the caller `amount` that was announced for `account` at least `delay` ago.
    function withdraw(address account, uint256 amount) external;
    /// @notice Seconds between announcing and paying.
    function delay() external view returns (uint256);
}
