// SPDX-License-Identifier: MIT
pragma solidity ^0.8.22;

import {FaultDisputeGame} from "src/dispute/FaultDisputeGame.sol";
import {GameStatus} from "src/dispute/lib/Types.sol";
import {Play} from "test/dispute/support/Play.sol";
import {Tiny} from "test/dispute/support/TinyVM.sol";

/// Whole games between an honest player and a liar, down to the last instruction.
contract BisectionTest is Play {
    /// A liar proposes; the honest challenger finds the block, the step, and executes it.
    function test_false_root_loses_wherever_its_trace_goes_wrong(uint256 fromBlock, uint256 fromStep) external {
        View memory bad = liar(proposer, bound(fromBlock, START + 1, CLAIMED), bound(fromStep, 1, STEPS));
        View memory good = honest(challenger);
        FaultDisputeGame game = create(outputOf(bad, CLAIMED), CLAIMED);

        uint256 last = playDown(game, good, bad);
        finish(game, good, bad, last);

        assertEq(uint8(game.status()), uint8(GameStatus.CHALLENGER_WINS), "status");
        assertEq(game.normalModeCredit(proposer), 0, "the liar is due nothing");
        assertEq(game.normalModeCredit(challenger), weth.balanceOf(address(game)), "the challenger is due all");
    }

    /// A liar challenges; the proposer defends.
    function test_true_root_survives_every_lie(uint256 fromBlock, uint256 fromStep) external {
        View memory good = honest(proposer);
        View memory bad = liar(challenger, bound(fromBlock, START + 1, CLAIMED), bound(fromStep, 1, STEPS));
        FaultDisputeGame game = create(Tiny.output(CLAIMED), CLAIMED);

        uint256 last = playDown(game, bad, good);
        finish(game, good, bad, last);

        assertEq(uint8(game.status()), uint8(GameStatus.DEFENDER_WINS), "status");
        assertEq(game.normalModeCredit(challenger), 0, "the liar is due nothing");
        assertEq(game.normalModeCredit(proposer), weth.balanceOf(address(game)), "the proposer is due all");
    }

    function test_unchallenged_root_stands() external {
        FaultDisputeGame game = create(Tiny.output(CLAIMED), CLAIMED);
        resolveAll(game);
        assertEq(uint8(game.status()), uint8(GameStatus.DEFENDER_WINS));
        claimAll(game, [proposer, challenger, stranger]);
        assertEq(proposer.balance, 1000 ether);
        (, uint256 number) = registry.getAnchorRoot();
        assertEq(number, CLAIMED);
    }

    /// The last claim is the liar's: the honest player steps. Otherwise the liar has nothing to step with.
    function finish(FaultDisputeGame game, View memory good, View memory bad, uint256 last) private {
        if (claimAt(game, last).claimant == bad.player) step(good, game, last);
        resolveAll(game);
    }
}
