// SPDX-License-Identifier: MIT
pragma solidity ^0.8.22;

import {FaultDisputeGame} from "src/dispute/FaultDisputeGame.sol";
import "src/dispute/lib/Errors.sol";
import {Position} from "src/dispute/lib/Position.sol";
import {Claim, LocalPreimageKey} from "src/dispute/lib/Types.sol";
import {Play} from "test/dispute/support/Play.sol";
import {Tiny} from "test/dispute/support/TinyVM.sol";

/// Steps, and the inputs of the program that they execute.
contract GameStepsTest is Play {
    /// A proposer defends the truth against a liar, who makes the last claim.
    function playToStep(uint256 fromBlock, uint256 fromStep) private returns (FaultDisputeGame game, uint256 last) {
        game = create(Tiny.output(CLAIMED), CLAIMED);
        last = playDown(game, liar(challenger, fromBlock, fromStep), honest(proposer));
    }

    function test_a_step_counters_the_claim() external {
        (FaultDisputeGame game, uint256 last) = playToStep(CLAIMED - 3, 6);
        step(honest(proposer), game, last);
        assertEq(claimAt(game, last).counteredBy, proposer);
    }

    function test_attacks_and_defenses_step_from_every_state() external {
        uint256 attacks;
        for (uint256 n = 1; n <= stepsPerBlock; n++) {
            uint256 id = vm.snapshotState();
            (FaultDisputeGame game, uint256 last) = playToStep(START + 5, n);
            if (!agrees(honest(proposer), game, last)) attacks++;
            step(honest(proposer), game, last);
            vm.revertToState(id);
        }
        assertGt(attacks, 0, "some are attacks");
        assertLt(attacks, stepsPerBlock, "some are defenses");
    }

    function test_a_step_that_confirms_the_claim_reverts() external {
        // All claims are true, so the result is the claimed one, on whatever side.
        FaultDisputeGame game = create(outputOf(liar(proposer, CLAIMED, 99), CLAIMED), CLAIMED);
        uint256 last = playDown(game, honest(challenger), liar(proposer, CLAIMED, 3));
        loadInputs(game, last);
        bytes memory stateData = stepState(game, last, true);
        vm.prank(stranger);
        expectRevert(ValidStep.selector);
        game.step(last, true, stateData, "");
    }

    function test_a_second_step_reverts() external {
        (FaultDisputeGame game, uint256 last) = playToStep(CLAIMED, 4);
        step(honest(proposer), game, last);
        bool isAttack = !agrees(honest(proposer), game, last);
        bytes memory stateData = stepState(game, last, isAttack);
        vm.prank(stranger);
        expectRevert(DuplicateStep.selector);
        game.step(last, isAttack, stateData, "");
    }

    function test_a_step_above_the_deepest_level_reverts() external {
        (FaultDisputeGame game, uint256 last) = playToStep(CLAIMED, 4);
        expectRevert(InvalidParent.selector);
        game.step(last - 1, true, "", "");
        expectRevert(InvalidParent.selector);
        game.step(0, true, "", "");
    }

    function test_another_state_than_the_prestate_reverts() external {
        (FaultDisputeGame game, uint256 last) = playToStep(CLAIMED, 4);
        expectRevert(InvalidPrestate.selector);
        game.step(last, true, "another", "");
        expectRevert(InvalidPrestate.selector);
        game.step(last, false, "another", "");
    }

    /// The first instruction starts from the absolute prestate, in every execution of the game.
    function test_the_first_step_starts_from_the_absolute_prestate() external {
        for (uint256 number = START + 1; number <= CLAIMED; number++) {
            uint256 id = vm.snapshotState();
            (FaultDisputeGame game, uint256 last) = playToStep(number, 1);
            assertEq(claimAt(game, last).position.indexAtDepth() % stepsPerBlock, 0);
            step(honest(proposer), game, last);
            vm.revertToState(id);
        }
    }

    function test_a_step_after_the_end_reverts() external {
        (FaultDisputeGame game, uint256 last) = playToStep(CLAIMED, 4);
        resolveAll(game);
        expectRevert(GameNotInProgress.selector);
        game.step(last, true, "", "");
    }

    function test_every_input_reaches_the_oracle() external {
        vm.setBlockhash(block.number - 1, keccak256("l1 head"));
        // The liar is right up to block START + 5: that is the disputed one, the one before it is agreed.
        (FaultDisputeGame game, uint256 last) = playToStep(START + 6, 4);
        (Claim disputed, uint256 number) = dispute(game, last, true);
        bytes32 context = contextOf(game, last);

        assertEq(input(game, last, LocalPreimageKey.L1_HEAD_HASH, context, 32), keccak256("l1 head"));
        assertEq(
            input(game, last, LocalPreimageKey.STARTING_OUTPUT_ROOT, context, 32), Claim.unwrap(Tiny.output(number - 1))
        );
        assertEq(input(game, last, LocalPreimageKey.DISPUTED_OUTPUT_ROOT, context, 32), Claim.unwrap(disputed));
        assertEq(input(game, last, LocalPreimageKey.DISPUTED_L2_BLOCK_NUMBER, context, 8), bytes32(number << 192));
        assertEq(input(game, last, LocalPreimageKey.CHAIN_ID, context, 8), bytes32(CHAIN_ID << 192));
    }

    /// The first block's execution starts from the anchor, which no claim of the game is.
    function test_the_first_execution_starts_from_the_anchor() external {
        (FaultDisputeGame game, uint256 last) = playToStep(START + 1, 4);
        (Claim disputed,) = dispute(game, last, true);
        bytes32 context = keccak256(abi.encode(disputed, outputPosition(game, last)));
        assertEq(
            input(game, last, LocalPreimageKey.STARTING_OUTPUT_ROOT, context, 32), Claim.unwrap(Tiny.output(START))
        );
    }

    /// There are more leaves than blocks: past the claimed block the program is asked for that block again.
    function test_the_disputed_block_is_never_past_the_claimed_one() external {
        FaultDisputeGame game = create(Tiny.output(START + 2), START + 2);
        View memory good = honest(proposer);
        View memory bad = liar(challenger, START + 2, 4);
        uint256 index = move(bad, game, 0, true);
        index = move(good, game, index, true);
        index = move(bad, game, index, true);
        index = move(good, game, index, false);
        index = move(bad, game, index, true);
        assertEq(outputPosition(game, index).indexAtDepth(), 2, "the leaf after the claimed block's");
        game.addLocalData(LocalPreimageKey.DISPUTED_L2_BLOCK_NUMBER, index, 0);
        bytes32 key = oracle.keyOf(LocalPreimageKey.DISPUTED_L2_BLOCK_NUMBER, address(game), contextOf(game, index));
        (bytes32 word,) = oracle.readPreimage(key, 0);
        assertEq(uint256(word) >> 192, START + 2);
    }

    function test_an_input_that_the_program_has_not_reverts() external {
        (FaultDisputeGame game, uint256 last) = playToStep(CLAIMED, 4);
        expectRevert(InvalidLocalIdent.selector);
        game.addLocalData(0, last, 0);
        expectRevert(InvalidLocalIdent.selector);
        game.addLocalData(6, last, 0);
    }

    function test_inputs_belong_to_claims_below_the_split() external {
        (FaultDisputeGame game,) = playToStep(CLAIMED, 4);
        expectRevert(ClaimAboveSplit.selector);
        game.addLocalData(1, 0, 0);
        expectRevert(ClaimAboveSplit.selector);
        game.addLocalData(1, splitDepth, 0);
    }

    function test_inputs_after_the_end_revert() external {
        (FaultDisputeGame game, uint256 last) = playToStep(CLAIMED, 4);
        resolveAll(game);
        expectRevert(GameNotInProgress.selector);
        game.addLocalData(1, last, 0);
    }

    function input(FaultDisputeGame game, uint256 index, uint256 ident, bytes32 context, uint256 size)
        private
        returns (bytes32)
    {
        game.addLocalData(ident, index, 0);
        (bytes32 word, uint256 length) = oracle.readPreimage(oracle.keyOf(ident, address(game), context), 0);
        assertEq(length, size, "size");
        return word;
    }

    function outputPosition(FaultDisputeGame game, uint256 index) private view returns (Position) {
        ClaimView memory c = claimAt(game, index);
        while (c.position.depth() > splitDepth) c = claimAt(game, c.parentIndex);
        return c.position;
    }

    /// The context of an execution, found by looking at all claims instead of walking up the tree: valid in games
    /// where no two claims have the same position.
    function contextOf(FaultDisputeGame game, uint256 index) private view returns (bytes32) {
        ClaimView memory c = claimAt(game, index);
        ClaimView memory child = c;
        while (c.position.depth() > splitDepth) {
            child = c;
            c = claimAt(game, c.parentIndex);
        }
        bool isAttack = child.position.parent() == c.position;
        uint256 last = c.position.traceIndex(splitDepth);
        ClaimView memory starting = isAttack ? claimWithTrace(game, last - 1) : c;
        ClaimView memory disputed = isAttack ? c : claimWithTrace(game, last + 1);
        return keccak256(abi.encode(starting.claim, starting.position, disputed.claim, disputed.position));
    }

    /// The output root whose trace ends at `traceIndex`.
    function claimWithTrace(FaultDisputeGame game, uint256 traceIndex) private view returns (ClaimView memory c) {
        for (uint256 i = 0; i < game.claimDataLen(); i++) {
            c = claimAt(game, i);
            if (c.position.depth() <= splitDepth && c.position.traceIndex(splitDepth) == traceIndex) return c;
        }
        revert("no such claim");
    }
}
