// SPDX-License-Identifier: MIT
pragma solidity ^0.8.22;

/// @title IPreimageOracle
/// @notice What games and VMs use of the preimage oracle.
interface IPreimageOracle {
    /// @notice Seconds that a large preimage can be challenged for before it counts.
    function challengePeriod() external view returns (uint256);

    /// @notice Keeps 32 bytes of a local input of the calling game.
    /// @param ident Which input.
    /// @param localContext Which program of the game.
    /// @param word The input, left-aligned.
    /// @param size The input's bytes, at most 32.
    /// @param partOffset Where the kept part starts, in the length-prefixed input.
    /// @return key The input's key.
    function loadLocalData(uint256 ident, bytes32 localContext, bytes32 word, uint256 size, uint256 partOffset)
        external
        returns (bytes32 key);

    /// @notice The kept part of a preimage at `offset`, and how many bytes of it count.
    function readPreimage(bytes32 key, uint256 offset) external view returns (bytes32 data, uint256 length);
}
