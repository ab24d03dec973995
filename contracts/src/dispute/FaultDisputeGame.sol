// SPDX-License-Identifier: MIT
pragma solidity ^0.8.22;

import {ChessClock} from "src/dispute/game/ChessClock.sol";
import {ClaimTree} from "src/dispute/game/ClaimTree.sol";
import {Resolution} from "src/dispute/game/Resolution.sol";
import {IDisputeGame} from "src/dispute/interfaces/IDisputeGame.sol";
import {IPreimageOracle} from "src/dispute/interfaces/IPreimageOracle.sol";
import {BondCurve} from "src/dispute/lib/BondCurve.sol";
import {
    AlreadyInitialized,
    AnchorRootNotFound,
    BadExtraData,
    CannotDefendRootClaim,
    ClaimAlreadyExists,
    DuplicateStep,
    GameDepthExceeded,
    IncorrectBondAmount,
    InvalidBondCurve,
    InvalidDisputedClaimIndex,
    InvalidLocalIdent,
    InvalidParent,
    InvalidPrestate,
    InvalidSplitDepth,
    L2BlockNumberChallenged,
    MaxDepthTooLarge,
    UnexpectedRootClaim,
    ValidStep
} from "src/dispute/lib/Errors.sol";
import {GameArgs} from "src/dispute/lib/GameArgs.sol";
import {LibPosition, Position} from "src/dispute/lib/Position.sol";
import {
    Claim,
    Clock,
    Duration,
    Hash,
    LibClock,
    LocalPreimageKey,
    OutputRootProof,
    Proposal,
    Timestamp,
    VMStatus,
    VMStatuses
} from "src/dispute/lib/Types.sol";

