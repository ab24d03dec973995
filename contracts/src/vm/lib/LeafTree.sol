// SPDX-License-Identifier: MIT
pragma solidity ^0.8.22;

import {KeccakSponge} from "src/vm/lib/KeccakSponge.sol";

/// @notice One block of a large preimage.
/// @param input The 136 bytes that are absorbed, those of the last block with their padding.
/// @param index The number of the block, from 0.
/// @param stateCommitment What the proposer says the sponge is after the block (see `KeccakSponge.commitment`).
struct Leaf {
    bytes input;
    uint256 index;
    bytes32 stateCommitment;
}

/// @title LeafTree
/// @notice An append-only Merkle tree of depth 16 over the blocks of a large preimage. Leaves not yet added are zero.
library LeafTree {
    uint256 internal constant DEPTH = 16;

    /// @notice The hash of a leaf: of its input, index and state commitment in a row.
    function hash(Leaf calldata leaf) internal pure returns (bytes32) {
        return keccak256(abi.encodePacked(leaf.input, leaf.index, leaf.stateCommitment));
    }

    /// @notice Adds leaves.
    /// @param branch For each height the last node that had no right sibling yet; it changes.
    /// @param count How many leaves the tree has.
    /// @param input The data of the new blocks.
    /// @param commitments The state commitment of each.
    /// @param padded Whether the last block is the preimage's last and gets keccak's padding. If not, the input must
    ///        be whole blocks.
    function append(
        bytes32[16] memory branch,
        uint256 count,
        bytes calldata input,
        bytes32[] calldata commitments,
        bool padded
    ) internal pure {
        unchecked {
            uint256 scratch;
            assembly ("memory-safe") {
                scratch := mload(0x40)
                mstore(0x40, add(scratch, 224))
            }
            for (uint256 i = 0; i < commitments.length; i++) {
                writeBlock(scratch, input, i * KeccakSponge.BLOCK_SIZE, padded && i + 1 == commitments.length);
                bytes32 node;
                bytes32 commitment = commitments[i];
                assembly ("memory-safe") {
                    mstore(add(scratch, 136), add(count, i))
                    mstore(add(scratch, 168), commitment)
                    node := keccak256(scratch, 200)
                }
                insert(branch, count + i + 1, node);
            }
        }
    }

    /// @notice The root of a tree.
    /// @param branch The branch that `append` keeps.
    /// @param zeroHashes The root of an empty tree of each height.
    /// @param count How many leaves the tree has.
    function root(bytes32[16] storage branch, bytes32[16] storage zeroHashes, uint256 count)
        internal
        view
        returns (bytes32 node)
    {
        unchecked {
            for (uint256 height = 0; height < DEPTH; height++) {
                node = (count >> height) & 1 == 1 ? pair(branch[height], node) : pair(node, zeroHashes[height]);
            }
        }
    }

    /// @notice Whether a leaf is in a tree.
    /// @param expected The root of the tree.
    /// @param leaf The leaf.
    /// @param proof The sibling of each height, from the bottom to the top.
    function contains(bytes32 expected, Leaf calldata leaf, bytes32[] calldata proof) internal pure returns (bool) {
        unchecked {
            if (proof.length != DEPTH) return false;
            bytes32 node = hash(leaf);
            for (uint256 height = 0; height < DEPTH; height++) {
                node = (leaf.index >> height) & 1 == 1 ? pair(proof[height], node) : pair(node, proof[height]);
            }
            return node == expected;
        }
    }

    /// @notice Adds a leaf.
    /// @param branch The branch.
    /// @param count How many leaves the tree has with the new one.
    /// @param node The hash of the leaf.
    function insert(bytes32[16] memory branch, uint256 count, bytes32 node) private pure {
        unchecked {
            uint256 height = 0;
            while ((count >> height) & 1 == 0) {
                node = pair(branch[height], node);
                height++;
            }
            branch[height] = node;
        }
    }

    /// @notice Writes a block to memory.
    /// @param to Where to.
    /// @param input The data of several blocks.
    /// @param offset Where the block begins in it.
    /// @param padded Whether it is the last one, which gets a one bit after its data and one at its end.
    function writeBlock(uint256 to, bytes calldata input, uint256 offset, bool padded) private pure {
        unchecked {
            uint256 size = padded ? input.length - offset : KeccakSponge.BLOCK_SIZE;
            assembly ("memory-safe") {
                calldatacopy(to, add(input.offset, offset), size)
                if padded {
                    calldatacopy(add(to, size), calldatasize(), sub(136, size))
                    mstore8(add(to, size), 0x01)
                    let last := add(to, 135)
                    mstore8(last, or(byte(0, mload(last)), 0x80))
                }
            }
        }
    }

    /// @notice The parent of two nodes.
    function pair(bytes32 left, bytes32 right) internal pure returns (bytes32 node) {
        assembly ("memory-safe") {
            mstore(0, left)
            mstore(32, right)
            node := keccak256(0, 64)
        }
    }
}
