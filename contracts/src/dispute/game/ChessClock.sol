// SPDX-License-Identifier: MIT
pragma solidity ^0.8.22;

import {ClaimTree} from "src/dispute/game/ClaimTree.sol";
import {GameData} from "src/dispute/game/GameData.sol";
import {GameProgress} from "src/dispute/game/GameProgress.sol";
import {ClockTimeExceeded, InvalidChallengePeriod, InvalidClockExtension} from "src/dispute/lib/Errors.sol";
import {Clock, Duration, LibClock, Timestamp} from "src/dispute/lib/Types.sol";

/// @title ChessClock
/// @notice Each side has so many seconds for all its answers in a line of claims, and is handed at least an extension
///         when the other one answers late (specs, fault-dispute-game.md, "Game Clock").
abstract contract ChessClock is ClaimTree, GameData, GameProgress {
    uint64 internal immutable CLOCK_EXTENSION;
    uint64 internal immutable MAX_CLOCK_DURATION;

    constructor(Duration clockExtension_, Duration maxClockDuration_) {
        CLOCK_EXTENSION = Duration.unwrap(clockExtension_);
        MAX_CLOCK_DURATION = Duration.unwrap(maxClockDuration_);
        if (CLOCK_EXTENSION > MAX_CLOCK_DURATION) revert InvalidClockExtension();
    }

    /// @notice Seconds that a side may use up.
    function maxClockDuration() external view returns (Duration) {
        return Duration.wrap(MAX_CLOCK_DURATION);
    }

    /// @notice Seconds that a side has at least left after the other one answered.
    function clockExtension() external view returns (Duration) {
        return Duration.wrap(CLOCK_EXTENSION);
    }

    /// @notice Seconds used up by those who may answer a claim, at most `maxClockDuration`.
    function getChallengerDuration(uint256 claimIndex) public view inProgress returns (Duration) {
        ClaimData storage claim = _claimData[claimIndex];
        uint256 used = block.timestamp - Timestamp.unwrap(claim.since);
        // The claim that this one answers was made by the same side.
        if (claim.parentIndex != NO_PARENT) used += Duration.unwrap(_claimData[claim.parentIndex].used);
        return Duration.wrap(used < MAX_CLOCK_DURATION ? uint64(used) : MAX_CLOCK_DURATION);
    }

    /// @dev The clock of an answer, at level `depth`, to the claim at `parentIndex`. A freeloader's claim could leave
    ///      those who have to answer it without time, if it did not leave an extension.
    function _nextClock(uint256 parentIndex, uint256 depth) internal view returns (Clock) {
        uint64 used = Duration.unwrap(getChallengerDuration(parentIndex));
        if (used == MAX_CLOCK_DURATION) revert ClockTimeExceeded();
        uint64 latest = MAX_CLOCK_DURATION - uint64(_extension(depth));
        return LibClock.wrap(Duration.wrap(used < latest ? used : latest), Timestamp.wrap(uint64(block.timestamp)));
    }

    /// @dev No extension exceeds the clock. The VM is the clone's, so this waits until there is one.
    function _checkExtensions() internal view {
        if (vm().oracle().challengePeriod() > type(uint64).max) revert InvalidChallengePeriod();
        if (_extension(SPLIT_DEPTH - 1) > MAX_CLOCK_DURATION || _extension(MAX_GAME_DEPTH - 1) > MAX_CLOCK_DURATION) {
            revert InvalidClockExtension();
        }
    }

    /// @dev What the side of a claim at level `depth` has at least left, for what it does two levels below.
    function _extension(uint256 depth) private view returns (uint256) {
        // The root of an execution: it takes a whole run of the program.
        if (depth == SPLIT_DEPTH - 1) return uint256(CLOCK_EXTENSION) * 2;
        // A step: a large preimage may have to be proven first.
        if (depth == MAX_GAME_DEPTH - 1) return uint256(CLOCK_EXTENSION) + vm().oracle().challengePeriod();
        return CLOCK_EXTENSION;
    }
}
