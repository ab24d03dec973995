// SPDX-License-Identifier: MIT
pragma solidity ^0.8.22;

import {ClaimAboveSplit, InvalidParent} from "src/dispute/lib/Errors.sol";
import {LibPosition, Position} from "src/dispute/lib/Position.sol";
import {Claim, Clock, Duration, Hash, LibClock, Proposal, Timestamp} from "src/dispute/lib/Types.sol";

/// @title ClaimTree
/// @notice The claims of a game, and the way from one to those that it rests on.
abstract contract ClaimTree {
    /// @dev Four words: what a walk up the tree reads is in the first, and what a step writes shares a word that is
    ///      never zero. The bond takes 96 bits, more wei than there are.
    struct ClaimData {
        Position position;
        /// The claim that this one answers; `NO_PARENT` for the root.
        uint32 parentIndex;
        /// Below the split, the root of the execution that this claim is about; 0 elsewhere. With it, a step need not
        /// walk up to the split.
        uint32 executionRoot;
        /// The clock's two halves: what was used up, and when it was last started.
        Duration used;
        address claimant;
        uint96 bond;
        Claim claim;
        /// Who countered it: by a step, or when its subgame was resolved.
        address counteredBy;
        Timestamp since;
    }

    /// @dev Two consecutive output roots, as far as claims and anchor give them.
    struct Dispute {
        /// The agreed one.
        Claim starting;
        /// Its position; 0 when it is the game's own starting root.
        Position startingPosition;
        /// The claimed one after it.
        Claim disputed;
        Position disputedPosition;
    }

    uint32 internal constant NO_PARENT = type(uint32).max;

    /// @dev Claims at this level and above are output roots, below it VM states.
    uint256 internal immutable SPLIT_DEPTH;
    /// @dev Claims at this level are countered by a step.
    uint256 internal immutable MAX_GAME_DEPTH;

    /// @notice The output root that the game starts from.
    Proposal public startingOutputRoot;

    /// @notice Claims made so far, by the hash of value, position and parent.
    mapping(Hash => bool) public claims;
    /// @notice The claims that answer a claim, by index.
    mapping(uint256 claimIndex => uint256[]) public subgames;

    ClaimData[] internal _claimData;

    /// @dev The context of an execution's local inputs, by the index of its root: a step needs it, and nothing else of
    ///      the output roots.
    mapping(uint256 executionRoot => Hash) internal _localContexts;

    constructor(uint256 splitDepth_, uint256 maxGameDepth_) {
        SPLIT_DEPTH = splitDepth_;
        MAX_GAME_DEPTH = maxGameDepth_;
    }

    /// @notice How many claims were made.
    function claimDataLen() external view returns (uint256) {
        return _claimData.length;
    }

    /// @notice The `index`th claim made.
    function claimData(uint256 index)
        external
        view
        returns (
            uint32 parentIndex,
            address counteredBy,
            address claimant,
            uint128 bond,
            Claim claim,
            Position position,
            Clock clock
        )
    {
        ClaimData storage data = _claimData[index];
        clock = LibClock.wrap(data.used, data.since);
        return (data.parentIndex, data.counteredBy, data.claimant, data.bond, data.claim, data.position, clock);
    }

    /// @notice The level of the VM states that steps dispute.
    function maxGameDepth() external view returns (uint256) {
        return MAX_GAME_DEPTH;
    }

    /// @notice The deepest level of output roots.
    function splitDepth() external view returns (uint256) {
        return SPLIT_DEPTH;
    }

    /// @notice The L2 block that the game starts from.
    function startingBlockNumber() external view returns (uint256) {
        return startingOutputRoot.l2SequenceNumber;
    }

    /// @notice The output root that the game starts from.
    function startingRootHash() external view returns (Hash) {
        return startingOutputRoot.root;
    }

    /// @dev The claim with an index, without a look at how many there are: one that was never made is all zero, its
    ///      position too, which no claim has.
    function _claimAt(uint256 index) internal pure returns (ClaimData storage claim) {
        assembly ("memory-safe") {
            mstore(0, _claimData.slot)
            claim.slot := add(keccak256(0, 32), shl(2, index))
        }
    }

    /// @dev The key of `claims`.
    function _claimHash(Claim claim, Position position, uint256 parentIndex) internal pure returns (Hash) {
        return Hash.wrap(keccak256(abi.encodePacked(claim, position, uint128(parentIndex))));
    }

    /// @dev The claim at or above `start` that commits to the output root at `position`.
    function _findOutput(Position position, uint256 start) internal view returns (ClaimData storage) {
        return _findAbove(position.traceAncestor(), start);
    }

    /// @dev The claim at or above `start` that commits to the VM state at `position`.
    function _findState(Position position, uint256 start) internal view returns (ClaimData storage) {
        return _findAbove(position.traceAncestorBelow(SPLIT_DEPTH), start);
    }

    /// @dev The output roots that the execution, which the claim at `index` is about, leads from and to.
    function _findDispute(uint256 index) internal view returns (Dispute memory dispute) {
        ClaimData storage claim = _claimData[index];
        if (claim.position.depth() <= SPLIT_DEPTH) revert ClaimAboveSplit();

        // Up to the output root that the execution's root answers.
        claim = _claimAt(claim.executionRoot);
        Position execRoot = claim.position;
        index = claim.parentIndex;
        claim = _claimAt(index);

        Position output = claim.position;
        if (execRoot.parent() == output) {
            // It was attacked: it is disputed, what comes before it is agreed.
            (dispute.disputed, dispute.disputedPosition) = (claim.claim, output);
            if (output.indexAtDepth() == 0) {
                dispute.starting = Claim.wrap(Hash.unwrap(startingOutputRoot.root));
            } else {
                ClaimData storage starting = _findOutput(output.previous(), index);
                (dispute.starting, dispute.startingPosition) = (starting.claim, starting.position);
            }
        } else {
            // It was defended: it is agreed, what comes after it is disputed.
            ClaimData storage disputed = _findOutput(output.next(), index);
            (dispute.starting, dispute.startingPosition) = (claim.claim, output);
            (dispute.disputed, dispute.disputedPosition) = (disputed.claim, disputed.position);
        }
    }

    /// @dev What tells the local inputs of one execution from another's in the same game.
    function _localContext(Dispute memory dispute) internal pure returns (Hash) {
        return Hash.wrap(
            Position.unwrap(dispute.startingPosition) == 0
                ? keccak256(abi.encode(dispute.disputed, dispute.disputedPosition))
                : keccak256(
                    abi.encode(dispute.starting, dispute.startingPosition, dispute.disputed, dispute.disputedPosition)
                )
        );
    }

    function _findAbove(Position position, uint256 start) private view returns (ClaimData storage claim) {
        claim = _claimAt(start);
        while (!(claim.position == position)) {
            // Above the root there is nothing to find.
            if (claim.parentIndex == NO_PARENT) revert InvalidParent();
            claim = _claimAt(claim.parentIndex);
        }
    }
}
