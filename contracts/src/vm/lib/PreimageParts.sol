// SPDX-License-Identifier: MIT
pragma solidity ^0.8.22;

import {PartOffsetOOB} from "src/vm/lib/OracleErrors.sol";

/// @title PreimageParts
/// @notice Cuts parts of 32 bytes out of preimages. A preimage begins with its length as 8 big-endian bytes, which
///         offsets of parts count. After the end of a preimage a part is zero.
library PreimageParts {
    /// @notice A part of a preimage in calldata.
    /// @param preimage The preimage without its length.
    /// @param partOffset Where the part begins. Reverts if that is not before the end.
    function ofBytes(bytes calldata preimage, uint256 partOffset) internal pure returns (bytes32) {
        if (partOffset >= preimage.length + 8) revert PartOffsetOOB();
        if (partOffset < 8) return prefixed(preimage.length, slice(preimage, 0), partOffset);
        return slice(preimage, partOffset - 8);
    }

    /// @notice A part of a preimage of up to 32 bytes.
    /// @param word The preimage, left-aligned.
    /// @param size Its length.
    /// @param partOffset Where the part begins. Reverts if that is not before the end.
    function ofWord(bytes32 word, uint256 size, uint256 partOffset) internal pure returns (bytes32) {
        if (partOffset >= size + 8) revert PartOffsetOOB();
        word = bytes32((uint256(word) >> (8 * (32 - size))) << (8 * (32 - size)));
        return partOffset < 8 ? prefixed(size, word, partOffset) : word << (8 * (partOffset - 8));
    }

    /// @notice 32 bytes of data in calldata, zeros after its end.
    /// @param data The data.
    /// @param offset Where to begin, not after the end.
    function slice(bytes calldata data, uint256 offset) internal pure returns (bytes32 word) {
        uint256 size = data.length - offset;
        if (size > 32) size = 32;
        assembly ("memory-safe") {
            mstore(0, 0)
            calldatacopy(0, add(data.offset, offset), size)
            word := mload(0)
        }
    }

    /// @notice A part that begins in the length.
    /// @param size The length.
    /// @param word The first 32 bytes of the preimage.
    /// @param partOffset Where the part begins, less than 8.
    function prefixed(uint256 size, bytes32 word, uint256 partOffset) internal pure returns (bytes32) {
        uint256 shift = 8 * partOffset;
        return bytes32((size << 192) << shift) | (word >> (64 - shift));
    }
}
