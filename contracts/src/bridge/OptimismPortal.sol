// SPDX-License-Identifier: MIT
pragma solidity ^0.8.22;

import {ResourceMetering} from "src/bridge/ResourceMetering.sol";
import {ISuperchainConfig} from "src/bridge/interfaces/ISuperchainConfig.sol";
import {ISystemConfig} from "src/bridge/interfaces/ISystemConfig.sol";
import {AddressAlias} from "src/bridge/lib/AddressAlias.sol";
import {MerkleTrie} from "src/bridge/lib/MerkleTrie.sol";
import {SafeCall} from "src/bridge/lib/SafeCall.sol";
import {Withdrawal, WithdrawalTransaction} from "src/bridge/lib/Withdrawal.sol";
import {IAnchorStateRegistry} from "src/dispute/interfaces/IAnchorStateRegistry.sol";
import {IDisputeGame} from "src/dispute/interfaces/IDisputeGame.sol";
import {IDisputeGameFactory} from "src/dispute/interfaces/IDisputeGameFactory.sol";
import {OutputRoot} from "src/dispute/lib/OutputRoot.sol";
import {Claim, GameStatus, GameType, Hash, OutputRootProof, Timestamp} from "src/dispute/lib/Types.sol";
import {Initializable} from "src/lib/Initializable.sol";

