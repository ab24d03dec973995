// SPDX-License-Identifier: MIT
pragma solidity ^0.8.22;

import {PreimageOracle} from "src/vm/PreimageOracle.sol";
import {StateMatrix} from "src/vm/lib/KeccakSponge.sol";
import {Leaf} from "src/vm/lib/LeafTree.sol";
import {
    ActiveProposal,
    AlreadyFinalized,
    AlreadyInitialized,
    BadProposal,
    BondTransferFailed,
    InsufficientBond,
    InvalidInputSize,
    InvalidPreimage,
    InvalidProof,
    NotEOA,
    NotInitialized,
    PartOffsetOOB,
    PostStateMatches,
    StatesNotContiguous,
    TreeSizeOverflow,
    WrongStartingBlock
} from "src/vm/lib/OracleErrors.sol";
import {ProposalMetadata} from "src/vm/lib/ProposalMetadata.sol";
import {Vm} from "test/support/Vm.sol";
import {LargeFixture} from "test/vm/support/LargeFixture.sol";

/// A challenger that cannot be paid.
contract Unpayable {
    function challengeFirst(PreimageOracle oracle, bytes calldata call) external {
        (bool ok, bytes memory result) = address(oracle).call(call);
        if (!ok) {
            assembly { revert(add(result, 32), mload(result)) }
        }
    }
}

