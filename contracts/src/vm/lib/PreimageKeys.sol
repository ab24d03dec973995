// SPDX-License-Identifier: MIT
pragma solidity ^0.8.22;

/// @title PreimageKeys
/// @notice The keys of preimages: a type in the first byte, then 31 bytes that identify the data.
library PreimageKeys {
    uint256 internal constant LOCAL = 1;
    uint256 internal constant KECCAK256 = 2;
    uint256 internal constant SHA256 = 4;
    uint256 internal constant BLOB = 5;
    uint256 internal constant PRECOMPILE = 6;

    /// @notice Puts a type in the first byte of a digest or identifier.
    /// @param keyType The type.
    /// @param digest What to make a key of.
    function withType(uint256 keyType, bytes32 digest) internal pure returns (bytes32 key) {
        assembly ("memory-safe") {
            key := or(shl(248, keyType), shr(8, shl(8, digest)))
        }
    }

    /// @notice The type of a key.
    function typeOf(bytes32 key) internal pure returns (uint256) {
        return uint256(key) >> 248;
    }

    /// @notice Makes a local key one that no other caller and no other context can write.
    /// @param key The local key as the program knows it.
    /// @param owner Whose data it is: the dispute game.
    /// @param localContext Tells apart the data of one owner.
    function localize(bytes32 key, address owner, bytes32 localContext) internal pure returns (bytes32) {
        return withType(LOCAL, keccak256(abi.encode(key, owner, localContext)));
    }
}
