// SPDX-License-Identifier: MIT
pragma solidity ^0.8.22;

import {IPreimageOracle} from "src/dispute/interfaces/IPreimageOracle.sol";

/// @title PreimageStore
/// @notice The parts of preimages that have been loaded.
abstract contract PreimageStore is IPreimageOracle {
    /// @notice The length of a preimage by its key, its length prefix not included.
    mapping(bytes32 key => uint256 length) public preimageLengths;
    /// @notice The part of a preimage by its key and the offset, the length prefix included.
    mapping(bytes32 key => mapping(uint256 offset => bytes32 part)) public preimageParts;
    /// @notice Whether a part has been loaded.
    mapping(bytes32 key => mapping(uint256 offset => bool ok)) public preimagePartOk;

    /// @notice Stores a part that has been found to belong to its key.
    /// @param key The key.
    /// @param offset Where the part begins, the length prefix included.
    /// @param part The part.
    /// @param length The length of the preimage.
    function storePart(bytes32 key, uint256 offset, bytes32 part, uint256 length) internal {
        preimagePartOk[key][offset] = true;
        preimageParts[key][offset] = part;
        preimageLengths[key] = length;
    }
}
