// SPDX-License-Identifier: MIT
pragma solidity ^0.8.22;

import {FaultDisputeGame} from "src/dispute/FaultDisputeGame.sol";
import {Claim, LocalPreimageKey} from "src/dispute/lib/Types.sol";
import {Play} from "test/dispute/support/Play.sol";
import {Tiny} from "test/dispute/support/TinyVM.sol";

/// What playing costs beside the 21,000 gas and the calldata of a transaction, storage that the test touched before being
/// warm. The VM is a tiny one.
contract GameGasTest is Play {
    string private constant GROUP = "FaultDisputeGame";

    function test_gas_of_a_game() external {
        FaultDisputeGame game = create(Tiny.output(CLAIMED), CLAIMED);
        vm.snapshotGasLastCall(GROUP, "create");

        View memory bad = liar(challenger, START + 5, 6);
        View memory good = honest(proposer);
        uint256 index = move(bad, game, 0, true);
        index = snapshotMove(game, good, index, "move");
        while (claimAt(game, index).position.depth() < splitDepth) {
            index = answer(index % 2 == 0 ? bad : good, game, index);
        }
        index = snapshotMove(game, bad, index, "move, root of an execution");
        while (claimAt(game, index).position.depth() < maxDepth - 1) {
            index = answer(index % 2 == 0 ? bad : good, game, index);
        }
        index = snapshotMove(game, bad, index, "move, deepest level");

        game.addLocalData(LocalPreimageKey.DISPUTED_OUTPUT_ROOT, index, 0);
        vm.snapshotGasLastCall(GROUP, "addLocalData");
        step(good, game, index);
        vm.snapshotGasLastCall(GROUP, "step");

        skip(MAX_CLOCK);
        game.resolveClaim(index, 0);
        vm.snapshotGasLastCall(GROUP, "resolveClaim, unanswered");
        game.resolveClaim(index - 1, 0);
        vm.snapshotGasLastCall(GROUP, "resolveClaim, answered once");
        for (uint256 i = index - 1; i > 0; i--) {
            game.resolveClaim(i - 1, 0);
        }
        game.resolve();
        vm.snapshotGasLastCall(GROUP, "resolve");

        skip(FINALITY_DELAY + 1);
        game.closeGame();
        vm.snapshotGasLastCall(GROUP, "closeGame, new anchor");
        game.claimCredit(proposer);
        vm.snapshotGasLastCall(GROUP, "claimCredit, unlock");
        skip(WETH_DELAY);
        game.claimCredit(proposer);
        vm.snapshotGasLastCall(GROUP, "claimCredit, pay");
    }

    function snapshotMove(FaultDisputeGame game, View memory v, uint256 index, string memory name)
        private
        returns (uint256)
    {
        ClaimView memory parent = claimAt(game, index);
        bool isAttack = !canDefend(game, index) || !agrees(v, game, index);
        Claim claim = claimOf(v, game, index, isAttack);
        uint256 bond = game.getRequiredBond(parent.position.move(isAttack));
        vm.prank(v.player);
        game.move{value: bond}(parent.claim, index, claim, isAttack);
        vm.snapshotGasLastCall(GROUP, name);
        return lastIndex(game);
    }
}
