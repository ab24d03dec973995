// SPDX-License-Identifier: MIT
pragma solidity ^0.8.22;

import {FaultDisputeGame} from "src/dispute/FaultDisputeGame.sol";
import {Position} from "src/dispute/lib/Position.sol";
import {Claim, LocalPreimageKey, VMStatuses} from "src/dispute/lib/Types.sol";
import {DisputeSetup} from "test/dispute/support/DisputeSetup.sol";
import {Tiny} from "test/dispute/support/TinyVM.sol";

/// Players who know what they would claim at every position, and play a game down to its last move.
abstract contract Play is DisputeSetup {
    /// What a player holds for true.
    struct View {
        address player;
        /// Output roots from this block on are made up.
        uint256 liesFromBlock;
        /// VM states from this step on are made up.
        uint256 liesFromStep;
    }

    struct ClaimView {
        uint32 parentIndex;
        address counteredBy;
        address claimant;
        uint128 bond;
        Claim claim;
        Position position;
    }

    function honest(address player) internal pure returns (View memory) {
        return View(player, type(uint256).max, type(uint256).max);
    }

    function liar(address player, uint256 fromBlock, uint256 fromStep) internal pure returns (View memory) {
        return View(player, fromBlock, fromStep);
    }

    function claimAt(FaultDisputeGame game, uint256 index) internal view returns (ClaimView memory c) {
        (c.parentIndex, c.counteredBy, c.claimant, c.bond, c.claim, c.position,) = game.claimData(index);
    }

    function lastIndex(FaultDisputeGame game) internal view returns (uint256) {
        return game.claimDataLen() - 1;
    }

    function outputBlock(FaultDisputeGame game, Position position) internal view returns (uint256) {
        uint256 number = game.startingBlockNumber() + position.traceIndex(splitDepth) + 1;
        uint256 claimed = game.l2BlockNumber();
        return number < claimed ? number : claimed;
    }

    function outputOf(View memory v, uint256 number) internal pure returns (Claim) {
        if (number < v.liesFromBlock) return Tiny.output(number);
        return Claim.wrap(keccak256(abi.encode("lie", number)));
    }

    /// The claim and block that the execution below `index` (a claim at the split depth or deeper) checks.
    function dispute(FaultDisputeGame game, uint256 index, bool isAttack)
        internal
        view
        returns (Claim disputed, uint256 number)
    {
        ClaimView memory c = claimAt(game, index);
        while (c.position.depth() > splitDepth) {
            ClaimView memory up = claimAt(game, c.parentIndex);
            isAttack = c.position.parent() == up.position;
            c = up;
        }
        if (isAttack) return (c.claim, outputBlock(game, c.position));
        Position next = c.position.next();
        number = outputBlock(game, next);
        while (!(c.position == next.traceAncestor())) c = claimAt(game, c.parentIndex);
        disputed = c.claim;
    }

    function stateOf(View memory v, uint256 n, Claim disputed, uint256 number) internal pure returns (Claim) {
        Claim right = Tiny.commit(Tiny.stateAt(n, Claim.unwrap(disputed), number));
        if (n < v.liesFromStep) return right;
        uint256 status = n < Tiny.END ? 3 : (right.vmStatus() == VMStatuses.VALID ? 1 : 0);
        return Tiny.withStatus(keccak256(abi.encode("lie", n)), status);
    }

    /// What a player claims at the position that `isAttack` leads to from the claim at `parentIndex`.
    function claimOf(View memory v, FaultDisputeGame game, uint256 parentIndex, bool isAttack)
        internal
        view
        returns (Claim)
    {
        ClaimView memory parent = claimAt(game, parentIndex);
        return valueAt(v, game, parentIndex, parent.position.move(isAttack), isAttack);
    }

    /// What a player claims at `position`, near the claim at `index`.
    function valueAt(View memory v, FaultDisputeGame game, uint256 index, Position position, bool isAttack)
        internal
        view
        returns (Claim)
    {
        if (position.depth() <= splitDepth) return outputOf(v, outputBlock(game, position));
        (Claim disputed, uint256 number) = dispute(game, index, isAttack);
        return stateOf(v, position.traceIndex(maxDepth) % stepsPerBlock + 1, disputed, number);
    }

    /// Whether a player holds the claim at `index` for true.
    function agrees(View memory v, FaultDisputeGame game, uint256 index) internal view returns (bool) {
        ClaimView memory c = claimAt(game, index);
        return valueAt(v, game, index, c.position, true) == c.claim;
    }

    function move(View memory v, FaultDisputeGame game, uint256 index, bool isAttack) internal returns (uint256) {
        ClaimView memory parent = claimAt(game, index);
        Claim claim = claimOf(v, game, index, isAttack);
        uint256 bond = game.getRequiredBond(parent.position.move(isAttack));
        vm.prank(v.player);
        game.move{value: bond}(parent.claim, index, claim, isAttack);
        return lastIndex(game);
    }

    /// Answers the claim at `index` as the player has to.
    function answer(View memory v, FaultDisputeGame game, uint256 index) internal returns (uint256) {
        return move(v, game, index, !canDefend(game, index) || !agrees(v, game, index));
    }

    function canDefend(FaultDisputeGame game, uint256 index) internal view returns (bool) {
        return index != 0 && claimAt(game, index).position.depth() != splitDepth + 1;
    }

    /// Two players take turns, `first` first, until the deepest level. Returns the last claim's index.
    function playDown(FaultDisputeGame game, View memory first, View memory second) internal returns (uint256 index) {
        bool isFirst = true;
        while (claimAt(game, index).position.depth() < maxDepth) {
            index = answer(isFirst ? first : second, game, index);
            isFirst = !isFirst;
        }
    }

    /// Counters the claim at `index`, at the deepest level, by a step.
    function step(View memory v, FaultDisputeGame game, uint256 index) internal {
        bool isAttack = !agrees(v, game, index);
        (bytes memory stateData) = stepState(game, index, isAttack);
        loadInputs(game, index);
        vm.prank(v.player);
        game.step(index, isAttack, stateData, "");
    }

    /// The right state before the instruction of a step.
    function stepState(FaultDisputeGame game, uint256 index, bool isAttack) internal view returns (bytes memory) {
        (Claim disputed, uint256 number) = dispute(game, index, true);
        uint256 n = claimAt(game, index).position.indexAtDepth() % stepsPerBlock + (isAttack ? 0 : 1);
        return abi.encode(Tiny.stateAt(n, Claim.unwrap(disputed), number));
    }

    function loadInputs(FaultDisputeGame game, uint256 index) internal {
        game.addLocalData(LocalPreimageKey.DISPUTED_OUTPUT_ROOT, index, 0);
        game.addLocalData(LocalPreimageKey.DISPUTED_L2_BLOCK_NUMBER, index, 0);
    }

    /// Lets all clocks run out and resolves every subgame, the last claim first.
    function resolveAll(FaultDisputeGame game) internal {
        skip(MAX_CLOCK);
        for (uint256 i = game.claimDataLen(); i > 0; i--) {
            if (!game.resolvedSubgames(i - 1)) game.resolveClaim(i - 1, 0);
        }
        game.resolve();
    }

    /// Lets the delays pass and pays everyone in `accounts`.
    function claimAll(FaultDisputeGame game, address[3] memory accounts) internal {
        skip(FINALITY_DELAY + 1);
        for (uint256 i = 0; i < accounts.length; i++) {
            game.claimCredit(accounts[i]);
        }
        skip(WETH_DELAY);
        for (uint256 i = 0; i < accounts.length; i++) {
            if (game.credit(accounts[i]) > 0) game.claimCredit(accounts[i]);
        }
    }
}
