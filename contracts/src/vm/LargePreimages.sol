// SPDX-License-Identifier: MIT
pragma solidity ^0.8.22;

import {PreimageStore} from "src/vm/PreimageStore.sol";
import {IPreimageOracle} from "src/dispute/interfaces/IPreimageOracle.sol";
import {KeccakSponge, StateMatrix} from "src/vm/lib/KeccakSponge.sol";
import {Leaf, LeafTree} from "src/vm/lib/LeafTree.sol";
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
import {PreimageKeys} from "src/vm/lib/PreimageKeys.sol";
import {PreimageParts} from "src/vm/lib/PreimageParts.sol";
import {ProposalMetadata, ProposalMetadataLib} from "src/vm/lib/ProposalMetadata.sol";

/// @title LargePreimages
/// @notice Keccak256 preimages that do not fit into a transaction, proposed in pieces and believed unless challenged.
///
///         The proposer puts up a bond (`initLPP`) and adds the preimage block by block, each with a commitment to the
///         keccak sponge after it (`addLeavesLPP`). Nobody on L1 checks these. Whoever finds a false one off-chain
///         proves it by absorbing that one block here (`challengeLPP`) and gets the bond. If nobody has when the
///         challenge period is over, the digest is squeezed out of the last state (`squeezeLPP`) and the part stored.
abstract contract LargePreimages is PreimageStore {
    /// @notice Whose proposal it is, and the number that the proposer gave it.
    struct ProposalKey {
        address claimant;
        uint256 uuid;
    }

    /// @notice The depth of the tree of a proposal's leaves.
    uint256 public constant KECCAK_TREE_DEPTH = LeafTree.DEPTH;
    /// @notice How many leaves a proposal can have.
    uint256 public constant MAX_LEAF_COUNT = (1 << LeafTree.DEPTH) - 1;
    /// @notice The bond of a proposal in wei.
    uint256 public constant MIN_BOND_SIZE = 0.25 ether;

    uint256 private immutable MIN_PROPOSAL_SIZE;
    uint256 private immutable CHALLENGE_PERIOD;

    /// @notice The root of an empty tree of each height.
    bytes32[16] public zeroHashes;
    /// @notice All proposals in the order of their creation.
    ProposalKey[] public proposals;
    /// @notice For each height of a proposal's tree the last node that had no right sibling.
    mapping(address claimant => mapping(uint256 uuid => bytes32[16] branch)) public proposalBranches;
    /// @notice What is known of a proposal.
    mapping(address claimant => mapping(uint256 uuid => ProposalMetadata metadata)) public proposalMetadata;
    /// @notice The bond of a proposal in wei, until it is paid out.
    mapping(address claimant => mapping(uint256 uuid => uint256 bond)) public proposalBonds;
    /// @notice The part of a proposal's preimage that is to be stored.
    mapping(address claimant => mapping(uint256 uuid => bytes32 part)) public proposalParts;
    /// @notice The numbers of the L1 blocks in which leaves were added.
    mapping(address claimant => mapping(uint256 uuid => uint64[] blocks)) public proposalBlocks;

    /// @param minProposalSize_ The size in bytes from which a preimage may be proposed.
    /// @param challengePeriod_ How many seconds a complete proposal can be challenged.
    constructor(uint256 minProposalSize_, uint256 challengePeriod_) {
        MIN_PROPOSAL_SIZE = minProposalSize_;
        CHALLENGE_PERIOD = challengePeriod_;
        for (uint256 height = 0; height + 1 < LeafTree.DEPTH; height++) {
            zeroHashes[height + 1] = LeafTree.pair(zeroHashes[height], zeroHashes[height]);
        }
    }

    /// @notice The size in bytes from which a preimage may be proposed.
    function minProposalSize() external view returns (uint256) {
        return MIN_PROPOSAL_SIZE;
    }

    /// @inheritdoc IPreimageOracle
    function challengePeriod() external view returns (uint256) {
        return CHALLENGE_PERIOD;
    }

    /// @notice How many proposals there have been.
    function proposalCount() external view returns (uint256) {
        return proposals.length;
    }

    /// @notice How many entries `proposalBlocks` has for a proposal.
    function proposalBlocksLen(address claimant, uint256 uuid) external view returns (uint256) {
        return proposalBlocks[claimant][uuid].length;
    }

    /// @notice The root of the tree of a proposal's leaves so far.
    function getTreeRootLPP(address owner, uint256 uuid) public view returns (bytes32) {
        uint256 count = proposalMetadata[owner][uuid].blocksProcessed();
        return LeafTree.root(proposalBranches[owner][uuid], zeroHashes, count);
    }

    /// @notice Begins a proposal and puts up its bond. Not for contracts: what they do is harder to follow off-chain.
    /// @param uuid A number that the caller has not used yet.
    /// @param partOffset Where the part to store begins, the length prefix included.
    /// @param claimedSize The size of the preimage in bytes.
    function initLPP(uint256 uuid, uint32 partOffset, uint32 claimedSize) external payable {
        if (msg.value < MIN_BOND_SIZE) revert InsufficientBond();
        if (msg.sender != tx.origin) revert NotEOA();
        if (partOffset >= uint256(claimedSize) + 8) revert PartOffsetOOB();
        // A preimage of no bytes is never a large one: a claimed size of 0 says that there is no proposal.
        if (claimedSize < MIN_PROPOSAL_SIZE || claimedSize == 0) revert InvalidInputSize();
        if (proposalMetadata[msg.sender][uuid].claimedSize() != 0) revert AlreadyInitialized();

        proposals.push(ProposalKey(msg.sender, uuid));
        proposalMetadata[msg.sender][uuid] = ProposalMetadataLib.create(partOffset, claimedSize);
        proposalBonds[msg.sender][uuid] = msg.value;
    }

    /// @notice Adds blocks to a proposal of the caller. Logs the caller (20 bytes) and the whole calldata, from which
    ///         anyone can recompute the states.
    /// @param uuid The number of the proposal.
    /// @param inputStartBlock How many blocks it has: guards against transactions out of order.
    /// @param input The next bytes of the preimage, whole blocks of 136 bytes; the last input may end in a part of one.
    /// @param stateCommitments The commitment to the sponge after each block.
    /// @param finalize Whether this is the last input. One more block or part of one is then filled up by the padding.
    function addLeavesLPP(
        uint256 uuid,
        uint256 inputStartBlock,
        bytes calldata input,
        bytes32[] calldata stateCommitments,
        bool finalize
    ) external {
        ProposalMetadata metadata = proposalMetadata[msg.sender][uuid];
        if (metadata.claimedSize() == 0) revert NotInitialized();
        if (metadata.timestamp() != 0) revert AlreadyFinalized();
        if (metadata.blocksProcessed() != inputStartBlock) revert WrongStartingBlock();
        uint256 newBlocks = input.length / KeccakSponge.BLOCK_SIZE + (finalize ? 1 : 0);
        if (newBlocks != stateCommitments.length) revert InvalidInputSize();
        if (!finalize && input.length % KeccakSponge.BLOCK_SIZE != 0) revert InvalidInputSize();
        if (inputStartBlock + newBlocks > MAX_LEAF_COUNT) revert TreeSizeOverflow();

        keepPart(metadata, uuid, input, finalize);
        addLeaves(uuid, inputStartBlock, input, stateCommitments, finalize);
        uint256 size = metadata.bytesProcessed() + input.length;
        metadata = metadata.withProgress(inputStartBlock + newBlocks, size);
        if (finalize) {
            if (size != metadata.claimedSize()) revert InvalidInputSize();
            metadata = metadata.withTimestamp(uint64(block.timestamp));
        }
        proposalMetadata[msg.sender][uuid] = metadata;
        proposalBlocks[msg.sender][uuid].push(uint64(block.number));
        logCall();
    }

    /// @notice Proves that a leaf after the first is false, and takes the bond.
    /// @param claimant Whose proposal it is.
    /// @param uuid Its number.
    /// @param stateMatrix The sponge before the leaf.
    /// @param preState The leaf before, which commits to that sponge.
    /// @param preStateProof Proves that it is part of the proposal.
    /// @param postState The false leaf.
    /// @param postStateProof Proves that it is part of the proposal.
    function challengeLPP(
        address claimant,
        uint256 uuid,
        StateMatrix memory stateMatrix,
        Leaf calldata preState,
        bytes32[] calldata preStateProof,
        Leaf calldata postState,
        bytes32[] calldata postStateProof
    ) external {
        bytes32 root = getTreeRootLPP(claimant, uuid);
        requireLeaf(root, preState, preStateProof);
        requireLeaf(root, postState, postStateProof);
        absorbNext(stateMatrix, preState, postState);
        counter(claimant, uuid, stateMatrix, postState);
    }

    /// @notice Proves that the first leaf is false, and takes the bond.
    /// @param claimant Whose proposal it is.
    /// @param uuid Its number.
    /// @param postState The false leaf.
    /// @param postStateProof Proves that it is part of the proposal.
    function challengeFirstLPP(
        address claimant,
        uint256 uuid,
        Leaf calldata postState,
        bytes32[] calldata postStateProof
    ) external {
        requireLeaf(getTreeRootLPP(claimant, uuid), postState, postStateProof);
        if (postState.index != 0) revert StatesNotContiguous();
        StateMatrix memory stateMatrix;
        KeccakSponge.absorb(stateMatrix, postState.input);
        counter(claimant, uuid, stateMatrix, postState);
    }

    /// @notice Stores the part of a proposal that has not been proven false in its challenge period, and returns the
    ///         bond.
    /// @param claimant Whose proposal it is.
    /// @param uuid Its number.
    /// @param stateMatrix The sponge before the last leaf.
    /// @param preState The last leaf but one, which commits to that sponge.
    /// @param preStateProof Proves that it is part of the proposal.
    /// @param postState The last leaf.
    /// @param postStateProof Proves that it is part of the proposal.
    function squeezeLPP(
        address claimant,
        uint256 uuid,
        StateMatrix memory stateMatrix,
        Leaf calldata preState,
        bytes32[] calldata preStateProof,
        Leaf calldata postState,
        bytes32[] calldata postStateProof
    ) external {
        requireUncontested(claimant, uuid, postState.index);
        bytes32 root = getTreeRootLPP(claimant, uuid);
        requireLeaf(root, preState, preStateProof);
        requireLeaf(root, postState, postStateProof);
        absorbNext(stateMatrix, preState, postState);
        if (KeccakSponge.commitment(stateMatrix) != postState.stateCommitment) revert InvalidPreimage();
        publish(claimant, uuid, KeccakSponge.squeeze(stateMatrix));
    }

    /// @notice Keeps the part to store if it begins in the input.
    function keepPart(ProposalMetadata metadata, uint256 uuid, bytes calldata input, bool finalize) private {
        uint256 offset = metadata.partOffset();
        uint256 done = metadata.bytesProcessed();
        bool inPrefix = offset < 8;
        if (inPrefix ? done != 0 : (offset < done + 8 || offset >= done + 8 + input.length)) return;
        uint256 end = done + 8 + input.length;
        if (!finalize && offset + 32 > end) revert PartOffsetOOB();
        proposalParts[msg.sender][uuid] = inPrefix
            ? PreimageParts.prefixed(metadata.claimedSize(), PreimageParts.slice(input, 0), offset)
            : PreimageParts.slice(input, offset - 8 - done);
    }

    /// @notice Adds leaves to the tree of a proposal.
    function addLeaves(
        uint256 uuid,
        uint256 count,
        bytes calldata input,
        bytes32[] calldata stateCommitments,
        bool finalize
    ) private {
        bytes32[16] memory branch = proposalBranches[msg.sender][uuid];
        LeafTree.append(branch, count, input, stateCommitments, finalize);
        proposalBranches[msg.sender][uuid] = branch;
    }

    /// @notice Logs the caller and the calldata, without topics.
    function logCall() private {
        assembly ("memory-safe") {
            let data := mload(0x40)
            mstore(data, shl(96, caller()))
            calldatacopy(add(data, 20), 0, calldatasize())
            log0(data, add(20, calldatasize()))
        }
    }

    /// @notice Reverts unless a leaf is in a tree.
    function requireLeaf(bytes32 root, Leaf calldata leaf, bytes32[] calldata proof) private pure {
        if (!LeafTree.contains(root, leaf, proof)) revert InvalidProof();
    }

    /// @notice Reverts unless a proposal is complete, its challenge period over, nothing in it proven false and its
    ///         last leaf the one with the given index.
    function requireUncontested(address claimant, uint256 uuid, uint256 lastIndex) private view {
        ProposalMetadata metadata = proposalMetadata[claimant][uuid];
        if (metadata.countered()) revert BadProposal();
        uint256 time = metadata.timestamp();
        if (time == 0 || block.timestamp - time <= CHALLENGE_PERIOD) revert ActiveProposal();
        if (lastIndex + 1 != metadata.blocksProcessed()) revert StatesNotContiguous();
    }

    /// @notice Absorbs a leaf into the sponge that the leaf before commits to.
    function absorbNext(StateMatrix memory stateMatrix, Leaf calldata preState, Leaf calldata postState) private pure {
        if (preState.index + 1 != postState.index) revert StatesNotContiguous();
        if (KeccakSponge.commitment(stateMatrix) != preState.stateCommitment) revert InvalidPreimage();
        KeccakSponge.absorb(stateMatrix, postState.input);
    }

    /// @notice Counters a proposal if a leaf's commitment is not to the sponge after it.
    function counter(address claimant, uint256 uuid, StateMatrix memory stateMatrix, Leaf calldata postState) private {
        if (KeccakSponge.commitment(stateMatrix) == postState.stateCommitment) revert PostStateMatches();
        ProposalMetadata metadata = proposalMetadata[claimant][uuid];
        if (metadata.countered()) revert BadProposal();
        proposalMetadata[claimant][uuid] = metadata.withCountered();
        payBond(claimant, uuid, msg.sender);
    }

    /// @notice Stores the part of a proposal under the key of its digest.
    function publish(address claimant, uint256 uuid, bytes32 digest) private {
        ProposalMetadata metadata = proposalMetadata[claimant][uuid];
        bytes32 key = PreimageKeys.withType(PreimageKeys.KECCAK256, digest);
        storePart(key, metadata.partOffset(), proposalParts[claimant][uuid], metadata.claimedSize());
        payBond(claimant, uuid, claimant);
    }

    /// @notice Pays out the bond of a proposal, once.
    function payBond(address claimant, uint256 uuid, address to) private {
        uint256 bond = proposalBonds[claimant][uuid];
        proposalBonds[claimant][uuid] = 0;
        (bool ok,) = to.call{value: bond}("");
        if (!ok) revert BondTransferFailed();
    }
}
