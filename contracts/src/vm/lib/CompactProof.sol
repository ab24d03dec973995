// SPDX-License-Identifier: MIT
pragma solidity ^0.8.22;

import {Branch} from "src/vm/lib/Branch.sol";
import {InvalidProofFormat} from "src/vm/lib/VmErrors.sol";
import {ZeroSubtrees} from "src/vm/lib/ZeroSubtrees.sol";

/// @title CompactProof
/// @notice The short form of a step's proof.
///
///         The standard form repeats 59 siblings for each of three memory accesses: 6,090 bytes, most of which are
///         roots of empty memory. Since EIP-7623 a transaction pays for calldata more than for what a step executes.
///         The short form leaves out what the contract can compute:
///
///             header          1      0: no other thread is on the active stack, 1: its root without this one follows
///             thread        298
///             below          32      only with header 1
///             section         of the instruction, if the step executes one
///             section         of the first memory access, if there is one and it is in another leaf
///             section         of the second memory access, likewise
///
///         and a section is
///
///             bitmap          8      big-endian; bit i set: the sibling at height i is given, clear: its subtree is zero
///             leaf           32
///             siblings    n * 32     those that are given, from the bottom to the top
///
///         The section of the instruction stands for itself. Each other one stands on the branch of the access before:
///         where the two paths have met, siblings are the same, and where they meet, each is the other's sibling. So
///         it holds only what is below the meeting point. If the leaf is the same there is nothing to hold, hence no
///         section. The branch of the second access is one in memory as it is after the first was written.
///
///         Bytes after the last section needed are not read, just as unused branches of the standard form are not.
/// @dev A section becomes a branch in the standard form before anything of it is believed: there is one way to check
///      a branch, and this library can't make a false one pass.
library CompactProof {
    /// @notice Reads the section of the instruction.
    /// @param cursor Where it begins in calldata.
    /// @param end Where the proof ends.
    /// @return branch The branch, not checked.
    /// @return next Where the next section begins.
    function first(uint256 cursor, uint256 end) internal pure returns (uint256 branch, uint256 next) {
        branch = Branch.allocate();
        next = fill(branch, Branch.DEPTH, cursor, end);
    }

    /// @notice Reads the section of a memory access.
    /// @param from The branch of the access before, whose path has been computed.
    /// @param fromIndex The index of its leaf.
    /// @param index The index of the leaf that is accessed.
    /// @param cursor Where the section begins in calldata.
    /// @param end Where the proof ends.
    /// @return branch The branch, not checked.
    /// @return next Where the next section begins.
    function following(uint256 from, uint256 fromIndex, uint256 index, uint256 cursor, uint256 end)
        internal
        pure
        returns (uint256 branch, uint256 next)
    {
        if (fromIndex == index) return (from, cursor);
        uint256 height = meetingHeight(fromIndex ^ index);
        branch = Branch.allocate();
        next = fill(branch, height, cursor, end);
        bytes32 node = Branch.pathNode(from, height);
        assembly ("memory-safe") {
            let offset := shl(5, add(height, 1))
            mstore(add(branch, offset), node)
            offset := add(offset, 32)
            mcopy(add(branch, offset), add(from, offset), sub(1920, offset))
        }
    }

    /// @notice Fills a leaf and the siblings of the lowest heights from a section.
    /// @param branch The branch to fill.
    /// @param heights How many siblings.
    /// @param cursor Where the section begins in calldata.
    /// @param end Where the proof ends.
    /// @return next Where the section ends. Reverts if that is after the end of the proof.
    function fill(uint256 branch, uint256 heights, uint256 cursor, uint256 end) private pure returns (uint256 next) {
        uint256 zeros = ZeroSubtrees.load();
        assembly ("memory-safe") {
            let sibling := add(branch, 32)
            mcopy(sibling, zeros, shl(5, heights))
            // Bits from the meeting point on stand for siblings that are not in the section.
            let bitmap := and(shr(192, calldataload(cursor)), sub(shl(heights, 1), 1))
            calldatacopy(branch, add(cursor, 8), 32)
            next := add(cursor, 40)
            for {} bitmap { bitmap := shr(1, bitmap) } {
                if and(bitmap, 1) {
                    calldatacopy(sibling, next, 32)
                    next := add(next, 32)
                }
                sibling := add(sibling, 32)
            }
        }
        if (next > end) revert InvalidProofFormat();
    }

    /// @notice The height at which two paths through the tree meet.
    /// @param difference The exclusive or of the two leaf indices, not zero and below 2^59.
    /// @return height The position of its highest bit that is set.
    function meetingHeight(uint256 difference) private pure returns (uint256 height) {
        unchecked {
            for (uint256 width = 32; width != 0; width >>= 1) {
                if (difference >> width != 0) {
                    difference >>= width;
                    height += width;
                }
            }
        }
    }
}
