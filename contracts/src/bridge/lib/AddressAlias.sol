// SPDX-License-Identifier: MIT
pragma solidity ^0.8.22;

/// @title AddressAlias
/// @notice How a contract on L1 appears on L2 (specs, deposits.md, Address Aliasing).
library AddressAlias {
    uint160 private constant OFFSET = uint160(0x1111000000000000000000000000000000001111);
    /// @dev The code of an account that delegates (EIP-7702) is these three bytes and an address.
    bytes3 private constant DELEGATION = 0xef0100;
    uint256 private constant DELEGATION_LENGTH = 23;

    /// @notice The address on L2 of the contract `account` on L1.
    function toL2(address account) internal pure returns (address) {
        unchecked {
            return address(uint160(account) + OFFSET);
        }
    }

    /// @notice The contract on L1 that appears as `account` on L2.
    function toL1(address account) internal pure returns (address) {
        unchecked {
            return address(uint160(account) - OFFSET);
        }
    }

    /// @notice The caller's address on L2: an account with a key keeps its address, also when it delegates.
    function senderOnL2() internal view returns (address) {
        if (msg.sender == tx.origin || _delegates(msg.sender)) return msg.sender;
        return toL2(msg.sender);
    }

    function _delegates(address account) private view returns (bool) {
        return account.code.length == DELEGATION_LENGTH && bytes3(account.code) == DELEGATION;
    }
}
