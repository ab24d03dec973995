// SPDX-License-Identifier: MIT
pragma solidity ^0.8.22;

import {FaultDisputeGame} from "src/dispute/FaultDisputeGame.sol";
import {ClockNotExpired, ClockTimeExceeded, GameNotInProgress} from "src/dispute/lib/Errors.sol";
import {Claim, Clock, Duration} from "src/dispute/lib/Types.sol";
import {Play} from "test/dispute/support/Play.sol";

/// Chess clocks: each side has its own, and hands over at least an extension.
contract GameClocksTest is Play {
    FaultDisputeGame private game;
    View private good;
    View private bad;

    function setUp() public override {
        super.setUp();
        good = honest(challenger);
        bad = liar(proposer, START + 1, 5);
        game = create(outputOf(bad, CLAIMED), CLAIMED);
    }

    function usedBy(uint256 index) private view returns (uint256) {
        (,,,,,, Clock clock) = game.claimData(index);
        return Duration.unwrap(clock.duration());
    }

    function challengersUsed(uint256 index) private view returns (uint256) {
        return Duration.unwrap(game.getChallengerDuration(index));
    }

    /// Plays until the claim at `depth` is made.
    function playTo(uint256 depth) private returns (uint256 index) {
        index = game.claimDataLen() - 1;
        while (claimAt(game, index).position.depth() < depth) {
            index = answer(claimAt(game, index).position.depth() % 2 == 0 ? good : bad, game, index);
        }
    }

    function test_a_side_uses_up_the_time_until_it_answers() external {
        skip(100);
        assertEq(challengersUsed(0), 100);
        uint256 first = answer(good, game, 0);
        assertEq(usedBy(first), 100, "challengers' clock");

        skip(30);
        assertEq(challengersUsed(first), 30, "the other side's clock");
        uint256 second = answer(bad, game, first);
        assertEq(usedBy(second), 30);

        skip(7);
        assertEq(challengersUsed(second), 107, "goes on where it was");
        assertEq(usedBy(answer(good, game, second)), 107);
    }

    function test_a_move_in_the_last_second_is_allowed_and_none_after_it() external {
        skip(MAX_CLOCK - 1);
        uint256 id = vm.snapshotState();
        answer(good, game, 0);
        vm.revertToState(id);

        skip(1);
        Claim root = game.rootClaim();
        uint256 bond = game.getRequiredBond(claimAt(game, 0).position.move(true));
        vm.prank(challenger);
        expectRevert(ClockTimeExceeded.selector);
        game.attack{value: bond}(root, 0, Claim.wrap("late"));
    }

    function test_the_used_time_is_never_more_than_the_clock() external {
        skip(10 * MAX_CLOCK);
        assertEq(challengersUsed(0), MAX_CLOCK);
    }

    function test_a_late_answer_leaves_an_extension() external {
        skip(MAX_CLOCK - EXTENSION);
        uint256 id = vm.snapshotState();
        assertEq(usedBy(answer(good, game, 0)), MAX_CLOCK - EXTENSION, "exactly the extension is left: nothing to give");
        vm.revertToState(id);
        skip(1);
        assertEq(usedBy(answer(good, game, 0)), MAX_CLOCK - EXTENSION);
    }

    /// The next claim of the same side is the root of an execution: time for a run of the program.
    function test_the_extension_doubles_before_the_split() external {
        uint256 index = playTo(splitDepth - 2);
        skip(MAX_CLOCK - 1);
        assertEq(usedBy(answer(good, game, index)), MAX_CLOCK - 2 * EXTENSION);
    }

    /// The next answer of the same side is a step: time to prove a large preimage.
    function test_the_extension_covers_the_challenge_period_before_a_step() external {
        uint256 index = playTo(maxDepth - 2);
        skip(MAX_CLOCK - 1);
        View memory mover = (maxDepth - 2) % 2 == 0 ? good : bad;
        assertEq(usedBy(answer(mover, game, index)), MAX_CLOCK - EXTENSION - CHALLENGE_PERIOD);
    }

    function test_the_extension_is_simple_at_and_below_the_split() external {
        for (uint256 depth = splitDepth - 1; depth < maxDepth - 2; depth++) {
            uint256 index = playTo(depth);
            uint256 id = vm.snapshotState();
            skip(MAX_CLOCK - 1);
            View memory mover = depth % 2 == 0 ? good : bad;
            assertEq(usedBy(answer(mover, game, index)), MAX_CLOCK - EXTENSION);
            vm.revertToState(id);
        }
    }

    function test_a_claim_is_resolved_when_its_challengers_clock_has_run_out() external {
        skip(MAX_CLOCK - 1);
        expectRevert(ClockNotExpired.selector);
        game.resolveClaim(0, 0);
        skip(1);
        game.resolveClaim(0, 0);
        assertTrue(game.resolvedSubgames(0));
    }

    function test_no_clock_runs_after_the_end() external {
        resolveAll(game);
        expectRevert(GameNotInProgress.selector);
        game.getChallengerDuration(0);
    }
}
