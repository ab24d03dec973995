// SPDX-License-Identifier: MIT
pragma solidity ^0.8.22;

import {FaultDisputeGame} from "src/dispute/FaultDisputeGame.sol";
import {IDisputeGame} from "src/dispute/interfaces/IDisputeGame.sol";
import {
    ClaimAlreadyResolved,
    ClockNotExpired,
    GameNotInProgress,
    OutOfOrderResolution
} from "src/dispute/lib/Errors.sol";
import {Position} from "src/dispute/lib/Position.sol";
import {Claim, GameStatus, Timestamp} from "src/dispute/lib/Types.sol";
import {Play} from "test/dispute/support/Play.sol";
import {Tiny} from "test/dispute/support/TinyVM.sol";

/// Subgames from the bottom up: which claims stand, who gets the bonds, and who won.
contract GameResolutionTest is Play {
    FaultDisputeGame private game;
    View private good;
    View private bad;

    function setUp() public override {
        super.setUp();
        good = honest(challenger);
        bad = liar(proposer, START + 1, 5);
        game = create(outputOf(bad, CLAIMED), CLAIMED);
    }

    function attackAs(address player, uint256 index, bytes32 claim) private returns (uint256) {
        return moveAs(player, index, claim, true);
    }

    function moveAs(address player, uint256 index, bytes32 claim, bool isAttack) private returns (uint256) {
        ClaimView memory parent = claimAt(game, index);
        uint256 bond = game.getRequiredBond(parent.position.move(isAttack));
        vm.prank(player);
        game.move{value: bond}(parent.claim, index, Claim.wrap(claim), isAttack);
        return lastIndex(game);
    }

    function bondOf(uint256 index) private view returns (uint256) {
        return claimAt(game, index).bond;
    }

    function test_an_unanswered_claim_stands_and_its_bond_goes_back() external {
        uint256 index = answer(good, game, 0);
        skip(MAX_CLOCK);
        game.resolveClaim(index, 0);
        assertEq(claimAt(game, index).counteredBy, address(0));
        assertEq(game.normalModeCredit(challenger), bondOf(index));
    }

    function test_an_answered_claim_falls_and_its_bond_goes_to_the_answer() external {
        answer(good, game, 0);
        resolveAll(game);
        assertEq(claimAt(game, 0).counteredBy, challenger);
        assertEq(uint8(game.status()), uint8(GameStatus.CHALLENGER_WINS));
        assertEq(game.normalModeCredit(challenger), bondOf(0) + bondOf(1));
        assertEq(game.normalModeCredit(proposer), 0);
    }

    function test_an_answer_that_falls_does_not_count() external {
        uint256 first = attackAs(challenger, 0, "a");
        uint256 second = attackAs(proposer, first, "b");
        resolveAll(game);
        assertEq(uint8(game.status()), uint8(GameStatus.DEFENDER_WINS));
        assertEq(game.normalModeCredit(proposer), bondOf(0) + bondOf(first) + bondOf(second));
    }

    function test_the_leftmost_answer_that_stands_gets_the_bond() external {
        uint256 first = attackAs(challenger, 0, "a");
        // The defense of `a` comes first but lies to the right of the attack.
        moveAs(proposer, first, "right", false);
        attackAs(stranger, first, "left");
        resolveAll(game);
        assertEq(claimAt(game, first).counteredBy, stranger);
    }

    function test_of_two_answers_at_one_place_the_first_gets_the_bond() external {
        attackAs(challenger, 0, "a");
        attackAs(stranger, 0, "b");
        resolveAll(game);
        assertEq(claimAt(game, 0).counteredBy, challenger);
        assertEq(game.normalModeCredit(stranger), bondOf(2), "only its own");
    }

    /// A freeloader answers a claim in the wrong direction, further left than the honest one: the honest player has to
    /// counter it to win the bond.
    function test_a_countered_freeloader_gets_nothing() external {
        uint256 first = attackAs(proposer, 0, "a");
        uint256 right = moveAs(challenger, first, "right", false);
        uint256 freeloader = attackAs(stranger, first, "free");
        uint256 counter = attackAs(challenger, freeloader, "counter");
        resolveAll(game);
        assertEq(claimAt(game, first).counteredBy, challenger);
        assertEq(
            game.normalModeCredit(challenger), bondOf(first) + bondOf(right) + bondOf(freeloader) + bondOf(counter)
        );
        assertEq(game.normalModeCredit(stranger), 0);
    }

    function test_a_claim_at_the_deepest_level_loses_its_bond_to_the_step() external {
        // The liar challenges the truth and makes the last claim, too deep for an answer.
        game = create(Tiny.output(CLAIMED), CLAIMED);
        uint256 last = playDown(game, liar(challenger, START + 5, 6), honest(proposer));
        step(honest(stranger), game, last);
        resolveAll(game);
        assertEq(game.normalModeCredit(stranger), bondOf(last));
        assertEq(game.normalModeCredit(challenger), 0);
    }

    function test_subgames_are_resolved_from_the_bottom() external {
        uint256 first = answer(good, game, 0);
        answer(bad, game, first);
        skip(MAX_CLOCK);
        expectRevert(OutOfOrderResolution.selector);
        game.resolveClaim(0, 0);
        expectRevert(OutOfOrderResolution.selector);
        game.resolveClaim(first, 0);
        game.resolveClaim(2, 0);
        game.resolveClaim(first, 0);
        expectRevert(OutOfOrderResolution.selector);
        game.resolve();
        game.resolveClaim(0, 0);
        game.resolve();
    }

    function test_a_subgame_is_resolved_once() external {
        answer(good, game, 0);
        skip(MAX_CLOCK);
        game.resolveClaim(1, 0);
        expectRevert(ClaimAlreadyResolved.selector);
        game.resolveClaim(1, 0);
        game.resolveClaim(0, 0);
        expectRevert(ClaimAlreadyResolved.selector);
        game.resolveClaim(0, 0);
    }

    function test_a_subgame_is_not_resolved_while_someone_may_answer() external {
        answer(good, game, 0);
        expectRevert(ClockNotExpired.selector);
        game.resolveClaim(1, 0);
    }

    function test_a_large_subgame_is_resolved_in_parts() external {
        for (uint256 i = 0; i < 10; i++) {
            attackAs(i == 3 ? stranger : challenger, 0, bytes32(i + 1));
        }
        // The first three answers are countered.
        for (uint256 i = 1; i <= 3; i++) {
            attackAs(proposer, i, "counter");
        }
        skip(MAX_CLOCK);
        for (uint256 i = game.claimDataLen() - 1; i > 0; i--) {
            game.resolveClaim(i, 0);
        }

        assertEq(game.getNumToResolve(0), 10);
        game.resolveClaim(0, 3);
        assertEq(game.getNumToResolve(0), 7);
        (bool begun, uint32 next, Position leftmost, address counteredBy) = game.resolutionCheckpoints(0);
        assertTrue(begun);
        assertEq(next, 3);
        assertEq(Position.unwrap(leftmost), type(uint128).max);
        assertEq(counteredBy, address(0));

        game.resolveClaim(0, 1);
        (, next, leftmost, counteredBy) = game.resolutionCheckpoints(0);
        assertEq(next, 4);
        assertEq(Position.unwrap(leftmost), 2);
        assertEq(counteredBy, stranger);
        assertFalse(game.resolvedSubgames(0));

        game.resolveClaim(0, type(uint256).max);
        assertEq(game.getNumToResolve(0), 0);
        assertTrue(game.resolvedSubgames(0));
        assertEq(claimAt(game, 0).counteredBy, stranger);
    }

    function test_zero_resolves_all_that_is_left() external {
        for (uint256 i = 0; i < 5; i++) {
            attackAs(challenger, 0, bytes32(i + 1));
        }
        skip(MAX_CLOCK);
        for (uint256 i = 5; i > 0; i--) {
            game.resolveClaim(i, 0);
        }
        game.resolveClaim(0, 2);
        game.resolveClaim(0, 0);
        assertTrue(game.resolvedSubgames(0));
    }

    function test_resolve_decides_once_and_announces() external {
        skip(MAX_CLOCK);
        expectRevert(OutOfOrderResolution.selector);
        game.resolve();
        game.resolveClaim(0, 0);
        vm.expectEmit(address(game));
        emit IDisputeGame.Resolved(GameStatus.DEFENDER_WINS);
        assertEq(uint8(game.resolve()), uint8(GameStatus.DEFENDER_WINS));
        assertEq(Timestamp.unwrap(game.resolvedAt()), block.timestamp);
        expectRevert(GameNotInProgress.selector);
        game.resolve();
        expectRevert(GameNotInProgress.selector);
        game.resolveClaim(0, 0);
    }
}
