// SPDX-License-Identifier: MIT
pragma solidity ^0.8.22;

import {AnchorStateRegistry} from "src/dispute/AnchorStateRegistry.sol";
import {FaultDisputeGame} from "src/dispute/FaultDisputeGame.sol";
import {NoDecrees} from "src/dispute/NoDecrees.sol";
import {IDisputeGame} from "src/dispute/interfaces/IDisputeGame.sol";
import {Claim, GameType, Hash, Proposal} from "src/dispute/lib/Types.sol";
import {Play} from "test/dispute/support/Play.sol";
import {Tiny} from "test/dispute/support/TinyVM.sol";

contract AnchorStateRegistryTest is Play {
    GameType private constant OTHER = GameType.wrap(9);

    function game_(FaultDisputeGame game) private pure returns (IDisputeGame) {
        return IDisputeGame(address(game));
    }

    function resolved(uint256 number) private returns (FaultDisputeGame game) {
        game = create(Tiny.output(number), number);
        resolveAll(game);
    }

    function finalized(uint256 number) private returns (FaultDisputeGame game) {
        game = resolved(number);
        skip(FINALITY_DELAY + 1);
    }

    function test_the_first_anchor_is_the_starting_one() external view {
        (Hash root, uint256 number) = registry.getAnchorRoot();
        assertEq(Hash.unwrap(root), Claim.unwrap(Tiny.output(START)));
        assertEq(number, START);
        (root, number) = registry.anchors(OTHER);
        assertEq(number, START, "of any type");
        assertEq(registry.getStartingAnchorRoot().l2SequenceNumber, START);
        assertEq(address(registry.anchorGame()), address(0));
    }

    function test_a_final_valid_game_becomes_the_anchor() external {
        FaultDisputeGame game = finalized(CLAIMED);
        vm.expectEmit(address(registry));
        emit AnchorStateRegistry.AnchorUpdated(game_(game));
        registry.setAnchorState(game_(game));
        (Hash root, uint256 number) = registry.getAnchorRoot();
        assertEq(Hash.unwrap(root), Claim.unwrap(Tiny.output(CLAIMED)));
        assertEq(number, CLAIMED);
    }

    function test_the_anchor_moves_only_forward() external {
        FaultDisputeGame older = create(Tiny.output(CLAIMED - 1), CLAIMED - 1);
        FaultDisputeGame newer = create(Tiny.output(CLAIMED), CLAIMED);
        resolveAll(older);
        resolveAll(newer);
        skip(FINALITY_DELAY + 1);
        registry.setAnchorState(game_(newer));
        expectRevert(AnchorStateRegistry.AnchorStateRegistry_InvalidAnchorGame.selector);
        registry.setAnchorState(game_(older));
        expectRevert(AnchorStateRegistry.AnchorStateRegistry_InvalidAnchorGame.selector);
        registry.setAnchorState(game_(newer));
    }

    function test_a_game_is_final_only_after_the_delay() external {
        FaultDisputeGame game = create(Tiny.output(CLAIMED), CLAIMED);
        assertFalse(registry.isGameResolved(game_(game)));
        resolveAll(game);
        assertTrue(registry.isGameResolved(game_(game)));
        skip(FINALITY_DELAY);
        assertFalse(registry.isGameFinalized(game_(game)));
        expectRevert(AnchorStateRegistry.AnchorStateRegistry_InvalidAnchorGame.selector);
        registry.setAnchorState(game_(game));
        skip(1);
        assertTrue(registry.isGameFinalized(game_(game)));
        assertTrue(registry.isGameClaimValid(game_(game)));
    }

    function test_a_lost_game_has_no_valid_claim() external {
        View memory bad = liar(proposer, CLAIMED, 1);
        FaultDisputeGame game = create(outputOf(bad, CLAIMED), CLAIMED);
        answer(honest(challenger), game, 0);
        resolveAll(game);
        skip(FINALITY_DELAY + 1);
        assertTrue(registry.isGameFinalized(game_(game)));
        assertFalse(registry.isGameClaimValid(game_(game)));
        expectRevert(AnchorStateRegistry.AnchorStateRegistry_InvalidAnchorGame.selector);
        registry.setAnchorState(game_(game));
    }

    function test_a_game_of_another_type_does_not_count() external {
        vm.prank(guardian);
        vm.expectEmit(address(registry));
        emit AnchorStateRegistry.RespectedGameTypeSet(OTHER);
        registry.setRespectedGameType(OTHER);
        FaultDisputeGame game = finalized(CLAIMED);
        assertFalse(registry.isGameRespected(game_(game)));
        assertFalse(registry.isGameClaimValid(game_(game)));
    }

    /// S2-AGG-7: what a game counts for is fixed when it is created.
    function test_a_change_of_the_respected_type_leaves_existing_games() external {
        FaultDisputeGame game = create(Tiny.output(CLAIMED), CLAIMED);
        vm.prank(guardian);
        registry.setRespectedGameType(OTHER);
        resolveAll(game);
        skip(FINALITY_DELAY + 1);
        assertTrue(registry.isGameClaimValid(game_(game)));
    }

    function test_only_the_guardian_sets_the_respected_type() external {
        vm.prank(stranger);
        expectRevert(AnchorStateRegistry.AnchorStateRegistry_Unauthorized.selector);
        registry.setRespectedGameType(OTHER);
    }

    function test_a_game_that_the_factory_does_not_know_is_not_registered() external {
        FaultDisputeGame game = finalized(CLAIMED);
        Impostor impostor = new Impostor(game);
        assertFalse(registry.isGameRegistered(IDisputeGame(address(impostor))));
        expectRevert(AnchorStateRegistry.AnchorStateRegistry_InvalidAnchorGame.selector);
        registry.setAnchorState(IDisputeGame(address(impostor)));
    }

    function test_a_game_of_another_registry_is_not_registered() external {
        FaultDisputeGame game = create(Tiny.output(CLAIMED), CLAIMED);
        AnchorStateRegistry other = AnchorStateRegistry(
            proxy(
                address(new AnchorStateRegistry(FINALITY_DELAY, new NoDecrees())),
                abi.encodeCall(
                    AnchorStateRegistry.initialize,
                    (systemConfig, factory, Proposal(Hash.wrap(bytes32("root")), START), TYPE)
                )
            )
        );
        assertTrue(registry.isGameRegistered(game_(game)));
        assertFalse(other.isGameRegistered(game_(game)));
    }

    function test_decrees_decide_what_is_proper() external {
        FaultDisputeGame game = finalized(CLAIMED);
        FaultDisputeGame other = finalized(CLAIMED + 1);
        assertTrue(registry.isGameProper(game_(game)));

        decrees.blacklist(game_(game));
        assertTrue(registry.isGameBlacklisted(game_(game)));
        assertTrue(registry.disputeGameBlacklist(game_(game)));
        assertFalse(registry.isGameProper(game_(game)));
        assertTrue(registry.isGameProper(game_(other)));

        decrees.setPaused(true);
        assertTrue(registry.paused());
        assertFalse(registry.isGameProper(game_(other)));
        decrees.setPaused(false);

        uint64 created = uint64(block.timestamp - FINALITY_DELAY - 1 - MAX_CLOCK);
        decrees.retire(created - 1);
        assertFalse(registry.isGameRetired(game_(other)));
        decrees.retire(created);
        assertEq(registry.retirementTimestamp(), created);
        assertTrue(registry.isGameRetired(game_(other)), "created at the time itself");
        assertFalse(registry.isGameClaimValid(game_(other)));
    }

    function test_no_decrees_says_no() external {
        NoDecrees none = new NoDecrees();
        assertFalse(none.paused());
        assertFalse(none.isBlacklisted(IDisputeGame(address(1))));
        assertEq(none.retirementTimestamp(), 0);
    }

    function test_describes_itself() external view {
        assertEq(address(registry.systemConfig()), address(systemConfig));
        assertEq(registry.superchainConfig(), systemConfig.superchainConfig());
        assertEq(address(registry.disputeGameFactory()), address(factory));
        assertEq(address(registry.decrees()), address(decrees));
        assertEq(registry.disputeGameFinalityDelaySeconds(), FINALITY_DELAY);
        assertEq(GameType.unwrap(registry.respectedGameType()), GameType.unwrap(TYPE));
    }

    function test_initialize_works_once() external {
        vm.expectRevert("Initializable: already initialized");
        registry.initialize(systemConfig, factory, Proposal(Hash.wrap(0), 0), TYPE);
    }
}

/// Says of itself what a real game says.
contract Impostor {
    FaultDisputeGame private immutable REAL;

    constructor(FaultDisputeGame real) {
        REAL = real;
    }

    fallback(bytes calldata data) external returns (bytes memory answer) {
        bool ok;
        (ok, answer) = address(REAL).staticcall(data);
        require(ok);
    }
}