/// @title FaultDisputeGame
/// @notice Decides an output root by bisection: over the output roots of the blocks up to it, then over the execution of
///         one block, down to one instruction that a VM executes on L1 (specs, fault-dispute-game.md).
/// @dev The implementation that games are clones of. It has no owner and nothing to configure: what it is about comes
///      from the clone's arguments (`GameArgs`), how it is played from the constructor.
contract FaultDisputeGame is Resolution {
    /// @param maxGameDepth The level of the claims that steps dispute.
    /// @param splitDepth The deepest level of output roots.
    /// @param clockExtension Seconds that a mover has at least left after an answer.
    /// @param maxClockDuration Seconds that a side may use up.
    /// @param bonds What moves cost.
    struct Parameters {
        uint256 maxGameDepth;
        uint256 splitDepth;
        Duration clockExtension;
        Duration maxClockDuration;
        BondCurve.Curve bonds;
    }

    uint256 private immutable BOND_GAS_PRICE;
    uint256 private immutable BOND_LOW_GAS;
    uint256 private immutable BOND_HIGH_GAS;

    /// @notice A claim was made.
    event Move(uint256 indexed parentIndex, Claim indexed claim, address indexed claimant);

    constructor(Parameters memory parameters)
        ClaimTree(parameters.splitDepth, parameters.maxGameDepth)
        ChessClock(parameters.clockExtension, parameters.maxClockDuration)
    {
        if (parameters.maxGameDepth > LibPosition.MAX_DEPTH) revert MaxDepthTooLarge();
        // Two levels of output roots, so that the extension before the split has a place; and one below the root of an
        // execution.
        if (parameters.splitDepth < 2 || parameters.splitDepth + 1 >= parameters.maxGameDepth) {
            revert InvalidSplitDepth();
        }
        if (!BondCurve.isValid(parameters.bonds)) revert InvalidBondCurve();

        BOND_GAS_PRICE = parameters.bonds.gasPrice;
        BOND_LOW_GAS = parameters.bonds.lowGas;
        BOND_HIGH_GAS = parameters.bonds.highGas;
    }

    // ------------------------------------------------------------------------------------------------ setting up

    /// @inheritdoc IDisputeGame
    function initialize() external payable {
        if (Timestamp.unwrap(createdAt) != 0) revert AlreadyInitialized();
        // Nothing more and nothing less than the arguments, or two games would differ in bytes that nobody reads.
        if (msg.data.length != GameArgs.BARE_CALL_LENGTH) revert BadExtraData();
        _checkExtensions();

        (Hash root, uint256 number) = anchorStateRegistry().getAnchorRoot();
        if (Hash.unwrap(root) == 0) revert AnchorRootNotFound();
        if (l2BlockNumber() <= number) revert UnexpectedRootClaim(rootClaim());

        startingOutputRoot = Proposal({root: root, l2SequenceNumber: number});
        createdAt = Timestamp.wrap(uint64(block.timestamp));
        wasRespectedGameTypeWhenCreated = anchorStateRegistry().respectedGameType() == gameType();
        _claimData.push(
            ClaimData({
                position: LibPosition.ROOT,
                parentIndex: NO_PARENT,
                executionRoot: 0,
                used: Duration.wrap(0),
                claimant: gameCreator(),
                bond: uint96(msg.value),
                claim: rootClaim(),
                counteredBy: address(0),
                since: createdAt
            })
        );
        _takeBond(gameCreator());
    }

    // ------------------------------------------------------------------------------------------------- playing

    /// @notice Disputes a claim: asserts a value in the first half of its trace.
    /// @param disputed The claim at `parentIndex`; another one there (after a reorganisation of L1) reverts.
    function attack(Claim disputed, uint256 parentIndex, Claim claim) external payable {
        move(disputed, parentIndex, claim, true);
    }

    /// @notice Agrees with a claim and disputes what comes after it.
    /// @param disputed The claim at `parentIndex`; another one there (after a reorganisation of L1) reverts.
    function defend(Claim disputed, uint256 parentIndex, Claim claim) external payable {
        move(disputed, parentIndex, claim, false);
    }

    /// @notice Attacks or defends. The value is exactly `getRequiredBond` of the new claim's position.
    function move(Claim disputed, uint256 challengeIndex, Claim claim, bool isAttack) public payable inProgress {
        ClaimData storage parent = _claimData[challengeIndex];
        if (!(parent.claim == disputed)) revert InvalidDisputedClaimIndex();

        Position position = parent.position.move(isAttack);
        uint256 depth = position.depth();
        // The root of a game or of an execution commits to all of it: who agrees has nothing to add.
        if (!isAttack && (challengeIndex == 0 || depth == SPLIT_DEPTH + 2)) revert CannotDefendRootClaim();
        if (challengeIndex == 0 && l2BlockNumberChallenged) revert L2BlockNumberChallenged();
        if (depth == SPLIT_DEPTH + 1) _checkExecutionRoot(claim, challengeIndex, parent.position, isAttack);
        // Too deep a position has no bond: `GameDepthExceeded`.
        if (msg.value != getRequiredBond(position)) revert IncorrectBondAmount();

        Clock clock = _nextClock(challengeIndex, depth);
        Hash hash = _claimHash(claim, position, challengeIndex);
        if (claims[hash]) revert ClaimAlreadyExists();

        claims[hash] = true;
        uint256 index = _claimData.length;
        subgames[challengeIndex].push(index);
        _claimData.push(
            ClaimData({
                position: position,
                parentIndex: uint32(challengeIndex),
                executionRoot: depth == SPLIT_DEPTH + 1 ? uint32(index) : parent.executionRoot,
                used: clock.duration(),
                claimant: msg.sender,
                bond: uint96(msg.value),
                claim: claim,
                counteredBy: address(0),
                since: clock.timestamp()
            })
        );
        if (depth == SPLIT_DEPTH + 1) _localContexts[index] = _localContext(_findDispute(index));
        _takeBond(msg.sender);
        emit Move(challengeIndex, claim, msg.sender);
    }

    /// @notice Counters a claim at the deepest level by executing the instruction that it is about.
    /// @param isAttack Whether the claim itself is the wrong result; otherwise it is the state that the instruction
    ///        starts from, and the result is claimed elsewhere.
    /// @param stateData The state before the instruction.
    /// @param proof What the VM needs to execute it.
    function step(uint256 claimIndex, bool isAttack, bytes calldata stateData, bytes calldata proof)
        external
        inProgress
    {
        ClaimData storage parent = _claimAt(claimIndex);
        Position position = parent.position;
        if (position.depth() != MAX_GAME_DEPTH) revert InvalidParent();

        Claim preState;
        ClaimData storage postState;
        if (isAttack) {
            postState = parent;
            preState = _isFirstState(position)
                ? absolutePrestate()
                : _findState(position.previous(), parent.parentIndex).claim;
        } else {
            preState = parent.claim;
            postState = _findState(position.next(), parent.parentIndex);
        }
        // The high byte of a commitment is the VM's status, not part of the hash.
        if (keccak256(stateData) << 8 != Claim.unwrap(preState) << 8) revert InvalidPrestate();

        bytes32 context = Hash.unwrap(_localContexts[parent.executionRoot]);
        bool sameResult = vm().step(stateData, proof, context) == Claim.unwrap(postState.claim);
        // A result claimed by the other side has to be wrong to counter this claim. One claimed by this side, which a
        // defense can find, has to be right: then the claim, not the result, is what was put in the wrong place.
        bool sameSide = (position.depth() - postState.position.depth()) % 2 == 0;
        if (sameSide == sameResult) revert ValidStep();
        if (parent.counteredBy != address(0)) revert DuplicateStep();

        parent.counteredBy = msg.sender;
    }

    /// @notice Shows that the root belongs to another L2 block than the claimed one.
    /// @param outputRootProof What the root commits to.
    /// @param headerRLP The header of its block.
    function challengeRootL2Block(OutputRootProof calldata outputRootProof, bytes calldata headerRLP)
        external
        inProgress
    {
        _challengeBlockNumber(outputRootProof, headerRLP);
    }

    /// @notice Gives the VM's oracle an input of the execution that a claim is about.
    /// @param ident Which input (`LocalPreimageKey`).
    /// @param execLeafIdx A claim about that execution.
    /// @param partOffset Where the part to keep starts in the length-prefixed input.
    function addLocalData(uint256 ident, uint256 execLeafIdx, uint256 partOffset) external inProgress {
        Dispute memory dispute = _findDispute(execLeafIdx);
        (bytes32 word, uint256 size) = _localData(ident, dispute);
        IPreimageOracle oracle = vm().oracle();
        oracle.loadLocalData(ident, Hash.unwrap(_localContext(dispute)), word, size, partOffset);
    }

    // -------------------------------------------------------------------------------------------------- reading

    /// @notice Wei that a claim at `position` costs.
    function getRequiredBond(Position position) public view returns (uint256) {
        uint256 depth = position.depth();
        if (depth > MAX_GAME_DEPTH) revert GameDepthExceeded();
        return BondCurve.bond(BondCurve.Curve(BOND_GAS_PRICE, BOND_LOW_GAS, BOND_HIGH_GAS), depth, MAX_GAME_DEPTH);
    }

    /// @notice The generation of contracts whose interface this is.
    function version() external pure returns (string memory) {
        return "2.4.0";
    }

    // ------------------------------------------------------------------------------------------------- internals

    /// @dev The root of an execution says how it ends: as invalid (or in panic) if the output root that it leads to was
    ///      claimed by the other side, as valid if by the mover's own.
    function _checkExecutionRoot(Claim claim, uint256 parentIndex, Position parentPosition, bool isAttack)
        private
        view
    {
        // An attack disputes its parent. A defense disputes the output root after its parent, which stands somewhere
        // above; the levels alternate between the sides.
        bool disputesOther =
            isAttack || _findOutput(parentPosition.next(), parentIndex).position.depth() % 2 == SPLIT_DEPTH % 2;
        VMStatus ended = claim.vmStatus();
        bool expected =
            disputesOther ? ended == VMStatuses.INVALID || ended == VMStatuses.PANIC : ended == VMStatuses.VALID;
        if (!expected) revert UnexpectedRootClaim(claim);
    }

    /// @dev Whether a claim at the deepest level is about the first state after the absolute prestate.
    function _isFirstState(Position position) private view returns (bool) {
        uint256 statesPerExecution = 1 << (MAX_GAME_DEPTH - SPLIT_DEPTH - 1);
        return position.indexAtDepth() % statesPerExecution == 0;
    }

    /// @dev An input of an execution, left-aligned, and its size in bytes.
    function _localData(uint256 ident, Dispute memory dispute) private view returns (bytes32 word, uint256 size) {
        if (ident == LocalPreimageKey.L1_HEAD_HASH) return (Hash.unwrap(l1Head()), 32);
        if (ident == LocalPreimageKey.STARTING_OUTPUT_ROOT) return (Claim.unwrap(dispute.starting), 32);
        if (ident == LocalPreimageKey.DISPUTED_OUTPUT_ROOT) return (Claim.unwrap(dispute.disputed), 32);
        if (ident == LocalPreimageKey.DISPUTED_L2_BLOCK_NUMBER) {
            uint256 number = startingOutputRoot.l2SequenceNumber + dispute.disputedPosition.traceIndex(SPLIT_DEPTH) + 1;
            // There are more leaves than blocks: those past the claimed block repeat it.
            if (number > l2BlockNumber()) number = l2BlockNumber();
            return (bytes32(number << 192), 8);
        }
        if (ident == LocalPreimageKey.CHAIN_ID) return (bytes32(l2ChainId() << 192), 8);
        revert InvalidLocalIdent();
    }
}