/// Preimages proposed in leaves: the way to the store, the challenge, and every refusal.
contract LargePreimagesTest is LargeFixture {
    uint256 private constant UUID = 7;

    function test_parameters() external {
        PreimageOracle real = new PreimageOracle(126_000, PERIOD);
        assertEq(real.minProposalSize(), 126_000);
        assertEq(real.challengePeriod(), 86_400);
        assertEq(real.KECCAK_TREE_DEPTH(), 16);
        assertEq(real.MAX_LEAF_COUNT(), 65_535);
        assertEq(real.MIN_BOND_SIZE(), 0.25 ether);
        assertEq(real.zeroHashes(0), bytes32(0));
        for (uint256 i = 0; i < 15; i++) {
            assertEq(real.zeroHashes(i + 1), keccak256(abi.encode(real.zeroHashes(i), real.zeroHashes(i))));
        }
    }

    function test_reference_keccak_is_keccak() external pure {
        for (uint256 size = 0; size < 420; size += 35) {
            Upload memory u = upload(data(size));
            uint256 last = u.leaves.length - 1;
            uint64[25] memory lanes = u.matrices[last].state;
            absorb(lanes, u.leaves[last].input);
            uint256 expected = uint256(keccak256(data(size)));
            for (uint256 i = 0; i < 32; i++) {
                assertEq((lanes[i / 8] >> uint64(8 * (i % 8))) & 0xff, (expected >> (248 - 8 * i)) & 0xff);
            }
        }
    }

    function test_unchallenged_proposal_is_stored() external {
        uint32[7] memory offsets = [uint32(0), 7, 8, 9, 140, 399, 407];
        uint256[3] memory sizes = [uint256(400), 407, 408];
        for (uint256 s = 0; s < sizes.length; s++) {
            Upload memory u = upload(data(sizes[s]));
            bytes32 key = keccakKey(u.preimage);
            for (uint256 i = 0; i < offsets.length; i++) {
                uint256 uuid = 100 * s + i;
                propose(u, uuid, offsets[i]);
                skip(PERIOD + 1);
                assertFalse(oracle.preimagePartOk(key, offsets[i]));
                squeeze(u, uuid);
                assertEq(proposer.balance, 10 ether, "the bond is back");
                (bytes32 part, uint256 length) = oracle.readPreimage(key, offsets[i]);
                assertEq(part, partOf(u.preimage, offsets[i]));
                uint256 left = sizes[s] + 8 - offsets[i];
                assertEq(length, left < 32 ? left : 32);
                assertEq(oracle.preimageLengths(key), sizes[s]);
            }
        }
    }

    function test_metadata_and_root_follow_the_leaves() external {
        Upload memory u = upload(data(1000));
        init(u, UUID, 300);
        assertEq(oracle.proposalCount(), 1);
        (address claimant, uint256 uuid) = oracle.proposals(0);
        assertEq(claimant, proposer);
        assertEq(uuid, UUID);
        assertEq(oracle.proposalBonds(proposer, UUID), BOND);
        assertEq(metadata(), pack(0, 300, 1000, 0, 0, 0));

        add(u, UUID, 0, 2);
        assertEq(metadata(), pack(0, 300, 1000, 2, 272, 0));
        vm.roll(block.number + 5);
        add(u, UUID, 2, 7);
        assertEq(metadata(), pack(0, 300, 1000, 7, 952, 0));
        assertEq(oracle.proposalParts(proposer, UUID), partOf(u.preimage, 300));
        add(u, UUID, 7, 8);
        assertEq(metadata(), pack(block.timestamp, 300, 1000, 8, 1000, 0));
        assertEq(oracle.getTreeRootLPP(proposer, UUID), treeNode(u, 16, 0));

        assertEq(oracle.proposalBlocksLen(proposer, UUID), 3);
        assertEq(oracle.proposalBlocks(proposer, UUID, 0) + 5, oracle.proposalBlocks(proposer, UUID, 1));
        assertEq(oracle.proposalBlocks(proposer, UUID, 1), oracle.proposalBlocks(proposer, UUID, 2));
    }

    function test_leaves_are_logged() external {
        Upload memory u = upload(data(400));
        init(u, UUID, 0);
        vm.recordLogs();
        add(u, UUID, 0, 3);
        Vm.Log[] memory logs = vm.getRecordedLogs();
        assertEq(logs.length, 1);
        assertEq(logs[0].topics.length, 0);
        bytes memory call = abi.encodeCall(oracle.addLeavesLPP, (UUID, 0, u.preimage, u.commitments, true));
        assertEq(logs[0].data, bytes.concat(bytes20(proposer), call));
    }

    function test_false_leaf_costs_the_bond() external {
        for (uint256 index = 0; index < 4; index++) {
            Upload memory u = falseUpload(data(500), index);
            propose(u, index, 10);
            uint256 before = challenger.balance;
            challenge(u, index, index);
            assertEq(challenger.balance, before + BOND);
            assertEq(oracle.proposalBonds(proposer, index), 0);
            assertEq(uint64(uint256(metadataOf(index))), type(uint64).max);

            skip(PERIOD + 1);
            refuseSqueeze(u, index, BadProposal.selector);
            refuseChallenge(u, index, index, BadProposal.selector);
        }
    }

    function test_incomplete_proposal_can_be_challenged() external {
        Upload memory u = falseUpload(data(1000), 1);
        init(u, UUID, 0);
        add(u, UUID, 0, 3);
        // The tree holds three leaves only: so must what the proofs are made of.
        Leaf[] memory added = new Leaf[](3);
        for (uint256 i = 0; i < 3; i++) {
            added[i] = u.leaves[i];
        }
        u.leaves = added;
        challenge(u, UUID, 1);
        assertEq(challenger.balance, 10 ether + BOND);
    }

    function test_true_leaf_cannot_be_challenged() external {
        Upload memory u = upload(data(500));
        propose(u, UUID, 10);
        for (uint256 index = 0; index < 4; index++) {
            refuseChallenge(u, UUID, index, PostStateMatches.selector);
        }
    }

    function test_challenge_needs_the_leaves_of_the_proposal() external {
        Upload memory u = falseUpload(data(500), 2);
        propose(u, UUID, 10);
        Upload memory other = falseUpload(data(501), 2);
        refuseChallenge(other, UUID, 2, InvalidProof.selector);
        refuseChallenge(other, UUID, 0, InvalidProof.selector);

        bytes32[] memory short = cut(proofOf(u, 0), 0, 15);
        expectRevert(InvalidProof.selector);
        oracle.challengeFirstLPP(proposer, UUID, u.leaves[0], short);
    }

    function test_challenge_needs_neighbours() external {
        Upload memory u = falseUpload(data(500), 3);
        propose(u, UUID, 10);
        bytes32[] memory preProof = proofOf(u, 1);
        bytes32[] memory postProof = proofOf(u, 3);
        expectRevert(StatesNotContiguous.selector);
        oracle.challengeLPP(proposer, UUID, u.matrices[2], u.leaves[1], preProof, u.leaves[3], postProof);
        expectRevert(StatesNotContiguous.selector);
        oracle.challengeFirstLPP(proposer, UUID, u.leaves[3], postProof);
    }

    function test_challenge_needs_the_sponge_of_the_leaf_before() external {
        Upload memory u = falseUpload(data(500), 2);
        propose(u, UUID, 10);
        u.matrices[2].state[24] ^= 1;
        refuseChallenge(u, UUID, 2, InvalidPreimage.selector);
    }

    function test_unpayable_challenger_is_refused() external {
        Upload memory u = falseUpload(data(500), 0);
        propose(u, UUID, 10);
        Unpayable unpayable = new Unpayable();
        bytes memory call = abi.encodeCall(oracle.challengeFirstLPP, (proposer, UUID, u.leaves[0], proofOf(u, 0)));
        expectRevert(BondTransferFailed.selector);
        unpayable.challengeFirst(oracle, call);
    }

    function test_squeeze_waits_for_the_challenge_period() external {
        Upload memory u = upload(data(500));
        init(u, UUID, 10);
        refuseSqueeze(u, UUID, ActiveProposal.selector);
        add(u, UUID, 0, 4);
        skip(PERIOD);
        refuseSqueeze(u, UUID, ActiveProposal.selector);
        skip(1);
        squeeze(u, UUID);
    }

    function test_squeeze_needs_the_last_two_leaves() external {
        Upload memory u = upload(data(500));
        propose(u, UUID, 10);
        skip(PERIOD + 1);
        (bytes32[] memory p1, bytes32[] memory p2, bytes32[] memory p3) = (proofOf(u, 1), proofOf(u, 2), proofOf(u, 3));
        expectRevert(StatesNotContiguous.selector);
        oracle.squeezeLPP(proposer, UUID, u.matrices[2], u.leaves[1], p1, u.leaves[2], p2);
        expectRevert(StatesNotContiguous.selector);
        oracle.squeezeLPP(proposer, UUID, u.matrices[2], u.leaves[1], p1, u.leaves[3], p3);
        expectRevert(InvalidProof.selector);
        oracle.squeezeLPP(proposer, UUID, u.matrices[3], u.leaves[2], p1, u.leaves[3], p3);
        expectRevert(InvalidProof.selector);
        oracle.squeezeLPP(proposer, UUID, u.matrices[3], u.leaves[2], p2, u.leaves[3], p2);
        u.matrices[3].state[0] ^= 1;
        refuseSqueeze(u, UUID, InvalidPreimage.selector);
    }

    function test_squeeze_refuses_a_false_last_leaf() external {
        Upload memory u = falseUpload(data(500), 3);
        propose(u, UUID, 10);
        skip(PERIOD + 1);
        refuseSqueeze(u, UUID, InvalidPreimage.selector);
    }

    function test_init_refuses() external {
        vm.startPrank(proposer, proposer);
        expectRevert(InsufficientBond.selector);
        oracle.initLPP{value: BOND - 1}(UUID, 0, 400);
        expectRevert(PartOffsetOOB.selector);
        oracle.initLPP{value: BOND}(UUID, 408, 400);
        expectRevert(InvalidInputSize.selector);
        oracle.initLPP{value: BOND}(UUID, 0, uint32(MIN_SIZE - 1));
        oracle.initLPP{value: BOND}(UUID, 407, 400);
        expectRevert(AlreadyInitialized.selector);
        oracle.initLPP{value: BOND}(UUID, 0, 400);
        vm.stopPrank();
        vm.prank(proposer, challenger);
        expectRevert(NotEOA.selector);
        oracle.initLPP{value: BOND}(UUID + 1, 0, 400);
    }

    function test_leaves_refuse() external {
        Upload memory u = upload(data(500));
        refuseLeaves(0, u.preimage, u.commitments, true, NotInitialized.selector);
        init(u, UUID, 200);
        refuseLeaves(1, u.preimage, u.commitments, true, WrongStartingBlock.selector);
        refuseLeaves(0, u.preimage, cut(u.commitments, 0, 3), true, InvalidInputSize.selector);
        refuseLeaves(0, u.preimage, cut(u.commitments, 0, 3), false, InvalidInputSize.selector);
        refuseLeaves(0, cut(u.preimage, 0, 272), u.commitments, false, InvalidInputSize.selector);
        // The last input ends before or after the claimed size.
        refuseLeaves(0, cut(u.preimage, 0, 499), u.commitments, true, InvalidInputSize.selector);
        refuseLeaves(0, bytes.concat(u.preimage, hex"00"), u.commitments, true, InvalidInputSize.selector);
        add(u, UUID, 0, 4);
        refuseLeaves(4, "", new bytes32[](1), true, AlreadyFinalized.selector);
    }

    function test_part_must_not_be_cut_by_the_end_of_an_input() external {
        Upload memory u = upload(data(500));
        // The first block has the bytes up to 135: a part from 104 on is its end, one from 105 on is cut.
        for (uint32 start = 104; start <= 106; start++) {
            init(u, start, start + 8);
            if (start == 104) {
                add(u, start, 0, 1);
                assertEq(oracle.proposalParts(proposer, start), partOf(u.preimage, start + 8));
            } else {
                bytes memory input = cut(u.preimage, 0, 136);
                bytes32[] memory commitments = cut(u.commitments, 0, 1);
                vm.prank(proposer);
                expectRevert(PartOffsetOOB.selector);
                oracle.addLeavesLPP(start, 0, input, commitments, false);
            }
        }
        init(u, UUID, 3);
        refuseLeaves(0, "", new bytes32[](0), false, PartOffsetOOB.selector);
    }

    function test_tree_does_not_overflow() external {
        PreimageOracle small = new PreimageOracle(MIN_SIZE, PERIOD);
        vm.prank(proposer, proposer);
        small.initLPP{value: BOND}(UUID, 8, type(uint32).max);
        // 65,535 leaves are what the tree holds: pretend that all but one are there.
        bytes32 slot = keccak256(abi.encode(UUID, keccak256(abi.encode(proposer, uint256(21)))));
        vm.store(address(small), slot, pack(0, 8, type(uint32).max, 65_534, 65_534 * 136, 0));
        bytes32[] memory commitments = new bytes32[](2);
        vm.prank(proposer);
        expectRevert(TreeSizeOverflow.selector);
        small.addLeavesLPP(UUID, 65_534, new bytes(272), commitments, false);
        vm.prank(proposer);
        small.addLeavesLPP(UUID, 65_534, new bytes(136), new bytes32[](1), false);
    }

    function test_gas_of_a_chunk_and_of_a_squeeze() external {
        Upload memory u = upload(data(136 * 30 + 20));
        init(u, UUID, 10);
        bytes memory input = cut(u.preimage, 0, 136 * 30);
        bytes32[] memory commitments = cut(u.commitments, 0, 30);
        vm.prank(proposer, proposer);
        oracle.addLeavesLPP(UUID, 0, input, commitments, false);
        vm.snapshotGasLastCall("PreimageOracle", "add 30 leaves");
        add(u, UUID, 30, 31);
        skip(PERIOD + 1);
        squeeze(u, UUID);
        vm.snapshotGasLastCall("PreimageOracle", "squeeze");
        u = falseUpload(data(500), 2);
        propose(u, UUID + 1, 10);
        challenge(u, UUID + 1, 2);
        vm.snapshotGasLastCall("PreimageOracle", "challenge");
    }

    function metadata() private view returns (bytes32) {
        return metadataOf(UUID);
    }

    function metadataOf(uint256 uuid) private view returns (bytes32) {
        return ProposalMetadata.unwrap(oracle.proposalMetadata(proposer, uuid));
    }

    function refuseLeaves(uint256 start, bytes memory input, bytes32[] memory commitments, bool finalize, bytes4 reason)
        private
    {
        vm.prank(proposer);
        expectRevert(reason);
        oracle.addLeavesLPP(UUID, start, input, commitments, finalize);
    }

    function refuseSqueeze(Upload memory u, uint256 uuid, bytes4 reason) private {
        uint256 last = u.leaves.length - 1;
        bytes32[] memory preProof = proofOf(u, last - 1);
        bytes32[] memory postProof = proofOf(u, last);
        expectRevert(reason);
        oracle.squeezeLPP(proposer, uuid, u.matrices[last], u.leaves[last - 1], preProof, u.leaves[last], postProof);
    }

    function refuseChallenge(Upload memory u, uint256 uuid, uint256 index, bytes4 reason) private {
        bytes32[] memory postProof = proofOf(u, index);
        if (index == 0) {
            expectRevert(reason);
            oracle.challengeFirstLPP(proposer, uuid, u.leaves[0], postProof);
            return;
        }
        bytes32[] memory preProof = proofOf(u, index - 1);
        StateMatrix memory matrix = u.matrices[index];
        expectRevert(reason);
        oracle.challengeLPP(proposer, uuid, matrix, u.leaves[index - 1], preProof, u.leaves[index], postProof);
    }

    /// Metadata as existing tools decode it.
    function pack(uint256 time, uint256 offset, uint256 size, uint256 blocks, uint256 processed, uint256 countered)
        private
        pure
        returns (bytes32)
    {
        return bytes32((time << 192) | (offset << 160) | (size << 128) | (blocks << 96) | (processed << 64) | countered);
    }
}
