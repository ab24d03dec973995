// SPDX-License-Identifier: MIT
pragma solidity ^0.8.22;

/// @title Initializable
/// @notice Lets a contract behind a proxy be set up once.
/// @dev OpenZeppelin 5 announces it as `Initialized(uint64)`; the OP Stack's tools look for the older `uint8`.
abstract contract Initializable {
    /// @dev 0 before initialization, 1 after it, `type(uint8).max` in an implementation: that one is never set up.
    uint8 private initializedVersion;

    /// @notice The contract is set up.
    event Initialized(uint8 version);

    modifier initializer() {
        require(initializedVersion == 0, "Initializable: already initialized");
        initializedVersion = 1;
        _;
        emit Initialized(1);
    }

    /// @dev For the constructor of an implementation, which only lends its code.
    function _disableInitializers() internal {
        initializedVersion = type(uint8).max;
        emit Initialized(type(uint8).max);
    }
}
