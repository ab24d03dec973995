//! Dispute games: factory, bisection game, anchor registry and bond vault.

#![allow(
    missing_docs,
    reason = "`sol!` generates one item for every function, event and error"
)]

use alloy::sol;

sol! {
    /// Creates games and remembers them.
    #[sol(rpc)]
    #[derive(Debug, PartialEq, Eq)]
    interface IDisputeGameFactory {
        struct GameSearchResult {
            uint256 index;
            bytes32 metadata;
            uint64 timestamp;
            bytes32 rootClaim;
            bytes extraData;
        }

        event DisputeGameCreated(address indexed disputeProxy, uint32 indexed gameType, bytes32 indexed rootClaim);
        event ImplementationSet(address indexed impl, uint32 indexed gameType);
        event ImplementationArgsSet(uint32 indexed gameType, bytes args);
        event InitBondUpdated(uint32 indexed gameType, uint256 indexed newBond);

        error GameAlreadyExists(bytes32 uuid);
        error IncorrectBondAmount();
        error NoImplementation(uint32 gameType);

        function initialize(address owner) external;
        function create(uint32 gameType, bytes32 rootClaim, bytes extraData) external payable returns (address proxy);
        function findLatestGames(uint32 gameType, uint256 start, uint256 n) external view returns (GameSearchResult[] memory games_);
        function gameArgs(uint32 gameType) external view returns (bytes memory args);
        function gameAtIndex(uint256 index) external view returns (uint32 gameType, uint64 timestamp, address proxy);
        function gameCount() external view returns (uint256 count);
        function gameImpls(uint32 gameType) external view returns (address impl_);
        function games(uint32 gameType, bytes32 rootClaim, bytes extraData) external view returns (address proxy, uint64 timestamp);
        function getGameUUID(uint32 gameType, bytes32 rootClaim, bytes extraData) external pure returns (bytes32 uuid);
        function initBonds(uint32 gameType) external view returns (uint256 bond);
        function owner() external view returns (address owner_);
        function setImplementation(uint32 gameType, address impl_, bytes args) external;
        function setInitBond(uint32 gameType, uint256 initBond) external;
        function transferOwnership(address newOwner) external;
        function version() external view returns (string memory version_);
    }

    /// A bisection game about one output root.
    #[sol(rpc)]
    #[derive(Debug, PartialEq, Eq)]
    interface IFaultDisputeGame {
        struct OutputRootProof {
            bytes32 version;
            bytes32 stateRoot;
            bytes32 messagePasserStorageRoot;
            bytes32 latestBlockhash;
        }

        event Move(uint256 indexed parentIndex, bytes32 indexed claim, address indexed claimant);
        event Resolved(uint8 indexed status);
        event GameClosed(uint8 bondDistributionMode);

        error AlreadyInitialized();
        error AnchorRootNotFound();
        error BadExtraData();
        error BlockNumberMatches();
        error BondTransferFailed();
        error CannotDefendRootClaim();
        error ClaimAboveSplit();
        error ClaimAlreadyExists();
        error ClaimAlreadyResolved();
        error ClockNotExpired();
        error ClockTimeExceeded();
        error ContentLengthMismatch();
        error DuplicateStep();
        error EmptyItem();
        error GameDepthExceeded();
        error GameNotFinalized();
        error GameNotInProgress();
        error GameNotResolved();
        error GamePaused();
        error IncorrectBondAmount();
        error InvalidBondDistributionMode();
        error InvalidChallengePeriod();
        error InvalidClockExtension();
        error InvalidDataRemainder();
        error InvalidDisputedClaimIndex();
        error InvalidHeader();
        error InvalidHeaderRLP();
        error InvalidLocalIdent();
        error InvalidOutputRootProof();
        error InvalidParent();
        error InvalidPrestate();
        error InvalidSplitDepth();
        error L2BlockNumberChallenged();
        error MaxDepthTooLarge();
        error NoCreditToClaim();
        error OutOfOrderResolution();
        error UnexpectedList();
        error UnexpectedRootClaim(bytes32 rootClaim);
        error UnexpectedString();
        error UnknownChainId();
        error ValidStep();

        function absolutePrestate() external pure returns (bytes32 absolutePrestate_);
        function addLocalData(uint256 ident, uint256 execLeafIdx, uint256 partOffset) external;
        function anchorStateRegistry() external pure returns (address registry_);
        function attack(bytes32 disputed, uint256 parentIndex, bytes32 claim) external payable;
        function bondDistributionMode() external view returns (uint8 mode);
        function challengeRootL2Block(OutputRootProof outputRootProof, bytes headerRLP) external;
        function claimCredit(address recipient) external;
        function claimData(uint256 index) external view returns (
            uint32 parentIndex,
            address counteredBy,
            address claimant,
            uint128 bond,
            bytes32 claim,
            uint128 position,
            uint128 clock
        );
        function claimDataLen() external view returns (uint256 len_);
        function claims(bytes32 claimHash) external view returns (bool exists_);
        function clockExtension() external view returns (uint64 clockExtension_);
        function closeGame() external;
        function createdAt() external view returns (uint64 createdAt_);
        function credit(address recipient) external view returns (uint256 credit_);
        function defend(bytes32 disputed, uint256 parentIndex, bytes32 claim) external payable;
        function extraData() external pure returns (bytes memory extraData_);
        function gameCreator() external pure returns (address creator_);
        function gameData() external pure returns (uint32 gameType_, bytes32 rootClaim_, bytes memory extraData_);
        function gameType() external pure returns (uint32 gameType_);
        function getChallengerDuration(uint256 claimIndex) external view returns (uint64 duration_);
        function getNumToResolve(uint256 claimIndex) external view returns (uint256 numRemainingChildren_);
        function getRequiredBond(uint128 position) external view returns (uint256 requiredBond_);
        function hasUnlockedCredit(address recipient) external view returns (bool unlocked);
        function initialize() external payable;
        function l1Head() external pure returns (bytes32 l1Head_);
        function l2BlockNumber() external pure returns (uint256 l2BlockNumber_);
        function l2BlockNumberChallenged() external view returns (bool challenged);
        function l2BlockNumberChallenger() external view returns (address challenger);
        function l2ChainId() external pure returns (uint256 l2ChainId_);
        function l2SequenceNumber() external pure returns (uint256 l2SequenceNumber_);
        function maxClockDuration() external view returns (uint64 maxClockDuration_);
        function maxGameDepth() external view returns (uint256 maxGameDepth_);
        function move(bytes32 disputed, uint256 challengeIndex, bytes32 claim, bool isAttack) external payable;
        function normalModeCredit(address recipient) external view returns (uint256 credit_);
        function refundModeCredit(address recipient) external view returns (uint256 credit_);
        function resolutionCheckpoints(uint256 claimIndex) external view returns (
            bool initialCheckpointComplete,
            uint32 subgameIndex,
            uint128 leftmostPosition,
            address counteredBy
        );
        function resolve() external returns (uint8 status_);
        function resolveClaim(uint256 claimIndex, uint256 numToResolve) external;
        function resolvedAt() external view returns (uint64 resolvedAt_);
        function resolvedSubgames(uint256 claimIndex) external view returns (bool resolved);
        function rootClaim() external pure returns (bytes32 rootClaim_);
        function splitDepth() external view returns (uint256 splitDepth_);
        function startingBlockNumber() external view returns (uint256 startingBlockNumber_);
        function startingOutputRoot() external view returns (bytes32 root, uint256 l2SequenceNumber_);
        function startingRootHash() external view returns (bytes32 startingRootHash_);
        function status() external view returns (uint8 status_);
        function step(uint256 claimIndex, bool isAttack, bytes stateData, bytes proof) external;
        function subgames(uint256 claimIndex, uint256 position) external view returns (uint256 index);
        function version() external pure returns (string memory version_);
        function vm() external pure returns (address vm_);
        function wasRespectedGameTypeWhenCreated() external view returns (bool respected);
        function weth() external pure returns (address weth_);
    }

    /// Says which games count and holds the newest root that is settled.
    #[sol(rpc)]
    #[derive(Debug, PartialEq, Eq)]
    interface IAnchorStateRegistry {
        struct Proposal {
            bytes32 root;
            uint256 l2SequenceNumber;
        }

        event AnchorUpdated(address indexed game);
        event RespectedGameTypeSet(uint32 gameType);

        error AnchorStateRegistry_InvalidAnchorGame();
        error AnchorStateRegistry_Unauthorized();

        function initialize(address systemConfig, address disputeGameFactory, Proposal startingAnchorRoot, uint32 startingRespectedGameType) external;
        function anchorGame() external view returns (address game);
        function anchors(uint32 gameType) external view returns (bytes32 root, uint256 l2SequenceNumber);
        function disputeGameFactory() external view returns (address factory);
        function disputeGameFinalityDelaySeconds() external view returns (uint256 delay);
        function getAnchorRoot() external view returns (bytes32 root, uint256 l2SequenceNumber);
        function isGameBlacklisted(address game) external view returns (bool yes);
        function isGameClaimValid(address game) external view returns (bool yes);
        function isGameFinalized(address game) external view returns (bool yes);
        function isGameProper(address game) external view returns (bool yes);
        function isGameRegistered(address game) external view returns (bool yes);
        function isGameResolved(address game) external view returns (bool yes);
        function isGameRespected(address game) external view returns (bool yes);
        function isGameRetired(address game) external view returns (bool yes);
        function paused() external view returns (bool yes);
        function respectedGameType() external view returns (uint32 gameType);
        function retirementTimestamp() external view returns (uint64 timestamp);
        function setAnchorState(address game) external;
        function setRespectedGameType(uint32 gameType) external;
        function systemConfig() external view returns (address config);
        function version() external view returns (string memory version_);
    }

    /// Wrapped ether that holds bonds until a delay has passed.
    #[sol(rpc)]
    #[derive(Debug, PartialEq, Eq)]
    interface IDelayedWETH {
        event Deposit(address indexed dst, uint256 wad);
        event Withdrawal(address indexed src, uint256 wad);

        function initialize(address systemConfig) external;
        function balanceOf(address src) external view returns (uint256 balance);
        function config() external view returns (address config_);
        function delay() external view returns (uint256 seconds_);
        function deposit() external payable;
        function unlock(address guy, uint256 wad) external;
        function version() external view returns (string memory version_);
        function withdraw(uint256 wad) external;
        function withdraw(address guy, uint256 wad) external;
        function withdrawals(address owner, address guy) external view returns (uint256 amount, uint256 timestamp);
    }
}
