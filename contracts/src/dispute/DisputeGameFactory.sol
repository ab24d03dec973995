// SPDX-License-Identifier: MIT
pragma solidity ^0.8.22;

import {LibCWIA} from "solady/utils/legacy/LibCWIA.sol";

import {IDisputeGame} from "src/dispute/interfaces/IDisputeGame.sol";
import {IDisputeGameFactory} from "src/dispute/interfaces/IDisputeGameFactory.sol";
import {GameAlreadyExists, IncorrectBondAmount, NoImplementation} from "src/dispute/lib/Errors.sol";
import {Claim, GameId, GameType, Hash, LibGameId, Timestamp} from "src/dispute/lib/Types.sol";
import {Initializable} from "src/lib/Initializable.sol";
import {Ownable} from "src/lib/Ownable.sol";

/// @title DisputeGameFactory
/// @notice Creates games and remembers them. A game is a clone of its type's implementation; what distinguishes it is
///         appended to its code (see `GameArgs`).
/// @dev Behind a proxy.
contract DisputeGameFactory is IDisputeGameFactory, Initializable, Ownable {
    /// @notice A game found by `findLatestGames`.
    struct GameSearchResult {
        uint256 index;
        GameId metadata;
        Timestamp timestamp;
        Claim rootClaim;
        bytes extraData;
    }

    string public constant version = "1.6.0";

    /// @notice The implementation of a type.
    mapping(GameType => IDisputeGame) public gameImpls;
    /// @notice Wei that creating a game of a type takes.
    mapping(GameType => uint256) public initBonds;
    /// @notice The arguments that all games of a type share.
    mapping(GameType => bytes) public gameArgs;

    mapping(Hash uuid => GameId) private gameIds;
    GameId[] private gameList;

    event DisputeGameCreated(address indexed disputeProxy, GameType indexed gameType, Claim indexed rootClaim);
    event ImplementationSet(address indexed impl, GameType indexed gameType);
    event ImplementationArgsSet(GameType indexed gameType, bytes args);
    event InitBondUpdated(GameType indexed gameType, uint256 indexed newBond);

    constructor() {
        _disableInitializers();
    }

    /// @notice Sets the proxy up.
    function initialize(address owner_) external initializer {
        _transferOwnership(owner_);
    }

    /// @inheritdoc IDisputeGameFactory
    function create(GameType gameType, Claim rootClaim, bytes calldata extraData)
        external
        payable
        returns (IDisputeGame game)
    {
        address implementation = address(gameImpls[gameType]);
        if (implementation == address(0)) revert NoImplementation(gameType);
        if (msg.value != initBonds[gameType]) revert IncorrectBondAmount();

        game = IDisputeGame(LibCWIA.clone(implementation, _cloneArgs(gameType, rootClaim, extraData)));
        game.initialize{value: msg.value}();

        // After `initialize`, so that a game that creates others comes after them, and cannot create itself again.
        Hash uuid = getGameUUID(gameType, rootClaim, extraData);
        if (GameId.unwrap(gameIds[uuid]) != 0) revert GameAlreadyExists(uuid);
        GameId id = LibGameId.pack(gameType, Timestamp.wrap(uint64(block.timestamp)), address(game));
        gameIds[uuid] = id;
        gameList.push(id);
        emit DisputeGameCreated(address(game), gameType, rootClaim);
    }

    /// @notice Sets the implementation of a type, and leaves its arguments.
    function setImplementation(GameType gameType, IDisputeGame impl) external onlyOwner {
        _setImplementation(gameType, impl);
    }

    /// @notice Sets the implementation of a type and the arguments that its games share.
    function setImplementation(GameType gameType, IDisputeGame impl, bytes calldata args) external onlyOwner {
        _setImplementation(gameType, impl);
        gameArgs[gameType] = args;
        emit ImplementationArgsSet(gameType, args);
    }

    /// @notice Sets what creating a game of a type takes, in wei.
    function setInitBond(GameType gameType, uint256 initBond) external onlyOwner {
        initBonds[gameType] = initBond;
        emit InitBondUpdated(gameType, initBond);
    }

    /// @inheritdoc IDisputeGameFactory
    function gameCount() external view returns (uint256) {
        return gameList.length;
    }

    /// @inheritdoc IDisputeGameFactory
    function games(GameType gameType, Claim rootClaim, bytes calldata extraData)
        external
        view
        returns (IDisputeGame game, Timestamp createdAt)
    {
        address at;
        (, createdAt, at) = gameIds[getGameUUID(gameType, rootClaim, extraData)].unpack();
        game = IDisputeGame(at);
    }

    /// @inheritdoc IDisputeGameFactory
    function gameAtIndex(uint256 index)
        external
        view
        returns (GameType gameType, Timestamp createdAt, IDisputeGame game)
    {
        address at;
        (gameType, createdAt, at) = gameList[index].unpack();
        game = IDisputeGame(at);
    }

    /// @notice At most `n` games of a type, the newest first, from the `start`th game backwards.
    function findLatestGames(GameType gameType, uint256 start, uint256 n)
        external
        view
        returns (GameSearchResult[] memory found)
    {
        if (start >= gameList.length || n == 0) return found;

        uint256 most = n < start + 1 ? n : start + 1;
        found = new GameSearchResult[](most);
        uint256 count;
        for (uint256 left = start + 1; left > 0 && count < most; left--) {
            GameId id = gameList[left - 1];
            (GameType foundType, Timestamp createdAt, address at) = id.unpack();
            if (!(foundType == gameType)) continue;
            found[count++] = GameSearchResult({
                index: left - 1,
                metadata: id,
                timestamp: createdAt,
                rootClaim: IDisputeGame(at).rootClaim(),
                extraData: IDisputeGame(at).extraData()
            });
        }
        assembly ("memory-safe") {
            mstore(found, count) // never more than was allocated
        }
    }

    /// @notice What identifies a game: no two have the same.
    function getGameUUID(GameType gameType, Claim rootClaim, bytes calldata extraData) public pure returns (Hash) {
        return Hash.wrap(keccak256(abi.encode(gameType, rootClaim, extraData)));
    }

    function _setImplementation(GameType gameType, IDisputeGame impl) private {
        gameImpls[gameType] = impl;
        emit ImplementationSet(address(impl), gameType);
    }

    /// @dev See `GameArgs`. A type without arguments is of an older kind, whose games do not carry their type.
    function _cloneArgs(GameType gameType, Claim rootClaim, bytes calldata extraData)
        private
        view
        returns (bytes memory)
    {
        bytes memory args = gameArgs[gameType];
        bytes32 l1Head = blockhash(block.number - 1);
        if (args.length == 0) return abi.encodePacked(msg.sender, rootClaim, l1Head, extraData);
        return abi.encodePacked(msg.sender, rootClaim, l1Head, gameType, extraData, args);
    }
}
