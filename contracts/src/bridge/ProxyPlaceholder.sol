// SPDX-License-Identifier: MIT
pragma solidity ^0.8.22;

/// @title ProxyPlaceholder
/// @notice The first implementation of every proxy: contracts that refer to each other need addresses before they can
///         be set up. The proxy's admin replaces it and sets the proxy up in one call, so nobody can come in between.
contract ProxyPlaceholder {
    /// @notice Does nothing; a proxy refuses to be made without a call.
    function reserve() external pure {}
}
