// SPDX-License-Identifier: MIT
pragma solidity ^0.8.22;

import {PreimageOracle} from "src/vm/PreimageOracle.sol";
import {StateMatrix} from "src/vm/lib/KeccakSponge.sol";
import {Leaf} from "src/vm/lib/LeafTree.sol";
import {Test} from "test/support/Test.sol";

/// Large preimages as a proposer prepares them: blocks, sponge states, tree and proofs. Written apart from the
/// libraries under test, with a plain keccak.
abstract contract LargeFixture is Test {
    /// A preimage cut into leaves. `matrices[i]` is the sponge before leaf `i`.
    struct Upload {
        bytes preimage;
        Leaf[] leaves;
        StateMatrix[] matrices;
        bytes32[] commitments;
    }

    uint256 internal constant PERIOD = 86_400;
    uint256 internal constant BOND = 0.25 ether;
    /// Small enough for quick tests: three blocks or so.
    uint256 internal constant MIN_SIZE = 300;

    PreimageOracle internal oracle;
    address internal proposer;
    address internal challenger;

    function setUp() public virtual {
        oracle = new PreimageOracle(MIN_SIZE, PERIOD);
        proposer = makeFunded("proposer", 10 ether);
        challenger = makeFunded("challenger", 10 ether);
    }

    /// Bytes without a pattern.
    function data(uint256 size) internal pure returns (bytes memory out) {
        out = new bytes((size + 31) & ~uint256(31));
        for (uint256 i = 0; i < out.length; i += 32) {
            bytes32 word = keccak256(abi.encode(i));
            assembly ("memory-safe") {
                mstore(add(add(out, 32), i), word)
            }
        }
        return cut(out, 0, size);
    }

    /// An honest upload of a preimage.
    function upload(bytes memory preimage) internal pure returns (Upload memory u) {
        uint256 count = preimage.length / 136 + 1;
        u.preimage = preimage;
        u.leaves = new Leaf[](count);
        u.matrices = new StateMatrix[](count);
        u.commitments = new bytes32[](count);
        uint64[25] memory lanes;
        for (uint256 i = 0; i < count; i++) {
            bytes memory input = cut(preimage, 136 * i, 136 * (i + 1));
            if (i + 1 == count) {
                uint256 rest = input.length;
                input = bytes.concat(input, new bytes(136 - rest));
                input[rest] |= 0x01;
                input[135] |= 0x80;
            }
            u.matrices[i].state = copyOf(lanes);
            absorb(lanes, input);
            u.commitments[i] = keccak256(abi.encode(lanes));
            u.leaves[i] = Leaf(input, i, u.commitments[i]);
        }
    }

    /// An upload whose commitments are false from one leaf on.
    function falseUpload(bytes memory preimage, uint256 from) internal pure returns (Upload memory u) {
        u = upload(preimage);
        for (uint256 i = from; i < u.leaves.length; i++) {
            u.commitments[i] = keccak256(abi.encode(u.commitments[i], "false"));
            u.leaves[i].stateCommitment = u.commitments[i];
        }
    }

    function cut(bytes memory all, uint256 from, uint256 to) internal pure returns (bytes memory out) {
        if (to > all.length) to = all.length;
        out = new bytes(to - from);
        assembly ("memory-safe") {
            mcopy(add(out, 32), add(add(all, 32), from), sub(to, from))
        }
    }

    function cut(bytes32[] memory all, uint256 from, uint256 to) internal pure returns (bytes32[] memory out) {
        out = new bytes32[](to - from);
        for (uint256 i = 0; i < out.length; i++) {
            out[i] = all[from + i];
        }
    }

    function copyOf(uint64[25] memory lanes) internal pure returns (uint64[25] memory out) {
        for (uint256 i = 0; i < 25; i++) {
            out[i] = lanes[i];
        }
    }

    /// The siblings of a leaf in the tree of depth 16.
    function proofOf(Upload memory u, uint256 index) internal pure returns (bytes32[] memory siblings) {
        siblings = new bytes32[](16);
        for (uint256 height = 0; height < 16; height++) {
            siblings[height] = treeNode(u, height, (index >> height) ^ 1);
        }
    }

    function treeNode(Upload memory u, uint256 height, uint256 index) internal pure returns (bytes32) {
        if (height == 0) {
            if (index >= u.leaves.length) return bytes32(0);
            Leaf memory leaf = u.leaves[index];
            return keccak256(bytes.concat(leaf.input, abi.encode(leaf.index, leaf.stateCommitment)));
        }
        if ((index << height) >= u.leaves.length) {
            bytes32 left = treeNode(u, height - 1, index << 1);
            return keccak256(abi.encode(left, left));
        }
        return keccak256(abi.encode(treeNode(u, height - 1, 2 * index), treeNode(u, height - 1, 2 * index + 1)));
    }

    function init(Upload memory u, uint256 uuid, uint32 partOffset) internal {
        vm.prank(proposer, proposer);
        oracle.initLPP{value: BOND}(uuid, partOffset, uint32(u.preimage.length));
    }

    /// Adds the leaves from one block to another.
    function add(Upload memory u, uint256 uuid, uint256 from, uint256 to) internal {
        bytes memory input = cut(u.preimage, 136 * from, 136 * to);
        bytes32[] memory commitments = cut(u.commitments, from, to);
        vm.prank(proposer, proposer);
        oracle.addLeavesLPP(uuid, from, input, commitments, to == u.leaves.length);
    }

    /// A complete proposal, added in one go.
    function propose(Upload memory u, uint256 uuid, uint32 partOffset) internal {
        init(u, uuid, partOffset);
        add(u, uuid, 0, u.leaves.length);
    }

    function squeeze(Upload memory u, uint256 uuid) internal {
        uint256 last = u.leaves.length - 1;
        bytes32[] memory preProof = proofOf(u, last - 1);
        bytes32[] memory postProof = proofOf(u, last);
        oracle.squeezeLPP(proposer, uuid, u.matrices[last], u.leaves[last - 1], preProof, u.leaves[last], postProof);
    }

    function challenge(Upload memory u, uint256 uuid, uint256 index) internal {
        bytes32[] memory postProof = proofOf(u, index);
        if (index == 0) {
            vm.prank(challenger);
            oracle.challengeFirstLPP(proposer, uuid, u.leaves[0], postProof);
            return;
        }
        bytes32[] memory preProof = proofOf(u, index - 1);
        vm.prank(challenger);
        oracle.challengeLPP(
            proposer, uuid, u.matrices[index], u.leaves[index - 1], preProof, u.leaves[index], postProof
        );
    }

    function keccakKey(bytes memory preimage) internal pure returns (bytes32) {
        return bytes32((uint256(keccak256(preimage)) & (type(uint256).max >> 8)) | (2 << 248));
    }

    /// A part as the oracle defines it, cut out of the whole preimage with its length.
    function partOf(bytes memory preimage, uint256 offset) internal pure returns (bytes32 part) {
        bytes memory whole = bytes.concat(bytes8(uint64(preimage.length)), preimage, new bytes(32));
        assembly ("memory-safe") {
            part := mload(add(add(whole, 32), offset))
        }
    }

    /// keccak-f[1600] as FIPS 202 writes it down, after absorbing a block.
    function absorb(uint64[25] memory a, bytes memory input) internal pure {
        for (uint256 i = 0; i < 136; i++) {
            a[i / 8] ^= uint64(uint8(input[i])) << uint64(8 * (i % 8));
        }
        uint256 lfsr = 1;
        for (uint256 round = 0; round < 24; round++) {
            uint64[5] memory c;
            for (uint256 i = 0; i < 25; i++) {
                c[i % 5] ^= a[i];
            }
            for (uint256 i = 0; i < 25; i++) {
                a[i] ^= c[(i + 4) % 5] ^ rotate(c[(i + 1) % 5], 1);
            }
            // rho and pi together, along the path that visits every lane but the first
            (uint256 x, uint256 y, uint64 carried) = (1, 0, a[1]);
            for (uint64 t = 0; t < 24; t++) {
                (x, y) = (y, (2 * x + 3 * y) % 5);
                (carried, a[x + 5 * y]) = (a[x + 5 * y], rotate(carried, ((t + 1) * (t + 2) / 2) % 64));
            }
            for (uint256 row = 0; row < 25; row += 5) {
                uint64[5] memory b;
                for (uint256 i = 0; i < 5; i++) {
                    b[i] = a[row + i];
                }
                for (uint256 i = 0; i < 5; i++) {
                    a[row + i] = b[i] ^ (~b[(i + 1) % 5] & b[(i + 2) % 5]);
                }
            }
            for (uint256 j = 0; j < 7; j++) {
                lfsr = ((lfsr << 1) ^ ((lfsr >> 7) * 0x71)) % 256;
                if (lfsr & 2 != 0) a[0] ^= uint64(1) << uint64((1 << j) - 1);
            }
        }
    }

    function rotate(uint64 lane, uint64 amount) internal pure returns (uint64) {
        return amount == 0 ? lane : (lane << amount) | (lane >> (64 - amount));
    }
}
