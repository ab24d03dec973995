//! The bridge on L1: deposits, withdrawals and what derivation reads.

#![allow(
    clippy::too_many_arguments,
    missing_docs,
    reason = "`sol!` generates an item for every function, event and error, with all its parameters"
)]

use alloy::sol;

sol! {
    /// Deposits go in here, withdrawals come out.
    #[sol(rpc)]
    #[derive(Debug, PartialEq, Eq)]
    interface IOptimismPortal {
        /// A withdrawal as initiated on L2; its hash is `keccak256(abi.encode(...))` of the six fields.
        struct WithdrawalTransaction {
            uint256 nonce;
            address sender;
            address target;
            uint256 value;
            uint256 gasLimit;
            bytes data;
        }

        struct OutputRootProof {
            bytes32 version;
            bytes32 stateRoot;
            bytes32 messagePasserStorageRoot;
            bytes32 latestBlockhash;
        }

        event TransactionDeposited(address indexed from, address indexed to, uint256 indexed version, bytes opaqueData);
        event WithdrawalFinalized(bytes32 indexed withdrawalHash, bool success);
        event WithdrawalProven(bytes32 indexed withdrawalHash, address indexed from, address indexed to);
        event WithdrawalProvenExtension1(bytes32 indexed withdrawalHash, address indexed proofSubmitter);

        error ContentLengthMismatch();
        error EmptyItem();
        error InvalidDataRemainder();
        error InvalidHeader();
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
        error OutOfGas();
        error UnexpectedList();
        error UnexpectedString();

        function initialize(address systemConfig, address anchorStateRegistry, address ethLockbox) external;
        function anchorStateRegistry() external view returns (address registry);
        function checkWithdrawal(bytes32 withdrawalHash, address proofSubmitter) external view;
        function depositTransaction(address to, uint256 value, uint64 gasLimit, bool isCreation, bytes data) external payable;
        function disputeGameFactory() external view returns (address factory);
        function disputeGameFinalityDelaySeconds() external view returns (uint256 seconds_);
        function donateETH() external payable;
        function finalizeWithdrawalTransaction(WithdrawalTransaction tx_) external;
        function finalizeWithdrawalTransactionExternalProof(WithdrawalTransaction tx_, address proofSubmitter) external;
        function finalizedWithdrawals(bytes32 withdrawalHash) external view returns (bool yes);
        function l2Sender() external view returns (address sender);
        function minimumGasLimit(uint64 byteCount) external pure returns (uint64 gas_);
        function numProofSubmitters(bytes32 withdrawalHash) external view returns (uint256 count);
        function params() external view returns (uint128 prevBaseFee, uint64 prevBoughtGas, uint64 prevBlockNum);
        function paused() external view returns (bool yes);
        function proofMaturityDelaySeconds() external view returns (uint256 seconds_);
        function proofSubmitters(bytes32 withdrawalHash, uint256 index) external view returns (address submitter);
        function proveWithdrawalTransaction(
            WithdrawalTransaction tx_,
            uint256 disputeGameIndex,
            OutputRootProof outputRootProof,
            bytes[] withdrawalProof
        ) external;
        function provenWithdrawals(bytes32 withdrawalHash, address submitter) external view returns (address disputeGameProxy, uint64 timestamp);
        function respectedGameType() external view returns (uint32 gameType);
        function superchainConfig() external view returns (address config);
        function systemConfig() external view returns (address config);
        function version() external pure returns (string memory version_);
    }

    /// The chain's settings; derivation reads its `ConfigUpdate` events.
    #[sol(rpc)]
    #[derive(Debug, PartialEq, Eq)]
    interface ISystemConfig {
        struct ResourceConfig {
            uint32 maxResourceLimit;
            uint8 elasticityMultiplier;
            uint8 baseFeeMaxChangeDenominator;
            uint32 minimumBaseFee;
            uint32 systemTxMaxGas;
            uint128 maximumBaseFee;
        }

        struct Addresses {
            address l1CrossDomainMessenger;
            address l1ERC721Bridge;
            address l1StandardBridge;
            address optimismPortal;
            address optimismMintableERC20Factory;
            address delayedWETH;
            address opcm;
        }

        event ConfigUpdate(uint256 indexed version, uint8 indexed updateType, bytes data);

        function initialize(
            address owner_,
            uint32 basefeeScalar_,
            uint32 blobbasefeeScalar_,
            bytes32 batcherHash_,
            uint64 gasLimit_,
            address unsafeBlockSigner_,
            ResourceConfig config_,
            Addresses addresses_,
            uint256 l2ChainId_,
            address superchainConfig_
        ) external;
        function basefeeScalar() external view returns (uint32 scalar_);
        function batcherHash() external view returns (bytes32 hash);
        function blobbasefeeScalar() external view returns (uint32 scalar_);
        function disputeGameFactory() external view returns (address factory);
        function eip1559Denominator() external view returns (uint32 denominator);
        function eip1559Elasticity() external view returns (uint32 elasticity);
        function gasLimit() external view returns (uint64 gas_);
        function l2ChainId() external view returns (uint256 chainId);
        function operatorFeeConstant() external view returns (uint64 constant_);
        function operatorFeeScalar() external view returns (uint32 scalar_);
        function optimismPortal() external view returns (address portal);
        function owner() external view returns (address owner_);
        function paused() external view returns (bool yes);
        function resourceConfig() external view returns (ResourceConfig memory config_);
        function scalar() external view returns (uint256 scalar_);
        function setBatcherHash(bytes32 batcherHash_) external;
        function setDAFootprintGasScalar(uint16 daFootprintGasScalar_) external;
        function setEIP1559Params(uint32 denominator, uint32 elasticity) external;
        function setGasConfigEcotone(uint32 basefeeScalar_, uint32 blobbasefeeScalar_) external;
        function setGasLimit(uint64 gasLimit_) external;
        function setMinBaseFee(uint64 minBaseFee_) external;
        function setOperatorFeeScalars(uint32 operatorFeeScalar_, uint64 operatorFeeConstant_) external;
        function setUnsafeBlockSigner(address unsafeBlockSigner_) external;
        function startBlock() external view returns (uint256 number);
        function superchainConfig() external view returns (address config);
        function transferOwnership(address newOwner) external;
        function unsafeBlockSigner() external view returns (address signer);
        function version() external pure returns (string memory version_);
    }

    /// Whether something is paused, for one chain or all.
    #[sol(rpc)]
    #[derive(Debug, PartialEq, Eq)]
    interface ISuperchainConfig {
        function initialize(address guardian_) external;
        function guardian() external view returns (address guardian_);
        function paused(address identifier) external view returns (bool yes);
        function version() external view returns (string memory version_);
    }
}
