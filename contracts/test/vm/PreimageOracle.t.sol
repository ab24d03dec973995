// SPDX-License-Identifier: MIT
pragma solidity ^0.8.22;

import {PreimageOracle} from "src/vm/PreimageOracle.sol";
import {InvalidProof, NotEnoughGas, PartNotLoaded, PartOffsetOOB} from "src/vm/lib/OracleErrors.sol";
import {ZeroSubtrees} from "src/vm/lib/ZeroSubtrees.sol";
import {LargeFixture} from "test/vm/support/LargeFixture.sol";

/// Fails and gives back data, as no precompile does.
contract Failing {
    fallback() external {
        assembly {
            mstore(0, 0x1234)
            revert(30, 2)
        }
    }
}

/// Parts of every type of preimage that fits into a transaction.
contract PreimageOracleTest is LargeFixture {
    // Commitment and proof of the polynomial 0 are the point at infinity; it is 0 at every point.
    bytes private constant INFINITY = hex"c000000000000000000000000000000000000000000000000000000000000000"
        hex"00000000000000000000000000000000";

    function test_keccak_parts() external {
        bytes memory preimage = data(75);
        bytes32 key = keccakKey(preimage);
        for (uint256 offset = 0; offset < 83; offset++) {
            expectRevert(PartNotLoaded.selector);
            oracle.readPreimage(key, offset);
            oracle.loadKeccak256PreimagePart(offset, preimage);
            expectPart(key, offset, preimage);
        }
        expectRevert(PartOffsetOOB.selector);
        oracle.loadKeccak256PreimagePart(83, preimage);
        expectRevert(PartOffsetOOB.selector);
        oracle.loadKeccak256PreimagePart(type(uint256).max, preimage);
        oracle.loadKeccak256PreimagePart(8, data(1000));
        vm.snapshotGasLastCall("PreimageOracle", "load 1,000 bytes by keccak256");
    }

    function test_empty_preimage_has_a_length() external {
        for (uint256 offset = 0; offset < 8; offset++) {
            oracle.loadKeccak256PreimagePart(offset, "");
            expectPart(keccakKey(""), offset, "");
        }
        expectRevert(PartOffsetOOB.selector);
        oracle.loadKeccak256PreimagePart(8, "");
    }

    function test_sha256_parts() external {
        bytes memory preimage = data(40);
        bytes32 key = typed(4, sha256(preimage));
        for (uint256 offset = 0; offset < 48; offset++) {
            oracle.loadSha256PreimagePart(offset, preimage);
            expectPart(key, offset, preimage);
        }
        expectRevert(PartOffsetOOB.selector);
        oracle.loadSha256PreimagePart(48, preimage);
    }

    function test_local_parts_belong_to_their_caller_and_context() external {
        address game = makeAddr("game");
        bytes32 word = bytes32(uint256(0x1122334455667788) << 192);
        bytes32 context = keccak256("context");
        for (uint256 offset = 0; offset < 16; offset++) {
            vm.prank(game);
            bytes32 key = oracle.loadLocalData(4, context, word, 8, offset);
            assertEq(key, typed(1, keccak256(abi.encode(bytes32((1 << 248) | uint256(4)), game, context))));
            expectPart(key, offset, abi.encodePacked(uint64(0x1122334455667788)));
        }
        bytes32 mine = oracle.loadLocalData(4, context, word, 8, 0);
        vm.prank(game);
        bytes32 elsewhere = oracle.loadLocalData(4, bytes32(0), word, 8, 0);
        assertNotEq(mine, elsewhere);
    }

    function test_local_parts_of_any_size() external {
        bytes memory all = data(32);
        for (uint256 size = 0; size <= 32; size++) {
            for (uint256 offset = 0; offset < size + 8; offset += 3) {
                bytes32 key = oracle.loadLocalData(size, bytes32(0), bytes32(all), size, offset);
                expectPart(key, offset, cut(all, 0, size));
            }
            expectRevert(PartOffsetOOB.selector);
            oracle.loadLocalData(size, bytes32(0), bytes32(all), size, size + 8);
        }
        expectRevert(PartOffsetOOB.selector);
        oracle.loadLocalData(0, bytes32(0), bytes32(all), 33, 0);
    }

    function test_blob_parts() external {
        for (uint256 offset = 0; offset < 40; offset += 13) {
            oracle.loadBlobPreimagePart(5, 0, INFINITY, INFINITY, offset);
            expectPart(typed(5, keccak256(abi.encodePacked(INFINITY, uint256(5)))), offset, new bytes(32));
        }
        expectRevert(PartOffsetOOB.selector);
        oracle.loadBlobPreimagePart(5, 0, INFINITY, INFINITY, 40);
        expectRevert(InvalidProof.selector);
        oracle.loadBlobPreimagePart(5, 1, INFINITY, INFINITY, 0);
        expectRevert(InvalidProof.selector);
        oracle.loadBlobPreimagePart(5, 0, hex"c0", INFINITY, 0);
        expectRevert(InvalidProof.selector);
        oracle.loadBlobPreimagePart(5, 0, INFINITY, bytes.concat(INFINITY, hex"00"), 0);
    }

    function test_precompile_parts() external {
        bytes memory input = data(100);
        bytes memory result = abi.encodePacked(uint8(1), sha256(input));
        bytes32 key = typed(6, keccak256(abi.encodePacked(address(2), uint64(500), input)));
        for (uint256 offset = 0; offset < 41; offset++) {
            oracle.loadPrecompilePreimagePart(offset, address(2), 500, input);
            expectPart(key, offset, result);
        }
        expectRevert(PartOffsetOOB.selector);
        oracle.loadPrecompilePreimagePart(41, address(2), 500, input);
    }

    function test_failed_precompile_is_a_result_too() external {
        // A pairing check of input that is not a list of pairs of points fails and takes all its gas.
        bytes memory input = data(100);
        bytes32 key = typed(6, keccak256(abi.encodePacked(address(8), uint64(45_000), input)));
        oracle.loadPrecompilePreimagePart{gas: 300_000}(8, address(8), 45_000, input);
        expectPart(key, 8, hex"00");

        address failing = address(new Failing());
        oracle.loadPrecompilePreimagePart(8, failing, 0, "");
        expectPart(typed(6, keccak256(abi.encodePacked(failing, uint64(0)))), 8, hex"001234");
    }

    function test_precompile_gets_the_gas_it_requires() external {
        bytes memory input = data(100);
        uint64 required = 1_000_000;
        for (uint256 gas = 900_000; gas < 1_100_000; gas += 50_000) {
            expectRevert(NotEnoughGas.selector);
            oracle.loadPrecompilePreimagePart{gas: gas}(0, address(2), required, input);
        }
        oracle.loadPrecompilePreimagePart{gas: 1_130_000}(0, address(2), required, input);
        expectRevert(NotEnoughGas.selector);
        oracle.loadPrecompilePreimagePart(0, address(2), type(uint64).max, input);
    }

    function test_zero_subtrees_are_hashes_of_each_other() external pure {
        uint256 at = ZeroSubtrees.load();
        bytes32 expected;
        for (uint256 height = 0; height < 59; height++) {
            bytes32 given;
            assembly ("memory-safe") {
                given := mload(add(at, mul(32, height)))
            }
            assertEq(given, expected);
            expected = keccak256(abi.encode(expected, expected));
        }
    }

    function expectPart(bytes32 key, uint256 offset, bytes memory preimage) private view {
        (bytes32 part, uint256 length) = oracle.readPreimage(key, offset);
        assertEq(part, partOf(preimage, offset));
        uint256 left = preimage.length + 8 - offset;
        assertEq(length, left < 32 ? left : 32);
        assertEq(oracle.preimageLengths(key), preimage.length);
    }

    function typed(uint256 keyType, bytes32 digest) private pure returns (bytes32) {
        return bytes32((uint256(digest) & (type(uint256).max >> 8)) | (keyType << 248));
    }
}
