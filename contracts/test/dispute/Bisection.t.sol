// SPDX-License-Identifier: MIT
pragma solidity ^0.8.22;

import {FaultDisputeGame} from "src/dispute/FaultDisputeGame.sol";
import {GameStatus} from "src/dispute/lib/Types.sol";
import {Play} from "test/dispute/support/Play.sol";
import {Tiny} from "test/dispute/support/TinyVM.sol";

/// Whole games between an honest player and a liar, down to the last instruction.
///
/// The sides take turns, so the depth of the tree says who makes the last claim: at an odd one it is the challenger's.
/// If that is the liar, the honest player steps against it; if not, the liar would have to, and cannot.
abstract contract Bisection is Play {
    /// A liar proposes; the honest challenger finds the block and the step.
    function test_false_root_loses_wherever_its_trace_goes_wrong(uint256 fromBlock, uint256 fromStep) external {
        View memory bad = liar(proposer, bound(fromBlock, START + 1, CLAIMED), bound(fromStep, 1, Tiny.END + 5));
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
        View memory bad = liar(challenger, bound(fromBlock, START + 1, CLAIMED), bound(fromStep, 1, Tiny.END + 5));
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
        uint256 before = proposer.balance;
        claimAll(game, [proposer, challenger, stranger]);
        assertEq(proposer.balance, before + INIT_BOND);
        (, uint256 number) = registry.getAnchorRoot();
        assertEq(number, CLAIMED);
    }

    function finish(FaultDisputeGame game, View memory good, View memory bad, uint256 last) private {
        if (claimAt(game, last).claimant == bad.player) step(good, game, last);
        resolveAll(game);
    }
}

/// forge-config: default.fuzz.runs = 64
contract BisectionToAnOddDepthTest is Bisection {}

/// forge-config: default.fuzz.runs = 64
contract BisectionToAnEvenDepthTest is Bisection {
    constructor() {
        setTree(4, 10);
    }
}

/// The depths of the OP Stack's games: 2**30 blocks, 2**42 steps a block.
/// forge-config: default.fuzz.runs = 8
contract BisectionAtStandardDepthsTest is Bisection {
    constructor() {
        setTree(30, 73);
        vm.deal(proposer, 10_000 ether);
        vm.deal(challenger, 10_000 ether);
    }
}
