// SPDX-License-Identifier: MIT
pragma solidity ^0.8.22;

/// @title Branch
/// @notice A leaf of the VM's memory tree with its siblings, and the nodes on its path to the root (specs,
///         `cannon-fault-proof-vm.md`, Memory Proofs).
/// @dev In memory: the leaf, the sibling of each height from the bottom to the top (59 words), then, as soon as
///      `root` has computed them, the node at each height on the leaf's path, the leaf first (59 words).
///      A leaf is 32 bytes of VM memory, its index the address divided by 32: 2^59 leaves, a tree of depth 59. The
///      lowest bit of the index says whether the leaf is a right child, the next one the same of its parent.
library Branch {
    uint256 internal constant DEPTH = 59;
    /// @notice The size in bytes of a leaf with its siblings.
    uint256 internal constant SIZE = 1920;

    /// @notice Reserves memory for a branch.
    function allocate() internal pure returns (uint256 branch) {
        assembly ("memory-safe") {
            branch := mload(0x40)
            mstore(0x40, add(branch, 3808))
        }
    }

    /// @notice Takes a leaf with its siblings from calldata.
    /// @param offset Where it begins.
    function read(uint256 offset) internal pure returns (uint256 branch) {
        branch = allocate();
        assembly ("memory-safe") {
            calldatacopy(branch, offset, SIZE)
        }
    }

    /// @notice Computes the root that a branch leads to, and the nodes on the way.
    /// @param branch The branch.
    /// @param index The index of its leaf.
    function root(uint256 branch, uint256 index) internal pure returns (bytes32 computed) {
        assembly ("memory-safe") {
            let current := mload(branch)
            let sibling := add(branch, 32)
            // The bit that tells left from right is kept in the place where it selects one of two words.
            index := shl(5, index)
            for { let end := add(branch, 1920) } lt(sibling, end) { sibling := add(sibling, 32) } {
                mstore(add(sibling, 1888), current)
                let slot := and(index, 32)
                mstore(slot, current)
                mstore(xor(slot, 32), mload(sibling))
                current := keccak256(0, 64)
                index := shr(1, index)
            }
            computed := current
        }
    }

    /// @notice A node on the path of a branch, after `root`.
    /// @param branch The branch.
    /// @param height How many levels above the leaf, less than 59.
    function pathNode(uint256 branch, uint256 height) internal pure returns (bytes32 computed) {
        assembly ("memory-safe") {
            computed := mload(add(add(branch, 1920), shl(5, height)))
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
            // Above its 64 bits a value may hold what an arithmetic left there: that must not reach the word before.
            mstore(branch, or(and(mload(branch), not(mask)), and(shl(shift, value), mask)))
        }
    }
}
