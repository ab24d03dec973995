// SPDX-License-Identifier: MIT
pragma solidity ^0.8.22;

/// @notice What a move asserts: an output root above the split depth, a commitment to a VM state below it.
type Claim is bytes32;

/// @notice Any other hash.
type Hash is bytes32;

/// @notice Seconds since the epoch.
type Timestamp is uint64;

/// @notice Seconds.
type Duration is uint64;

/// @notice A chess clock: seconds used up (high 64 bits), when it was last started (low 64 bits).
type Clock is uint128;

/// @notice Which implementation of a game.
type GameType is uint32;

/// @notice A registered game: type (32 bits), creation time (64 bits), address (160 bits).
type GameId is bytes32;

/// @notice The high byte of a commitment to a VM state.
type VMStatus is uint8;

using LibClock for Clock global;
using LibGameId for GameId global;
using {sameGameType as ==} for GameType global;
using {sameClaim as ==} for Claim global;
using LibClaim for Claim global;
using {sameStatus as ==} for VMStatus global;

/// @notice How far a game is.
enum GameStatus {
    IN_PROGRESS,
    CHALLENGER_WINS,
    DEFENDER_WINS
}

/// @notice Who gets the bonds of a closed game.
enum BondDistributionMode {
    UNDECIDED,
    /// The winners.
    NORMAL,
    /// Everyone their own.
    REFUND
}

/// @notice An output root and the L2 block it belongs to.
struct Proposal {
    Hash root;
    uint256 l2SequenceNumber;
}

/// @notice What an output root commits to (version 0).
struct OutputRootProof {
    bytes32 version;
    bytes32 stateRoot;
    bytes32 messagePasserStorageRoot;
    bytes32 latestBlockhash;
}

/// @title VMStatuses
/// @notice How the program of a fault proof VM ended.
library VMStatuses {
    /// @notice The claim is what the program computes.
    VMStatus internal constant VALID = VMStatus.wrap(0);
    /// @notice The claim is something else.
    VMStatus internal constant INVALID = VMStatus.wrap(1);
    /// @notice The program failed.
    VMStatus internal constant PANIC = VMStatus.wrap(2);
    /// @notice The program runs.
    VMStatus internal constant UNFINISHED = VMStatus.wrap(3);
}

/// @title LocalPreimageKey
/// @notice The inputs of a fault proof program that differ from game to game, by their local key.
library LocalPreimageKey {
    uint256 internal constant L1_HEAD_HASH = 1;
    uint256 internal constant STARTING_OUTPUT_ROOT = 2;
    uint256 internal constant DISPUTED_OUTPUT_ROOT = 3;
    uint256 internal constant DISPUTED_L2_BLOCK_NUMBER = 4;
    uint256 internal constant CHAIN_ID = 5;
}

/// @title LibClock
library LibClock {
    /// @notice A clock that has used up `used` and runs since `since`.
    function wrap(Duration used, Timestamp since) internal pure returns (Clock) {
        return Clock.wrap(uint128(Duration.unwrap(used)) << 64 | Timestamp.unwrap(since));
    }

    /// @notice The seconds that the clock has used up.
    function duration(Clock clock) internal pure returns (Duration) {
        return Duration.wrap(uint64(Clock.unwrap(clock) >> 64));
    }

    /// @notice When the clock was started last.
    function timestamp(Clock clock) internal pure returns (Timestamp) {
        return Timestamp.wrap(uint64(Clock.unwrap(clock)));
    }
}

/// @title LibGameId
library LibGameId {
    /// @notice The identity of a registered game.
    function pack(GameType gameType, Timestamp createdAt, address game) internal pure returns (GameId) {
        uint256 word = uint256(GameType.unwrap(gameType)) << 224;
        word |= uint256(Timestamp.unwrap(createdAt)) << 160;
        return GameId.wrap(bytes32(word | uint160(game)));
    }

    /// @notice The parts of a game's identity.
    function unpack(GameId id) internal pure returns (GameType gameType, Timestamp createdAt, address game) {
        uint256 word = uint256(GameId.unwrap(id));
        gameType = GameType.wrap(uint32(word >> 224));
        createdAt = Timestamp.wrap(uint64(word >> 160));
        game = address(uint160(word));
    }
}

/// @title LibClaim
library LibClaim {
    /// @notice The status that a commitment to a VM state carries.
    function vmStatus(Claim claim) internal pure returns (VMStatus) {
        return VMStatus.wrap(uint8(Claim.unwrap(claim)[0]));
    }
}

function sameGameType(GameType a, GameType b) pure returns (bool) {
    return GameType.unwrap(a) == GameType.unwrap(b);
}

function sameClaim(Claim a, Claim b) pure returns (bool) {
    return Claim.unwrap(a) == Claim.unwrap(b);
}

function sameStatus(VMStatus a, VMStatus b) pure returns (bool) {
    return VMStatus.unwrap(a) == VMStatus.unwrap(b);
}
