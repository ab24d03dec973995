// SPDX-License-Identifier: MIT
pragma solidity ^0.8.22;

import {
    ContentLengthMismatch,
    EmptyItem,
    InvalidDataRemainder,
    InvalidHeader,
    RlpReader,
    UnexpectedList,
    UnexpectedString
} from "src/lib/RlpReader.sol";
import {Test} from "test/support/Test.sol";

contract RlpReaderTest is Test {
    function readBytes(bytes memory encoding) external pure returns (bytes memory) {
        return RlpReader.readBytes(encoding);
    }

    function readList(bytes memory encoding) external pure returns (bytes[] memory raw) {
        RlpReader.Item[] memory items = RlpReader.readList(encoding);
        raw = new bytes[](items.length);
        for (uint256 i = 0; i < items.length; i++) {
            raw[i] = RlpReader.readRaw(items[i]);
        }
    }

    function encode(bytes memory content) private pure returns (bytes memory) {
        if (content.length == 1 && uint8(content[0]) < 0x80) return content;
        if (content.length <= 55) return abi.encodePacked(uint8(0x80 + content.length), content);
        if (content.length <= 255) return abi.encodePacked(hex"b8", uint8(content.length), content);
        return abi.encodePacked(hex"b9", uint16(content.length), content);
    }

    function encodeList(bytes memory items) private pure returns (bytes memory) {
        if (items.length <= 55) return abi.encodePacked(uint8(0xc0 + items.length), items);
        if (items.length <= 255) return abi.encodePacked(hex"f8", uint8(items.length), items);
        return abi.encodePacked(hex"f9", uint16(items.length), items);
    }

    function test_strings_are_read_back(bytes memory content) external view {
        assertEq(this.readBytes(encode(content)), content);
    }

    function test_strings_of_all_lengths_near_the_borders_are_read_back() external view {
        uint256[8] memory lengths = [uint256(0), 1, 54, 55, 56, 255, 256, 1000];
        for (uint256 i = 0; i < lengths.length; i++) {
            bytes memory content = new bytes(lengths[i]);
            assertEq(this.readBytes(encode(content)), content);
        }
    }

    function test_lists_are_read_back(bytes memory a, bytes memory b) external view {
        bytes memory nested = encodeList(encode(b));
        bytes[] memory items = this.readList(encodeList(abi.encodePacked(encode(a), nested, hex"c0")));
        assertEq(items.length, 3);
        assertEq(items[0], encode(a));
        assertEq(items[1], nested);
        assertEq(items[2], hex"c0");
        assertEq(this.readList(hex"c0").length, 0);
    }

    function refusesBytes(bytes memory encoding, bytes4 expected) private {
        expectRevert(expected);
        this.readBytes(encoding);
    }

    function refusesList(bytes memory encoding, bytes4 expected) private {
        expectRevert(expected);
        this.readList(encoding);
    }

    function test_nothing_is_no_item() external {
        refusesBytes("", EmptyItem.selector);
        refusesList("", EmptyItem.selector);
    }

    function test_the_kind_has_to_be_the_expected_one() external {
        refusesBytes(hex"c0", UnexpectedList.selector);
        refusesBytes(encodeList(new bytes(60)), UnexpectedList.selector);
        refusesList(hex"80", UnexpectedString.selector);
        refusesList(hex"05", UnexpectedString.selector);
    }

    function test_lengths_past_the_end_revert() external {
        refusesBytes(hex"81", ContentLengthMismatch.selector);
        refusesBytes(hex"8201", ContentLengthMismatch.selector);
        refusesBytes(hex"b8", ContentLengthMismatch.selector);
        refusesBytes(hex"b838", ContentLengthMismatch.selector);
        refusesBytes(hex"bfffffffffffffffff", ContentLengthMismatch.selector);
        refusesList(hex"c1", ContentLengthMismatch.selector);
        refusesList(hex"f838", ContentLengthMismatch.selector);
        refusesList(hex"c181", ContentLengthMismatch.selector);
    }

    function test_longer_encodings_than_needed_revert() external {
        refusesBytes(hex"8105", InvalidHeader.selector); // a single small byte stands for itself
        refusesBytes(abi.encodePacked(hex"b837", new bytes(55)), InvalidHeader.selector); // fits the short form
        refusesBytes(abi.encodePacked(hex"b90038", new bytes(56)), InvalidHeader.selector); // leading zero
        refusesList(abi.encodePacked(hex"f837", new bytes(55)), InvalidHeader.selector);
    }

    function test_bytes_after_the_item_revert() external {
        refusesBytes(hex"820102aa", InvalidDataRemainder.selector);
        refusesBytes(hex"05aa", InvalidDataRemainder.selector);
        refusesList(hex"c0aa", InvalidDataRemainder.selector);
    }

    /// Whatever the bytes are: they are refused, or read as what encodes to them.
    function test_every_accepted_string_is_the_only_encoding(bytes memory encoding) external view {
        try this.readBytes(encoding) returns (bytes memory content) {
            assertEq(encode(content), encoding);
        } catch {}
    }
}
