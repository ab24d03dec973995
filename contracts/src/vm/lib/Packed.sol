// SPDX-License-Identifier: MIT
pragma solidity ^0.8.22;

/// @title Packed
/// @notice Big-endian fields in a byte string in memory.
/// @dev The witnesses of the VM are kept in memory as they are hashed, so that nothing has to be decoded or encoded.
///      A field is read and written as part of the 32-byte word that begins with it: the string must be followed by
///      24 bytes of room, which `allocate` leaves.
library Packed {
    /// @notice Reserves room for a byte string.
    /// @param size Its length in bytes.
    /// @return pointer Its address in memory.
    function allocate(uint256 size) internal pure returns (uint256 pointer) {
        assembly ("memory-safe") {
            pointer := mload(0x40)
            mstore(0x40, add(pointer, and(add(size, 63), not(31))))
        }
    }

    /// @notice Reserves room for a byte string and fills it from calldata.
    /// @param offset Where the bytes begin in calldata.
    /// @param size How many they are.
    /// @return pointer The address of the string in memory.
    function copy(uint256 offset, uint256 size) internal pure returns (uint256 pointer) {
        pointer = allocate(size);
        assembly ("memory-safe") {
            calldatacopy(pointer, offset, size)
        }
    }

    /// @notice Hashes a byte string.
    /// @param pointer Its address.
    /// @param size Its length in bytes.
    /// @return digest Its keccak256.
    function hash(uint256 pointer, uint256 size) internal pure returns (bytes32 digest) {
        assembly ("memory-safe") {
            digest := keccak256(pointer, size)
        }
    }

    /// @notice Reads a byte.
    /// @param at Its address.
    function get8(uint256 at) internal pure returns (uint256 value) {
        assembly ("memory-safe") {
            value := byte(0, mload(at))
        }
    }

    /// @notice Writes a byte.
    /// @param at Its address.
    /// @param value The byte; higher bits are cut off.
    function set8(uint256 at, uint256 value) internal pure {
        assembly ("memory-safe") {
            mstore8(at, value)
        }
    }

    /// @notice Reads a 64-bit number.
    /// @param at Its address.
    function get64(uint256 at) internal pure returns (uint64 value) {
        assembly ("memory-safe") {
            value := shr(192, mload(at))
        }
    }

    /// @notice Writes a 64-bit number.
    /// @param at Its address.
    /// @param value The number.
    function set64(uint256 at, uint64 value) internal pure {
        assembly ("memory-safe") {
            mstore(at, or(shl(192, value), shr(64, shl(64, mload(at)))))
        }
    }

    /// @notice Reads 32 bytes.
    /// @param at Their address.
    function get256(uint256 at) internal pure returns (bytes32 value) {
        assembly ("memory-safe") {
            value := mload(at)
        }
    }

    /// @notice Writes 32 bytes.
    /// @param at Their address.
    /// @param value The bytes.
    function set256(uint256 at, bytes32 value) internal pure {
        assembly ("memory-safe") {
            mstore(at, value)
        }
    }
}
