// SPDX-License-Identifier: MIT
pragma solidity ^0.8.22;

/// @title Branch
/// @notice A leaf of the VM's memory tree with its siblings: 60 words in memory, the leaf first, then the sibling of
///         each height from the bottom to the top (specs, `cannon-fault-proof-vm.md`, Memory Proofs).
/// @dev A leaf is 32 bytes of VM memory, its index the address divided by 32: 2^59 leaves, a tree of depth 59. The
///      lowest bit of the index says whether the leaf is a right child, the next one the same of its parent.
library Branch {
    uint256 internal constant DEPTH = 59;
    /// @notice The size of a branch in bytes.
    uint256 internal constant SIZE = 1920;

    /// @notice Reserves memory for a branch.
    function allocate() internal pure returns (uint256 branch) {
        assembly ("memory-safe") {
            branch := mload(0x40)
            mstore(0x40, add(branch, SIZE))
        }
    }

    /// @notice The root that a branch leads to.
    /// @param branch The branch.
    /// @param index The index of its leaf.
    function root(uint256 branch, uint256 index) internal pure returns (bytes32) {
        return ancestor(branch, index, DEPTH);
    }

    /// @notice The node above a leaf.
    /// @param branch The branch.
    /// @param index The index of its leaf.
    /// @param height How many levels above the leaf, at most 59, where the root is.
    function ancestor(uint256 branch, uint256 index, uint256 height) internal pure returns (bytes32 node) {
        assembly ("memory-safe") {
            node := mload(branch)
            let sibling := add(branch, 32)
            for { let end := add(sibling, shl(5, height)) } lt(sibling, end) { sibling := add(sibling, 32) } {
                let slot := shl(5, and(index, 1))
                mstore(slot, node)
                mstore(xor(slot, 32), mload(sibling))
                node := keccak256(0, 64)
                index := shr(1, index)
            }
        }
    }

    /// @notice Reads a 64-bit word of a branch's leaf.
    /// @param branch The branch.
    /// @param addr The address of the word, a multiple of 8, in that leaf.
    function word(uint256 branch, uint64 addr) internal pure returns (uint64 value) {
        assembly ("memory-safe") {
            value := shr(192, shl(shl(3, and(addr, 24)), mload(branch)))
        }
    }

    /// @notice Replaces a 64-bit word of a branch's leaf.
    /// @param branch The branch.
    /// @param addr The address of the word, a multiple of 8, in that leaf.
    /// @param value The word.
    function setWord(uint256 branch, uint64 addr, uint64 value) internal pure {
        assembly ("memory-safe") {
            let shift := sub(192, shl(3, and(addr, 24)))
            let mask := shl(shift, 0xffffffffffffffff)
            mstore(branch, or(and(mload(branch), not(mask)), shl(shift, value)))
        }
    }
}
