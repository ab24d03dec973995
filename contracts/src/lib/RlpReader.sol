// SPDX-License-Identifier: MIT
pragma solidity ^0.8.22;

/// @notice An item is empty where at least its prefix is needed.
error EmptyItem();
/// @notice A length field points past the end of its item.
error ContentLengthMismatch();
/// @notice An encoding that is not the shortest one of its value.
error InvalidHeader();
/// @notice Bytes follow the item.
error InvalidDataRemainder();
/// @notice A list where a string is expected.
error UnexpectedList();
/// @notice A string where a list is expected.
error UnexpectedString();

/// @title RlpReader
/// @notice Strict reader of recursive length prefix encodings: one value has one encoding, nothing follows it.
/// @dev The names of the errors are those of the OP Stack's contracts.
library RlpReader {
    /// @notice An encoded item in memory, prefix included.
    struct Item {
        /// Address in memory.
        uint256 at;
        /// Bytes.
        uint256 length;
    }

    /// @notice `encoding` as one item. Nothing is checked yet.
    function toItem(bytes memory encoding) internal pure returns (Item memory item) {
        if (encoding.length == 0) revert EmptyItem();
        uint256 at;
        assembly ("memory-safe") {
            at := add(encoding, 0x20)
        }
        item = Item({at: at, length: encoding.length});
    }

    /// @notice The items of a list.
    function readList(Item memory item) internal pure returns (Item[] memory items) {
        (uint256 prefix, uint256 size, bool isList) = _header(item.at, item.length);
        if (!isList) revert UnexpectedString();
        if (prefix + size != item.length) revert InvalidDataRemainder();

        uint256 start = item.at + prefix;
        uint256 end = start + size;
        uint256 count;
        for (uint256 at = start; at < end; count++) {
            at += _size(at, end - at);
        }
        items = new Item[](count);
        uint256 next = start;
        for (uint256 i = 0; i < count; i++) {
            uint256 length = _size(next, end - next);
            items[i] = Item({at: next, length: length});
            next += length;
        }
    }

    /// @notice The items of an encoded list.
    function readList(bytes memory encoding) internal pure returns (Item[] memory) {
        return readList(toItem(encoding));
    }

    /// @notice The content of a string.
    function readBytes(Item memory item) internal pure returns (bytes memory content) {
        (uint256 prefix, uint256 size, bool isList) = _header(item.at, item.length);
        if (isList) revert UnexpectedList();
        if (prefix + size != item.length) revert InvalidDataRemainder();

        content = new bytes(size);
        uint256 from = item.at + prefix;
        assembly ("memory-safe") {
            mcopy(add(content, 0x20), from, size)
        }
    }

    /// @notice The content of an encoded string.
    function readBytes(bytes memory encoding) internal pure returns (bytes memory) {
        return readBytes(toItem(encoding));
    }

    /// @notice The encoding of an item, prefix included.
    function readRaw(Item memory item) internal pure returns (bytes memory raw) {
        (uint256 at, uint256 length) = (item.at, item.length);
        raw = new bytes(length);
        assembly ("memory-safe") {
            mcopy(add(raw, 0x20), at, length)
        }
    }

    /// @dev Prefix and content of the item at `at` together, in bytes.
    function _size(uint256 at, uint256 available) private pure returns (uint256) {
        (uint256 prefix, uint256 size,) = _header(at, available);
        return prefix + size;
    }

    /// @dev Reads a prefix: its own size, the content's size (both bytes) and whether a list follows.
    function _header(uint256 at, uint256 available) private pure returns (uint256 prefix, uint256 size, bool isList) {
        if (available == 0) revert EmptyItem();
        uint256 first = _byte(at);
        if (first < 0x80) return (0, 1, false); // its own content

        isList = first >= 0xc0;
        uint256 short = first - (isList ? 0xc0 : 0x80);
        if (short <= 55) {
            (prefix, size) = (1, short);
            if (size >= available) revert ContentLengthMismatch();
            if (!isList && size == 1 && _byte(at + 1) < 0x80) revert InvalidHeader();
        } else {
            uint256 sizeOfSize = short - 55;
            prefix = 1 + sizeOfSize;
            if (prefix > available) revert ContentLengthMismatch();
            size = _word(at + 1) >> (256 - 8 * sizeOfSize);
            if (_byte(at + 1) == 0 || size <= 55) revert InvalidHeader();
            if (size > available - prefix) revert ContentLengthMismatch();
        }
    }

    function _byte(uint256 at) private pure returns (uint256) {
        return _word(at) >> 248;
    }

    function _word(uint256 at) private pure returns (uint256 word) {
        assembly ("memory-safe") {
            word := mload(at)
        }
    }
}
