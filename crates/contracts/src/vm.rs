//! The single-step VM on L1 and the preimage oracle that it reads.

#![allow(
    clippy::too_many_arguments,
    missing_docs,
    reason = "`sol!` generates an item for every function, event and error, with all its parameters"
)]

use alloy::sol;

sol! {
    /// Executes one instruction on a committed VM state.
    #[sol(rpc)]
    #[derive(Debug, PartialEq, Eq)]
    interface IBigStepper {
        error BranchInDelaySlot();
        error DivisionByZero();
        error EmptyThreadStack();
        error InvalidExitedValue();
        error InvalidFlag();
        error InvalidInstruction(uint256 insn);
        error InvalidMemoryProof();
        error InvalidPC();
        error InvalidProofFormat();
        error InvalidRMWInstruction();
        error InvalidSecondMemoryProof();
        error InvalidStateLength();
        error InvalidThreadWitness();
        error JumpInDelaySlot();
        error UnrecognizedSyscall(uint256 number);
        error UnsupportedStateVersion();

        function oracle() external view returns (address oracle_);
        function stateVersion() external view returns (uint256 version_);
        function step(bytes stateData, bytes proof, bytes32 localContext) external returns (bytes32 postState);
        function version() external view returns (string memory version_);
    }

    /// Preimage parts by key, verified when loaded.
    #[sol(rpc)]
    #[derive(Debug, PartialEq, Eq)]
    interface IPreimageOracle {
        /// One absorbed block of a large preimage and the sponge state after it.
        struct Leaf {
            bytes input;
            uint256 index;
            bytes32 stateCommitment;
        }

        /// The Keccak sponge.
        struct StateMatrix {
            uint64[25] state;
        }

        error ActiveProposal();
        error AlreadyFinalized();
        error AlreadyInitialized();
        error BadProposal();
        error BondTransferFailed();
        error InsufficientBond();
        error InvalidInputSize();
        error InvalidPreimage();
        error InvalidProof();
        error NotEOA();
        error NotEnoughGas();
        error NotInitialized();
        error PartNotLoaded();
        error PartOffsetOOB();
        error PostStateMatches();
        error StatesNotContiguous();
        error TreeSizeOverflow();
        error WrongStartingBlock();

        function KECCAK_TREE_DEPTH() external view returns (uint256 depth);
        function MAX_LEAF_COUNT() external view returns (uint256 count);
        function MIN_BOND_SIZE() external view returns (uint256 bond);
        function PRECOMPILE_CALL_RESERVED_GAS() external view returns (uint256 gas_);
        function addLeavesLPP(uint256 uuid, uint256 inputStartBlock, bytes input, bytes32[] stateCommitments, bool finalize) external;
        function challengeFirstLPP(address claimant, uint256 uuid, Leaf postState, bytes32[] postStateProof) external;
        function challengeLPP(
            address claimant,
            uint256 uuid,
            StateMatrix stateMatrix,
            Leaf preState,
            bytes32[] preStateProof,
            Leaf postState,
            bytes32[] postStateProof
        ) external;
        function challengePeriod() external view returns (uint256 seconds_);
        function getTreeRootLPP(address owner, uint256 uuid) external view returns (bytes32 root);
        function initLPP(uint256 uuid, uint32 partOffset, uint32 claimedSize) external payable;
        function loadBlobPreimagePart(uint256 z, uint256 y, bytes commitment, bytes proof, uint256 partOffset) external;
        function loadKeccak256PreimagePart(uint256 partOffset, bytes preimage) external;
        function loadLocalData(uint256 ident, bytes32 localContext, bytes32 word, uint256 size, uint256 partOffset) external returns (bytes32 key);
        function loadPrecompilePreimagePart(uint256 partOffset, address precompile, uint64 requiredGas, bytes input) external;
        function loadSha256PreimagePart(uint256 partOffset, bytes preimage) external;
        function minProposalSize() external view returns (uint256 size);
        function preimageLengths(bytes32 key) external view returns (uint256 length);
        function preimagePartOk(bytes32 key, uint256 offset) external view returns (bool ok);
        function preimageParts(bytes32 key, uint256 offset) external view returns (bytes32 part);
        function proposalBlocks(address claimant, uint256 uuid, uint256 index) external view returns (uint64 blockNumber);
        function proposalBlocksLen(address claimant, uint256 uuid) external view returns (uint256 len);
        function proposalBonds(address claimant, uint256 uuid) external view returns (uint256 bond);
        function proposalCount() external view returns (uint256 count);
        function proposalMetadata(address claimant, uint256 uuid) external view returns (bytes32 metadata);
        function proposals(uint256 index) external view returns (address claimant, uint256 uuid);
        function readPreimage(bytes32 key, uint256 offset) external view returns (bytes32 part, uint256 length);
        function squeezeLPP(
            address claimant,
            uint256 uuid,
            StateMatrix stateMatrix,
            Leaf preState,
            bytes32[] preStateProof,
            Leaf postState,
            bytes32[] postStateProof
        ) external;
        function version() external view returns (string memory version_);
        function zeroHashes(uint256 depth) external view returns (bytes32 hash);
    }
}
