// SPDX-License-Identifier: MIT
pragma solidity ^0.8.22;

import {FaultDisputeGame} from "src/dispute/FaultDisputeGame.sol";
import {IDisputeGame} from "src/dispute/interfaces/IDisputeGame.sol";
import {Claim, GameStatus} from "src/dispute/lib/Types.sol";
import {Play} from "test/dispute/support/Play.sol";
import {Tiny} from "test/dispute/support/TinyVM.sol";

/// Plays moves of all kinds, sensible or not, in one game.
contract GamePlayer is Play {
    FaultDisputeGame public game;
    address[3] public players;
    uint256 public moves;
    uint256 public steps;

    function setUp() public override {
        super.setUp();
        players = [proposer, challenger, stranger];
        for (uint256 i = 0; i < players.length; i++) {
            vm.deal(players[i], 100_000 ether);
        }
        game = create(outputOf(liar(proposer, CLAIMED - 2, 7), CLAIMED), CLAIMED);
    }

    function balanceInVault() external view returns (uint256) {
        return weth.balanceOf(address(game));
    }

    /// A player answers a claim as its view of the truth says.
    function play(uint256 seed, uint256 index, uint256 liesFromBlock, uint256 liesFromStep) external {
        if (game.status() != GameStatus.IN_PROGRESS) return;
        index = bound(index, 0, game.claimDataLen() - 1);
        if (claimAt(game, index).position.depth() == maxDepth) return;
        View memory v = liar(
            players[seed % 3], bound(liesFromBlock, START + 1, CLAIMED + 1), bound(liesFromStep, 1, stepsPerBlock + 1)
        );
        this.tryAnswer(v, index);
    }

    /// Two players, one of them a liar, go on from a claim until the deepest level, where the honest one steps.
    function playOut(uint256 seed, uint256 index, uint256 liesFromBlock, uint256 liesFromStep) external {
        if (game.status() != GameStatus.IN_PROGRESS) return;
        index = bound(index, 0, game.claimDataLen() - 1);
        View memory good = honest(players[seed % 3]);
        View memory bad = liar(
            players[(seed + 1) % 3], bound(liesFromBlock, START + 1, CLAIMED + 1), bound(liesFromStep, 1, stepsPerBlock)
        );
        for (uint256 depth = claimAt(game, index).position.depth(); depth < maxDepth; depth++) {
            uint256 count = game.claimDataLen();
            this.tryAnswer((depth + seed) % 2 == 0 ? good : bad, index);
            if (game.claimDataLen() == count) return;
            index = count;
        }
        this.tryStep(good, index);
    }

    /// A player claims anything, in any direction.
    function claimAnything(uint256 seed, uint256 index, bool isAttack, bytes32 claim) external {
        if (game.status() != GameStatus.IN_PROGRESS) return;
        index = bound(index, 0, game.claimDataLen() - 1);
        ClaimView memory parent = claimAt(game, index);
        if (parent.position.depth() == maxDepth) return;
        uint256 bond = game.getRequiredBond(parent.position.move(isAttack));
        vm.prank(players[seed % 3]);
        try game.move{value: bond}(parent.claim, index, Claim.wrap(claim), isAttack) {
            moves++;
        } catch {}
    }

    /// An honest player steps against a claim, if there is one to step against.
    function stepAnywhere(uint256 seed, uint256 index) external {
        if (game.status() != GameStatus.IN_PROGRESS) return;
        index = bound(index, 0, game.claimDataLen() - 1);
        if (claimAt(game, index).position.depth() != maxDepth) return;
        this.tryStep(honest(players[seed % 3]), index);
    }

    function pass(uint256 secs) external {
        skip(bound(secs, 0, MAX_CLOCK / 4));
    }

    function resolveAnything(uint256 index, uint256 count) external {
        index = bound(index, 0, game.claimDataLen() - 1);
        try game.resolveClaim(index, bound(count, 0, 3)) {} catch {}
    }

    function resolveGame() external {
        try game.resolve() {} catch {}
    }

    /// Decides everything that is open and pays everyone.
    function finish(bool blacklisted) external {
        if (game.status() == GameStatus.IN_PROGRESS) resolveAll(game);
        if (blacklisted) decrees.blacklist(IDisputeGame(address(game)));
        claimAll(game, players);
    }

    function tryAnswer(View memory v, uint256 index) external {
        try this.answerAs(v, index) {
            moves++;
        } catch {}
    }

    function answerAs(View memory v, uint256 index) external {
        answer(v, game, index);
    }

    function tryStep(View memory v, uint256 index) external {
        try this.stepAs(v, index) {
            steps++;
        } catch {}
    }

    function stepAs(View memory v, uint256 index) external {
        step(v, game, index);
    }
}

