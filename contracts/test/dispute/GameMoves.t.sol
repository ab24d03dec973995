// SPDX-License-Identifier: MIT
pragma solidity ^0.8.22;

import {FaultDisputeGame} from "src/dispute/FaultDisputeGame.sol";
import "src/dispute/lib/Errors.sol";
import {Position} from "src/dispute/lib/Position.sol";
import {Claim, Clock, GameStatus, Hash} from "src/dispute/lib/Types.sol";
import {Play} from "test/dispute/support/Play.sol";
import {Tiny} from "test/dispute/support/TinyVM.sol";

/// Attack and defense: what a move adds, and which moves are refused.
contract GameMovesTest is Play {
    FaultDisputeGame private game;
    View private good;
    View private bad;

    function setUp() public override {
        super.setUp();
        good = honest(challenger);
        bad = liar(proposer, CLAIMED - 3, 5);
        game = create(outputOf(bad, CLAIMED), CLAIMED);
    }

    function rawMove(uint256 index, Claim claim, bool isAttack, bytes4 expected) private {
        Claim disputed = claimAt(game, index).claim;
        uint256 bond = game.getRequiredBond(claimAt(game, index).position.move(isAttack));
        vm.prank(stranger);
        expectRevert(expected);
        game.move{value: bond}(disputed, index, claim, isAttack);
    }

    /// Plays until the claim at `depth` is made.
    function playTo(uint256 depth) private returns (uint256 index) {
        while (claimAt(game, index).position.depth() < depth) {
            index = answer(claimAt(game, index).position.depth() % 2 == 0 ? good : bad, game, index);
        }
    }

    function test_attack_adds_a_claim_below_left() external {
        Claim root = game.rootClaim();
        uint256 bond = game.getRequiredBond(Position.wrap(2));
        vm.prank(challenger);
        vm.expectEmit(address(game));
        emit FaultDisputeGame.Move(0, Claim.wrap("a"), challenger);
        game.attack{value: bond}(root, 0, Claim.wrap("a"));

        ClaimView memory c = claimAt(game, 1);
        assertEq(c.parentIndex, 0);
        assertEq(c.claimant, challenger);
        assertEq(c.counteredBy, address(0));
        assertEq(c.bond, bond);
        assertEq(Claim.unwrap(c.claim), "a");
        assertEq(Position.unwrap(c.position), 2);
        assertEq(game.subgames(0, 0), 1);
        assertTrue(game.claims(Hash.wrap(keccak256(abi.encodePacked(bytes32("a"), uint128(2), uint128(0))))));
    }

    function test_defend_adds_a_claim_below_right() external {
        uint256 index = move(good, game, 0, true);
        Claim claim = claimAt(game, index).claim;
        uint256 bond = game.getRequiredBond(Position.wrap(6));
        vm.prank(proposer);
        game.defend{value: bond}(claim, index, Claim.wrap("d"));
        assertEq(Position.unwrap(claimAt(game, 2).position), 6);
    }

    function test_a_move_puts_its_bond_into_the_vault() external {
        uint256 before = weth.balanceOf(address(game));
        move(good, game, 0, true);
        uint256 bond = game.getRequiredBond(Position.wrap(2));
        assertEq(weth.balanceOf(address(game)), before + bond);
        assertEq(game.refundModeCredit(challenger), bond);
        assertEq(address(game).balance, 0);
    }

    function test_a_bond_of_another_value_reverts() external {
        uint256 bond = game.getRequiredBond(Position.wrap(2));
        Claim root = game.rootClaim();
        vm.startPrank(challenger);
        expectRevert(IncorrectBondAmount.selector);
        game.attack{value: bond - 1}(root, 0, Claim.wrap("a"));
        expectRevert(IncorrectBondAmount.selector);
        game.attack{value: bond + 1}(root, 0, Claim.wrap("a"));
    }

    function test_a_claim_that_the_mover_did_not_mean_reverts() external {
        vm.prank(challenger);
        expectRevert(InvalidDisputedClaimIndex.selector);
        game.attack(Claim.wrap("another"), 0, Claim.wrap("a"));
    }

    function test_a_claim_that_does_not_exist_reverts() external {
        vm.prank(challenger);
        vm.expectRevert(abi.encodeWithSignature("Panic(uint256)", 0x32));
        game.attack(Claim.wrap(0), 1, Claim.wrap("a"));
    }

    function test_the_same_move_twice_reverts() external {
        move(good, game, 0, true);
        rawMove(0, claimAt(game, 1).claim, true, ClaimAlreadyExists.selector);
    }

    function test_another_value_at_the_same_place_is_a_move() external {
        move(good, game, 0, true);
        Claim root = game.rootClaim();
        uint256 bond = game.getRequiredBond(Position.wrap(2));
        vm.prank(stranger);
        game.attack{value: bond}(root, 0, Claim.wrap("other"));
        assertEq(game.claimDataLen(), 3);
        assertEq(game.getNumToResolve(0), 2);
    }

    function test_the_root_cannot_be_defended() external {
        rawMove(0, Claim.wrap("d"), false, CannotDefendRootClaim.selector);
    }

    function test_the_root_of_an_execution_cannot_be_defended() external {
        uint256 index = playTo(splitDepth + 1);
        rawMove(index, Claim.wrap("d"), false, CannotDefendRootClaim.selector);
    }

    function test_no_move_goes_below_the_deepest_level() external {
        uint256 index = playTo(maxDepth);
        Claim disputed = claimAt(game, index).claim;
        expectRevert(GameDepthExceeded.selector);
        game.attack(disputed, index, Claim.wrap("a"));
        expectRevert(GameDepthExceeded.selector);
        game.defend(disputed, index, Claim.wrap("a"));
    }

    /// An attack at the split says that the attacked output root is wrong: the execution ends as invalid.
    function test_an_attack_at_the_split_has_to_claim_an_invalid_end() external {
        uint256 index = playTo(splitDepth);
        expectExecutionRoot(index, true, 0, false);
        expectExecutionRoot(index, true, 3, false);
        expectExecutionRoot(index, true, 1, true);
        expectExecutionRoot(index, true, 2, true);
    }

    /// The root was claimed by the other side, so a defense that disputes it claims an invalid end too.
    function test_a_defense_at_the_split_against_the_others_claim_has_to_claim_an_invalid_end() external {
        // Everyone agrees on all blocks before the last: the disputed output is the root itself.
        bad = liar(proposer, CLAIMED + 1, 5);
        game = create(outputOf(bad, CLAIMED + 1), CLAIMED + 1);
        uint256 index = playToRightmost();
        expectExecutionRoot(index, false, 0, false);
        expectExecutionRoot(index, false, 3, false);
        expectExecutionRoot(index, false, 1, true);
        expectExecutionRoot(index, false, 2, true);
    }

    /// The disputed output was claimed by the mover's own side: it claims a valid end.
    function test_a_defense_at_the_split_of_ones_own_claim_has_to_claim_a_valid_end() external {
        uint256 index;
        // The honest player attacks the root at block 8, all agree on what comes before it.
        index = move(good, game, index, true);
        index = move(good, game, index, true);
        index = move(good, game, index, false);
        index = move(good, game, index, false);
        assertEq(claimAt(game, index).position.depth(), splitDepth);
        expectExecutionRoot(index, false, 1, false);
        expectExecutionRoot(index, false, 2, false);
        expectExecutionRoot(index, false, 3, false);
        expectExecutionRoot(index, false, 0, true);
    }

    function test_a_move_after_the_end_reverts() external {
        resolveAll(game);
        assertEq(uint8(game.status()), uint8(GameStatus.DEFENDER_WINS));
        rawMove(0, Claim.wrap("a"), true, GameNotInProgress.selector);
    }

    function test_bonds_rise_along_the_depth() external view {
        Position position = Position.wrap(1);
        uint256 last;
        for (uint256 depth = 0; depth <= maxDepth; depth++) {
            uint256 bond = game.getRequiredBond(position);
            assertGt(bond, last);
            last = bond;
            position = position.move(true);
        }
    }

    /// From the root to the split, always to the right: what is disputed there is the block after the last one agreed.
    function playToRightmost() private returns (uint256 index) {
        index = move(good, game, 0, true);
        for (uint256 depth = 1; depth < splitDepth; depth++) {
            index = move(depth % 2 == 0 ? good : bad, game, index, false);
        }
    }

    function expectExecutionRoot(uint256 index, bool isAttack, uint256 status, bool accepted) private {
        Claim claim = Tiny.withStatus(keccak256("state"), status);
        ClaimView memory parent = claimAt(game, index);
        uint256 bond = game.getRequiredBond(parent.position.move(isAttack));
        vm.prank(stranger);
        if (!accepted) vm.expectRevert(abi.encodeWithSelector(UnexpectedRootClaim.selector, claim));
        game.move{value: bond}(parent.claim, index, claim, isAttack);
    }
}