/// @title OptimismPortal
/// @notice Deposits go in here, withdrawals come out (specs, optimism-portal.md). A deposit is an event that derivation
///         must include; a withdrawal is proven against the output root of a dispute game and paid when that root holds.
/// @dev Holds all ether of the L2. Which games count is the registry's say, and whether withdrawals wait is `IDecrees`'s,
///      through the registry. There is no lockbox and no super root. Behind a proxy.
contract OptimismPortal is Initializable, ResourceMetering {
    using Withdrawal for WithdrawalTransaction;

    /// @notice What one account has proven about a withdrawal.
    struct ProvenWithdrawal {
        IDisputeGame disputeGameProxy;
        uint64 timestamp;
    }

    /// @dev The value of `l2Sender` while no withdrawal is running: never zero, so that writing it is cheap.
    address private constant NO_SENDER = 0x000000000000000000000000000000000000dEaD;
    /// @dev Nobody can send from here but a node that estimates gas.
    address private constant ESTIMATION_ADDRESS = address(1);
    /// @dev The event's format of `opaqueData`.
    uint256 private constant DEPOSIT_VERSION = 0;
    /// @dev L2 gas of ether that is simply sent here.
    uint64 private constant RECEIVE_DEFAULT_GAS_LIMIT = 100_000;
    /// @dev Bytes that a deposit may carry, so that it can be derived and gossiped.
    uint256 private constant MAX_DEPOSIT_DATA = 120_000;
    /// @dev Gas for what follows the call of a withdrawal.
    uint256 private constant FINALIZE_RESERVED_GAS = 5000;
    /// @dev The leaf of a storage slot that holds `true`, as RLP.
    bytes private constant TRUE = hex"01";

    uint256 private immutable PROOF_MATURITY_DELAY_SECONDS;

    /// @notice Who sent the withdrawal that is running now, on L2.
    address public l2Sender;
    /// @notice The chain's settings.
    ISystemConfig public systemConfig;
    /// @notice Says which games count.
    IAnchorStateRegistry public anchorStateRegistry;
    /// @notice Whether a withdrawal was finalized: each is once, whatever came of its call.
    mapping(bytes32 withdrawalHash => bool) public finalizedWithdrawals;
    /// @notice What each account has proven: proving again does not reset the delay of others.
    mapping(bytes32 withdrawalHash => mapping(address submitter => ProvenWithdrawal)) public provenWithdrawals;
    /// @notice Who proved a withdrawal, in order; one that proves again is listed again.
    mapping(bytes32 withdrawalHash => address[]) public proofSubmitters;

    event TransactionDeposited(address indexed from, address indexed to, uint256 indexed version, bytes opaqueData);
    event WithdrawalProven(bytes32 indexed withdrawalHash, address indexed from, address indexed to);
    event WithdrawalProvenExtension1(bytes32 indexed withdrawalHash, address indexed proofSubmitter);
    event WithdrawalFinalized(bytes32 indexed withdrawalHash, bool success);

    error OptimismPortal_AlreadyFinalized();
    error OptimismPortal_BadTarget();
    error OptimismPortal_CallPaused();
    error OptimismPortal_CalldataTooLarge();
    error OptimismPortal_GasEstimation();
    error OptimismPortal_GasLimitTooLow();
    error OptimismPortal_ImproperDisputeGame();
    error OptimismPortal_InvalidDisputeGame();
    error OptimismPortal_InvalidLockboxState();
    error OptimismPortal_InvalidMerkleProof();
    error OptimismPortal_InvalidOutputRootProof();
    error OptimismPortal_InvalidProofTimestamp();
    error OptimismPortal_InvalidRootClaim();
    error OptimismPortal_NoReentrancy();
    error OptimismPortal_ProofNotOldEnough();
    error OptimismPortal_Unproven();

    modifier whenNotPaused() {
        if (paused()) revert OptimismPortal_CallPaused();
        _;
    }

    /// @param proofMaturityDelaySeconds_ Seconds between proving and finalizing.
    constructor(uint256 proofMaturityDelaySeconds_) {
        PROOF_MATURITY_DELAY_SECONDS = proofMaturityDelaySeconds_;
        _disableInitializers();
    }

    /// @notice Deposits ether to the sender's own account on L2.
    receive() external payable {
        depositTransaction(msg.sender, msg.value, RECEIVE_DEFAULT_GAS_LIMIT, false, "");
    }

    /// @notice Sets the proxy up.
    /// @param ethLockbox_ Zero: the ether stays here.
    function initialize(ISystemConfig systemConfig_, IAnchorStateRegistry anchorStateRegistry_, address ethLockbox_)
        external
        initializer
    {
        if (ethLockbox_ != address(0)) revert OptimismPortal_InvalidLockboxState();
        systemConfig = systemConfig_;
        anchorStateRegistry = anchorStateRegistry_;
        l2Sender = NO_SENDER;
        _openMarket();
    }

    /// @notice Takes ether without a deposit.
    function donateETH() external payable {}

    /// @notice Proves that a withdrawal was initiated on L2, by the output root that a dispute game is about. The game
    ///         may still be running; the root has to hold when the withdrawal is finalized.
    /// @param tx_ The withdrawal.
    /// @param disputeGameIndex The game's place in the factory.
    /// @param outputRootProof What the game's root claim commits to.
    /// @param withdrawalProof Trie nodes from the message passer's storage root to the withdrawal's flag.
    function proveWithdrawalTransaction(
        WithdrawalTransaction calldata tx_,
        uint256 disputeGameIndex,
        OutputRootProof calldata outputRootProof,
        bytes[] calldata withdrawalProof
    ) external whenNotPaused {
        if (_isUnsafeTarget(tx_.target)) revert OptimismPortal_BadTarget();

        (,, IDisputeGame game) = disputeGameFactory().gameAtIndex(disputeGameIndex);
        if (!anchorStateRegistry.isGameProper(game)) revert OptimismPortal_ImproperDisputeGame();
        if (!anchorStateRegistry.isGameRespected(game)) revert OptimismPortal_InvalidDisputeGame();
        if (game.status() == GameStatus.CHALLENGER_WINS) revert OptimismPortal_InvalidDisputeGame();
        // A game's own block could hold a reorganised game of another root at the same index.
        if (block.timestamp <= Timestamp.unwrap(game.createdAt())) revert OptimismPortal_InvalidProofTimestamp();
        if (Claim.unwrap(game.rootClaim()) != Hash.unwrap(OutputRoot.hash(outputRootProof))) {
            revert OptimismPortal_InvalidOutputRootProof();
        }

        bytes32 withdrawalHash = tx_.hash();
        bytes32 path = Withdrawal.triePath(withdrawalHash);
        if (!MerkleTrie.verifyInclusion(path, TRUE, withdrawalProof, outputRootProof.messagePasserStorageRoot)) {
            revert OptimismPortal_InvalidMerkleProof();
        }

        provenWithdrawals[withdrawalHash][msg.sender] =
            ProvenWithdrawal({disputeGameProxy: game, timestamp: uint64(block.timestamp)});
        proofSubmitters[withdrawalHash].push(msg.sender);
        emit WithdrawalProven(withdrawalHash, tx_.sender, tx_.target);
        emit WithdrawalProvenExtension1(withdrawalHash, msg.sender);
    }

    /// @notice Pays a withdrawal that the caller has proven.
    function finalizeWithdrawalTransaction(WithdrawalTransaction calldata tx_) external {
        finalizeWithdrawalTransactionExternalProof(tx_, msg.sender);
    }

    /// @notice How many times a withdrawal was proven.
    function numProofSubmitters(bytes32 withdrawalHash) external view returns (uint256) {
        return proofSubmitters[withdrawalHash].length;
    }

    /// @notice Seconds between proving and finalizing.
    function proofMaturityDelaySeconds() external view returns (uint256) {
        return PROOF_MATURITY_DELAY_SECONDS;
    }

    /// @notice Seconds between a game's resolution and its finality.
    function disputeGameFinalityDelaySeconds() external view returns (uint256) {
        return anchorStateRegistry.disputeGameFinalityDelaySeconds();
    }

    /// @notice The type of games that withdrawals created from now on can be proven against.
    function respectedGameType() external view returns (GameType) {
        return anchorStateRegistry.respectedGameType();
    }

    /// @notice Games created at this time or before count for nothing.
    function respectedGameTypeUpdatedAt() external view returns (uint64) {
        return anchorStateRegistry.retirementTimestamp();
    }

    /// @notice Whether a game counts for nothing.
    function disputeGameBlacklist(IDisputeGame game) external view returns (bool) {
        return anchorStateRegistry.disputeGameBlacklist(game);
    }

    /// @notice Who chooses the game type that counts for games to come.
    function guardian() external view returns (address) {
        return systemConfig.guardian();
    }

    /// @notice What chains share.
    function superchainConfig() external view returns (ISuperchainConfig) {
        return systemConfig.superchainConfig();
    }

    /// @notice Zero: the ether is here.
    function ethLockbox() external pure returns (address) {
        return address(0);
    }

    function version() external pure returns (string memory) {
        return "5.8.0";
    }

    /// @notice Pays a withdrawal that `proofSubmitter` has proven. The outcome of its call does not matter: it is
    ///         finalized once. It reverts when less gas is left than the withdrawal promised its target.
    function finalizeWithdrawalTransactionExternalProof(WithdrawalTransaction calldata tx_, address proofSubmitter)
        public
        whenNotPaused
    {
        if (l2Sender != NO_SENDER) revert OptimismPortal_NoReentrancy();
        if (_isUnsafeTarget(tx_.target)) revert OptimismPortal_BadTarget();
        bytes32 withdrawalHash = tx_.hash();
        checkWithdrawal(withdrawalHash, proofSubmitter);

        finalizedWithdrawals[withdrawalHash] = true;
        l2Sender = tx_.sender;
        bool success = SafeCall.callWithMinGas(tx_.target, tx_.gasLimit, FINALIZE_RESERVED_GAS, tx_.value, tx_.data);
        l2Sender = NO_SENDER;
        emit WithdrawalFinalized(withdrawalHash, success);

        // Makes a node that estimates try more gas, instead of being content with a failing call.
        if (!success && tx.origin == ESTIMATION_ADDRESS) revert OptimismPortal_GasEstimation();
    }

    /// @notice Creates a transaction on L2, in the caller's name. The value becomes the sender's there first; what it
    ///         does not cover must be the sender's on L2 already, or the transaction fails there.
    /// @param to The target on L2; zero when a contract is created.
    /// @param value Wei that the transaction carries on L2.
    /// @param gasLimit L2 gas, paid for by burning L1 gas.
    /// @param isCreation Whether `data` creates a contract.
    /// @param data Calldata or init code.
    function depositTransaction(address to, uint256 value, uint64 gasLimit, bool isCreation, bytes memory data)
        public
        payable
        metered(gasLimit)
    {
        if (isCreation && to != address(0)) revert OptimismPortal_BadTarget();
        if (gasLimit < minimumGasLimit(uint64(data.length))) revert OptimismPortal_GasLimitTooLow();
        if (data.length > MAX_DEPOSIT_DATA) revert OptimismPortal_CalldataTooLarge();
        bytes memory opaqueData = abi.encodePacked(msg.value, value, gasLimit, isCreation, data);
        emit TransactionDeposited(AddressAlias.senderOnL2(), to, DEPOSIT_VERSION, opaqueData);
    }

    /// @notice Reverts unless `proofSubmitter`'s proof of the withdrawal can be finalized now.
    function checkWithdrawal(bytes32 withdrawalHash, address proofSubmitter) public view {
        if (finalizedWithdrawals[withdrawalHash]) revert OptimismPortal_AlreadyFinalized();
        ProvenWithdrawal memory proven = provenWithdrawals[withdrawalHash][proofSubmitter];
        if (proven.timestamp == 0) revert OptimismPortal_Unproven();
        IDisputeGame game = proven.disputeGameProxy;
        if (proven.timestamp <= Timestamp.unwrap(game.createdAt())) revert OptimismPortal_InvalidProofTimestamp();
        if (block.timestamp - proven.timestamp <= PROOF_MATURITY_DELAY_SECONDS) {
            revert OptimismPortal_ProofNotOldEnough();
        }
        if (!anchorStateRegistry.isGameClaimValid(game)) revert OptimismPortal_InvalidRootClaim();
    }

    /// @notice Whether withdrawals wait. Deposits never do.
    function paused() public view returns (bool) {
        return anchorStateRegistry.paused();
    }

    /// @notice Where games are.
    function disputeGameFactory() public view returns (IDisputeGameFactory) {
        return anchorStateRegistry.disputeGameFactory();
    }

    /// @notice The least L2 gas of a deposit with `byteCount` bytes of data.
    function minimumGasLimit(uint64 byteCount) public pure returns (uint64) {
        return byteCount * 40 + 21_000;
    }

    /// @inheritdoc ResourceMetering
    function _resourceConfig() internal view override returns (ResourceConfig memory) {
        return systemConfig.resourceConfig();
    }

    /// @dev A withdrawal that calls the portal would be a deposit in the portal's name.
    function _isUnsafeTarget(address target) private view returns (bool) {
        return target == address(this);
    }
}
