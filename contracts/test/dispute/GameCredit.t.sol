// SPDX-License-Identifier: MIT
pragma solidity ^0.8.22;

import {FaultDisputeGame} from "src/dispute/FaultDisputeGame.sol";
import {BondPool} from "src/dispute/game/BondPool.sol";
import {IDisputeGame} from "src/dispute/interfaces/IDisputeGame.sol";
import {
    BondTransferFailed,
    GameNotFinalized,
    GameNotResolved,
    GamePaused,
    NoCreditToClaim
} from "src/dispute/lib/Errors.sol";
import {Position} from "src/dispute/lib/Position.sol";
import {BondDistributionMode, Claim} from "src/dispute/lib/Types.sol";
import {Play} from "test/dispute/support/Play.sol";
import {Tiny} from "test/dispute/support/TinyVM.sol";

/// Closing a game, and being paid.
contract GameCreditTest is Play {
    FaultDisputeGame private game;
    View private bad;

    function setUp() public override {
        super.setUp();
        bad = liar(proposer, START + 1, 5);
        game = create(outputOf(bad, CLAIMED), CLAIMED);
        answer(honest(challenger), game, 0);
    }

    function final_() private {
        resolveAll(game);
        skip(FINALITY_DELAY + 1);
    }

    function test_a_game_closes_only_when_final() external {
        expectRevert(GameNotResolved.selector);
        game.closeGame();
        resolveAll(game);
        skip(FINALITY_DELAY);
        expectRevert(GameNotFinalized.selector);
        game.closeGame();
        expectRevert(GameNotFinalized.selector);
        game.claimCredit(challenger);
        skip(1);
        vm.expectEmit(address(game));
        emit BondPool.GameClosed(BondDistributionMode.NORMAL);
        game.closeGame();
        assertEq(uint8(game.bondDistributionMode()), uint8(BondDistributionMode.NORMAL));
    }

    function test_closing_again_changes_nothing() external {
        final_();
        game.closeGame();
        decrees.blacklist(IDisputeGame(address(game)));
        game.closeGame();
        assertEq(uint8(game.bondDistributionMode()), uint8(BondDistributionMode.NORMAL));
    }

    function test_no_game_closes_during_a_pause() external {
        final_();
        decrees.setPaused(true);
        expectRevert(GamePaused.selector);
        game.closeGame();
        decrees.setPaused(false);
        game.closeGame();
    }

    function test_credit_is_paid_after_the_vaults_delay() external {
        final_();
        uint256 due = game.credit(challenger);
        assertEq(due, weth.balanceOf(address(game)));
        game.claimCredit(challenger);
        assertTrue(game.hasUnlockedCredit(challenger));
        assertEq(game.credit(challenger), due, "not paid yet");
        vm.expectRevert("DelayedWETH: delay not over");
        game.claimCredit(challenger);

        skip(WETH_DELAY);
        uint256 before = challenger.balance;
        game.claimCredit(challenger);
        assertEq(challenger.balance, before + due);
        assertEq(game.credit(challenger), 0);
        assertEq(weth.balanceOf(address(game)), 0);
        assertEq(address(game).balance, 0);
    }

    function test_credit_is_paid_once() external {
        final_();
        game.claimCredit(challenger);
        skip(WETH_DELAY);
        game.claimCredit(challenger);
        expectRevert(NoCreditToClaim.selector);
        game.claimCredit(challenger);
    }

    function test_the_loser_is_due_nothing() external {
        final_();
        game.claimCredit(proposer);
        skip(WETH_DELAY);
        expectRevert(NoCreditToClaim.selector);
        game.claimCredit(proposer);
    }

    function test_a_recipient_that_refuses_ether_reverts() external {
        // This test has no receive function.
        vm.deal(address(this), 1000 ether);
        Claim root = game.rootClaim();
        uint256 bond = game.getRequiredBond(claimAt(game, 1).position);
        game.attack{value: bond}(root, 0, Claim.wrap("a"));
        final_();
        game.claimCredit(address(this));
        skip(WETH_DELAY);
        expectRevert(BondTransferFailed.selector);
        game.claimCredit(address(this));
    }

    function test_a_recipient_that_calls_back_is_paid_once() external {
        Greedy greedy = new Greedy(game);
        vm.deal(address(greedy), 1000 ether);
        greedy.attack();
        final_();
        game.claimCredit(address(greedy));
        skip(WETH_DELAY);
        uint256 due = game.credit(address(greedy));
        uint256 before = address(greedy).balance;
        game.claimCredit(address(greedy));
        assertEq(address(greedy).balance, before + due);
        assertTrue(greedy.refused(), "the call back found nothing");
    }

    function test_a_valid_game_becomes_the_anchor_when_it_closes() external {
        FaultDisputeGame right = create(Tiny.output(CLAIMED), CLAIMED);
        resolveAll(right);
        skip(FINALITY_DELAY + 1);
        right.closeGame();
        assertEq(address(registry.anchorGame()), address(right));
    }

    function test_a_lost_game_closes_without_becoming_the_anchor() external {
        final_();
        game.closeGame();
        assertEq(address(registry.anchorGame()), address(0));
        assertEq(uint8(game.bondDistributionMode()), uint8(BondDistributionMode.NORMAL));
    }

    function test_an_improper_game_refunds_everyone() external {
        uint256 proposers = INIT_BOND;
        uint256 challengers = game.getRequiredBond(claimAt(game, 1).position);
        resolveAll(game);
        decrees.blacklist(IDisputeGame(address(game)));
        assertEq(game.credit(challenger), proposers + challengers, "until it is closed");
        uint256 proposerBefore = proposer.balance;
        uint256 challengerBefore = challenger.balance;
        claimAll(game, [proposer, challenger, stranger]);

        assertEq(uint8(game.bondDistributionMode()), uint8(BondDistributionMode.REFUND));
        assertEq(proposer.balance, proposerBefore + proposers);
        assertEq(challenger.balance, challengerBefore + challengers);
        assertEq(weth.balanceOf(address(game)), 0);
        expectRevert(NoCreditToClaim.selector);
        game.claimCredit(challenger);
    }

    function test_ether_sent_to_a_game_does_not_change_what_is_due() external {
        vm.prank(stranger);
        (bool ok,) = address(game).call{value: 1 ether}("");
        assertTrue(ok);
        final_();
        assertEq(game.credit(challenger), weth.balanceOf(address(game)));
    }
}

/// Tries to be paid again while it is paid.
contract Greedy {
    FaultDisputeGame private immutable GAME;
    bool public refused;

    constructor(FaultDisputeGame game) {
        GAME = game;
    }

    receive() external payable {
        try GAME.claimCredit(address(this)) {}
        catch {
            refused = true;
        }
    }

    function attack() external {
        (,,,, Claim root,,) = GAME.claimData(0);
        (,,,,, Position position,) = GAME.claimData(1);
        GAME.attack{value: GAME.getRequiredBond(position)}(root, 0, Claim.wrap("greedy"));
    }
}
