// SPDX-License-Identifier: MIT
pragma solidity ^0.8.22;

import {IAnchorStateRegistry} from "src/dispute/interfaces/IAnchorStateRegistry.sol";
import {IDecrees} from "src/dispute/interfaces/IDecrees.sol";
import {IDisputeGame} from "src/dispute/interfaces/IDisputeGame.sol";
import {IDisputeGameFactory} from "src/dispute/interfaces/IDisputeGameFactory.sol";
import {ISystemConfig} from "src/dispute/interfaces/ISystemConfig.sol";
import {Claim, GameStatus, GameType, Hash, Proposal, Timestamp} from "src/dispute/lib/Types.sol";
import {Initializable} from "src/lib/Initializable.sol";

/// @title AnchorStateRegistry
/// @notice Which games count, and from which state new ones start (specs, anchor-state-registry.md).
/// @dev What people may decide about a game is asked of `IDecrees`. Behind a proxy.
contract AnchorStateRegistry is IAnchorStateRegistry, Initializable {
    string public constant version = "3.9.0";

    uint256 private immutable FINALITY_DELAY_SECONDS;
    IDecrees private immutable DECREES;

    /// @notice The configuration that names the guardian.
    ISystemConfig public systemConfig;
    /// @inheritdoc IAnchorStateRegistry
    IDisputeGameFactory public disputeGameFactory;
    /// @notice The game whose claim new games start from; zero before the first one.
    IDisputeGame public anchorGame;
    /// @inheritdoc IAnchorStateRegistry
    GameType public respectedGameType;
    Proposal private startingAnchorRoot;

    event AnchorUpdated(IDisputeGame indexed game);
    event RespectedGameTypeSet(GameType gameType);

    /// @notice The game's claim does not count, or is no newer than the anchor.
    error AnchorStateRegistry_InvalidAnchorGame();
    /// @notice The caller is not the guardian.
    error AnchorStateRegistry_Unauthorized();

    /// @param finalityDelaySeconds Seconds between a game's resolution and its finality.
    /// @param decrees_ What people may decide about games.
    constructor(uint256 finalityDelaySeconds, IDecrees decrees_) {
        FINALITY_DELAY_SECONDS = finalityDelaySeconds;
        DECREES = decrees_;
        _disableInitializers();
    }

    /// @notice Sets the proxy up.
    /// @param startingAnchorRoot_ The state that the first games start from.
    /// @param startingRespectedGameType The type of games that count.
    function initialize(
        ISystemConfig systemConfig_,
        IDisputeGameFactory disputeGameFactory_,
        Proposal calldata startingAnchorRoot_,
        GameType startingRespectedGameType
    ) external initializer {
        systemConfig = systemConfig_;
        disputeGameFactory = disputeGameFactory_;
        startingAnchorRoot = startingAnchorRoot_;
        respectedGameType = startingRespectedGameType;
    }

    /// @notice Chooses the type of games that count, among games created from now on.
    function setRespectedGameType(GameType gameType) external {
        if (msg.sender != systemConfig.guardian()) revert AnchorStateRegistry_Unauthorized();
        respectedGameType = gameType;
        emit RespectedGameTypeSet(gameType);
    }

    /// @inheritdoc IAnchorStateRegistry
    function setAnchorState(IDisputeGame game) external {
        if (!isGameClaimValid(game)) revert AnchorStateRegistry_InvalidAnchorGame();
        (, uint256 anchorNumber) = getAnchorRoot();
        if (game.l2SequenceNumber() <= anchorNumber) revert AnchorStateRegistry_InvalidAnchorGame();
        anchorGame = game;
        emit AnchorUpdated(game);
    }

    /// @notice The state that new games start from, whatever their type.
    function anchors(GameType) external view returns (Hash, uint256) {
        return getAnchorRoot();
    }

    /// @notice The state that the first games started from.
    function getStartingAnchorRoot() external view returns (Proposal memory) {
        return startingAnchorRoot;
    }

    /// @inheritdoc IAnchorStateRegistry
    function disputeGameFinalityDelaySeconds() external view returns (uint256) {
        return FINALITY_DELAY_SECONDS;
    }

    /// @inheritdoc IAnchorStateRegistry
    function disputeGameBlacklist(IDisputeGame game) external view returns (bool) {
        return isGameBlacklisted(game);
    }

    /// @notice The configuration that chains share.
    function superchainConfig() external view returns (address) {
        return systemConfig.superchainConfig();
    }

    /// @notice What people may decide about games.
    function decrees() external view returns (IDecrees) {
        return DECREES;
    }

    /// @inheritdoc IAnchorStateRegistry
    function getAnchorRoot() public view returns (Hash root, uint256 l2SequenceNumber) {
        IDisputeGame game = anchorGame;
        if (address(game) == address(0)) return (startingAnchorRoot.root, startingAnchorRoot.l2SequenceNumber);
        return (Hash.wrap(Claim.unwrap(game.rootClaim())), game.l2SequenceNumber());
    }

    /// @inheritdoc IAnchorStateRegistry
    function isGameRegistered(IDisputeGame game) public view returns (bool) {
        (GameType gameType, Claim rootClaim, bytes memory extraData) = game.gameData();
        (IDisputeGame registered,) = disputeGameFactory.games(gameType, rootClaim, extraData);
        return registered == game && address(game.anchorStateRegistry()) == address(this);
    }

    /// @inheritdoc IAnchorStateRegistry
    function isGameRespected(IDisputeGame game) public view returns (bool) {
        return game.wasRespectedGameTypeWhenCreated();
    }

    /// @inheritdoc IAnchorStateRegistry
    function isGameBlacklisted(IDisputeGame game) public view returns (bool) {
        return DECREES.isBlacklisted(game);
    }

    /// @inheritdoc IAnchorStateRegistry
    function isGameRetired(IDisputeGame game) public view returns (bool) {
        return Timestamp.unwrap(game.createdAt()) <= retirementTimestamp();
    }

    /// @inheritdoc IAnchorStateRegistry
    function isGameProper(IDisputeGame game) public view returns (bool) {
        return isGameRegistered(game) && !isGameBlacklisted(game) && !isGameRetired(game) && !paused();
    }

    /// @inheritdoc IAnchorStateRegistry
    function isGameResolved(IDisputeGame game) public view returns (bool) {
        return Timestamp.unwrap(game.resolvedAt()) != 0 && game.status() != GameStatus.IN_PROGRESS;
    }

    /// @inheritdoc IAnchorStateRegistry
    function isGameFinalized(IDisputeGame game) public view returns (bool) {
        return isGameResolved(game) && block.timestamp - Timestamp.unwrap(game.resolvedAt()) > FINALITY_DELAY_SECONDS;
    }

    /// @inheritdoc IAnchorStateRegistry
    function isGameClaimValid(IDisputeGame game) public view returns (bool) {
        return isGameProper(game) && isGameRespected(game) && isGameFinalized(game)
            && game.status() == GameStatus.DEFENDER_WINS;
    }

    /// @inheritdoc IAnchorStateRegistry
    function paused() public view returns (bool) {
        return DECREES.paused();
    }

    /// @inheritdoc IAnchorStateRegistry
    function retirementTimestamp() public view returns (uint64) {
        return DECREES.retirementTimestamp();
    }
}