/// What holds in every state that a game can reach.
contract GameInvariants is Play {
    GamePlayer private player;
    FaultDisputeGame private game;

    function setUp() public override {
        player = new GamePlayer();
        player.setUp();
        game = player.game();
        targetContract(address(player));
    }

    function targetSelectors() external view returns (FuzzSelector[] memory targets) {
        bytes4[] memory selectors = new bytes4[](7);
        selectors[0] = GamePlayer.play.selector;
        selectors[1] = GamePlayer.playOut.selector;
        selectors[2] = GamePlayer.claimAnything.selector;
        selectors[3] = GamePlayer.stepAnywhere.selector;
        selectors[4] = GamePlayer.pass.selector;
        selectors[5] = GamePlayer.resolveAnything.selector;
        selectors[6] = GamePlayer.resolveGame.selector;
        targets = new FuzzSelector[](1);
        targets[0] = FuzzSelector(address(player), selectors);
    }

    function test_the_player_gets_down_to_steps() external {
        player.playOut(0, 0, START + 3, 4);
        player.playOut(1, 0, START + 3, 4);
        assertGt(player.steps(), 0);
    }

    /// One function, since forge plays all over again for each.
    /// forge-config: default.invariant.runs = 16
    /// forge-config: default.invariant.depth = 48
    function invariant_bonds_are_conserved_in_a_tree_of_claims() external view {
        theVaultHoldsEveryBond();
        creditIsWhatIsResolved();
        theClaimsAreATree();
    }

    function bonds() private view returns (uint256 sum) {
        for (uint256 i = 0; i < game.claimDataLen(); i++) {
            sum += claimAt(game, i).bond;
        }
    }

    /// P-3: what was put in is in the vault, and is noted for those who put it in.
    function theVaultHoldsEveryBond() private view {
        assertEq(player.balanceInVault(), bonds(), "vault");
        uint256 refunds;
        for (uint256 i = 0; i < 3; i++) {
            refunds += game.refundModeCredit(player.players(i));
        }
        assertEq(refunds, bonds(), "refunds");
    }

    /// P-3: the winners are due what was put in, no more, and nothing less once all is resolved.
    function creditIsWhatIsResolved() private view {
        uint256 due;
        uint256 resolved;
        for (uint256 i = 0; i < 3; i++) {
            due += game.normalModeCredit(player.players(i));
        }
        for (uint256 i = 0; i < game.claimDataLen(); i++) {
            if (game.resolvedSubgames(i)) resolved += claimAt(game, i).bond;
        }
        assertEq(due, resolved);
    }

    /// Every claim sits one move below its parent.
    function theClaimsAreATree() private view {
        for (uint256 i = 1; i < game.claimDataLen(); i++) {
            ClaimView memory c = claimAt(game, i);
            ClaimView memory parent = claimAt(game, c.parentIndex);
            assertLt(c.parentIndex, i);
            assertTrue(
                c.position == parent.position.move(true) || c.position == parent.position.move(false), "position"
            );
            assertLe(c.position.depth(), maxDepth);
        }
    }

    /// From wherever play has led, the game can be resolved and everyone paid to the last wei.
    function afterInvariant() external {
        player.finish(game.claimDataLen() % 2 == 0);
        assertTrue(game.status() != GameStatus.IN_PROGRESS, "resolved");
        assertEq(player.balanceInVault(), 0, "all paid");
        assertEq(address(game).balance, 0);
    }
}
