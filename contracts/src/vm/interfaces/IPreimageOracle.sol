// SPDX-License-Identifier: MIT
pragma solidity ^0.8.22;

/// @title IPreimageOracle
/// @notice What a VM and a dispute game need of the preimage oracle.
interface IPreimageOracle {
    /// @notice Reads up to 32 bytes of a preimage part that someone has loaded.
    /// @param key The preimage key: its type in the first byte.
    /// @param offset Where to read in the preimage, which begins with its length as 8 big-endian bytes.
    /// @return dat The bytes, left-aligned.
    /// @return datLen How many of them are part of the preimage.
    function readPreimage(bytes32 key, uint256 offset) external view returns (bytes32 dat, uint256 datLen);

    /// @notice Loads a part of a local preimage, whose key depends on the caller.
    /// @param ident The identifier of the value, such as 1 for the L1 head.
    /// @param localContext Tells apart values that one caller gives under the same identifier.
    /// @param word The value, left-aligned.
    /// @param size How many bytes of the value count, at most 32.
    /// @param partOffset Where the part begins, the length prefix included.
    /// @return key The key under which the part was stored.
    function loadLocalData(uint256 ident, bytes32 localContext, bytes32 word, uint256 size, uint256 partOffset)
        external
        returns (bytes32 key);

    /// @notice The time in seconds that a large preimage proposal can be challenged after its last leaf.
    function challengePeriod() external view returns (uint256);
}
