// SPDX-License-Identifier: MIT
pragma solidity ^0.8.22;

import {RlpReader} from "src/lib/RlpReader.sol";

/// @title MerkleTrie
/// @notice Verifies that a key of 32 bytes has a value in a Merkle-Patricia trie.
/// @dev Malformed RLP reverts with the errors of `RlpReader`; a well-formed proof of something else returns false.
///      A node is only read once its bytes are known to be those that its parent (or the root) commits to.
library MerkleTrie {
    /// @dev Nibbles of a key.
    uint256 private constant KEY_NIBBLES = 64;
    /// @dev Items of a branch: one a nibble, and a value that keys of one length never reach.
    uint256 private constant BRANCH_ITEMS = 17;
    /// @dev Items of an extension or a leaf.
    uint256 private constant SHORT_ITEMS = 2;

    /// @notice Whether `key` has `value` under `root`.
    /// @param key The path in the trie: for a secure trie the hash of the key.
    /// @param value The content of the leaf.
    /// @param proof The nodes from the root down. Nodes embedded in their parent may be left out.
    /// @param root The hash of the first node.
    function verifyInclusion(bytes32 key, bytes memory value, bytes[] memory proof, bytes32 root)
        internal
        pure
        returns (bool)
    {
        if (proof.length == 0 || keccak256(proof[0]) != root) return false;

        bytes memory node = proof[0];
        uint256 used = 1;
        uint256 depth = 0;
        while (true) {
            RlpReader.Item[] memory items = RlpReader.readList(node);
            RlpReader.Item memory child;
            if (items.length == BRANCH_ITEMS) {
                if (depth == KEY_NIBBLES) return false;
                child = items[_nibble(key, depth)];
                depth++;
            } else if (items.length == SHORT_ITEMS) {
                (bool matches, bool isLeaf, uint256 count) = _matchPath(RlpReader.readBytes(items[0]), key, depth);
                if (!matches) return false;
                depth += count;
                if (isLeaf) {
                    return depth == KEY_NIBBLES && used == proof.length
                        && keccak256(RlpReader.readBytes(items[1])) == keccak256(value);
                }
                if (count == 0) return false; // an extension that extends nothing
                child = items[1];
            } else {
                return false;
            }

            if (_isList(child)) {
                node = RlpReader.readRaw(child);
                if (used < proof.length && keccak256(proof[used]) == keccak256(node)) used++;
            } else {
                bytes memory hash = RlpReader.readBytes(child);
                if (hash.length != 32 || used == proof.length) return false;
                node = proof[used++];
                if (keccak256(node) != bytes32(hash)) return false;
            }
        }
        return false;
    }

    /// @dev Compares the hex-prefix encoded `path` of an extension or leaf with the nibbles of `key` from `depth` on.
    function _matchPath(bytes memory path, bytes32 key, uint256 depth)
        private
        pure
        returns (bool matches, bool isLeaf, uint256 count)
    {
        if (path.length == 0) return (false, false, 0);
        uint256 first = uint8(path[0]);
        uint256 flags = first >> 4;
        // Bit 1 says leaf, bit 0 says odd; an even path has four bits of padding.
        if (flags > 3 || (flags & 1 == 0 && first & 0x0f != 0)) return (false, false, 0);
        isLeaf = flags & 2 != 0;
        uint256 skipped = 2 - (flags & 1);
        count = 2 * path.length - skipped;
        if (depth + count > KEY_NIBBLES) return (false, isLeaf, count);

        for (uint256 i = 0; i < count; i++) {
            uint256 at = i + skipped;
            uint256 pair = uint8(path[at / 2]);
            uint256 nibble = at % 2 == 0 ? pair >> 4 : pair & 0x0f;
            if (nibble != _nibble(key, depth + i)) return (false, isLeaf, count);
        }
        matches = true;
    }

    function _nibble(bytes32 key, uint256 index) private pure returns (uint256) {
        return (uint256(key) >> (252 - 4 * index)) & 0x0f;
    }

    /// @dev A child of less than 32 bytes stands in its parent itself, as a list.
    function _isList(RlpReader.Item memory item) private pure returns (bool) {
        uint256 at = item.at;
        uint256 first;
        assembly ("memory-safe") {
            first := byte(0, mload(at))
        }
        return first >= 0xc0;
    }
}
