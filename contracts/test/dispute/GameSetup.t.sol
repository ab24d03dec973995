// SPDX-License-Identifier: MIT
pragma solidity ^0.8.22;

import {FaultDisputeGame} from "src/dispute/FaultDisputeGame.sol";
import {IDisputeGame} from "src/dispute/interfaces/IDisputeGame.sol";
import "src/dispute/lib/Errors.sol";
import {Position} from "src/dispute/lib/Position.sol";
import {Claim, Clock, Duration, GameStatus, GameType, Hash, Timestamp} from "src/dispute/lib/Types.sol";
import {DisputeSetup} from "test/dispute/support/DisputeSetup.sol";
import {Tiny, TinyVM} from "test/dispute/support/TinyVM.sol";
import {TinyOracle} from "test/dispute/support/TinyOracle.sol";

/// What a game is when it is new, and what it refuses to be.
contract GameSetupTest is DisputeSetup {
    function deploy(FaultDisputeGame.Parameters memory p) external returns (FaultDisputeGame) {
        return new FaultDisputeGame(p);
    }

    function deployWithDepths(uint256 split, uint256 max) private returns (FaultDisputeGame) {
        FaultDisputeGame.Parameters memory p = parameters();
        (p.splitDepth, p.maxGameDepth) = (split, max);
        return this.deploy(p);
    }

    function test_a_new_game_has_one_claim() external {
        FaultDisputeGame game = create(Tiny.output(CLAIMED), CLAIMED);
        assertEq(game.claimDataLen(), 1);
        (
            uint32 parentIndex,
            address counteredBy,
            address claimant,
            uint128 bond,
            Claim claim,
            Position position,
            Clock clock
        ) = game.claimData(0);
        assertEq(parentIndex, type(uint32).max);
        assertEq(counteredBy, address(0));
        assertEq(claimant, proposer);
        assertEq(bond, INIT_BOND);
        assertEq(Claim.unwrap(claim), Claim.unwrap(Tiny.output(CLAIMED)));
        assertEq(Position.unwrap(position), 1);
        assertEq(Clock.unwrap(clock), block.timestamp);
    }

    function test_a_new_game_knows_what_it_is() external {
        FaultDisputeGame game = create(Tiny.output(CLAIMED), CLAIMED);
        assertEq(uint8(game.status()), uint8(GameStatus.IN_PROGRESS));
        assertEq(Timestamp.unwrap(game.createdAt()), block.timestamp);
        assertEq(Timestamp.unwrap(game.resolvedAt()), 0);
        assertTrue(game.wasRespectedGameTypeWhenCreated());
        assertEq(game.startingBlockNumber(), START);
        assertEq(Hash.unwrap(game.startingRootHash()), Claim.unwrap(Tiny.output(START)));
        assertEq(game.maxGameDepth(), maxDepth);
        assertEq(game.splitDepth(), splitDepth);
        assertEq(Duration.unwrap(game.maxClockDuration()), MAX_CLOCK);
        assertEq(Duration.unwrap(game.clockExtension()), EXTENSION);
        assertEq(game.version(), "2.4.0");
        (GameType gameType, Claim root, bytes memory extraData) = game.gameData();
        assertEq(GameType.unwrap(gameType), GameType.unwrap(TYPE));
        assertEq(Claim.unwrap(root), Claim.unwrap(Tiny.output(CLAIMED)));
        assertEq(extraData, abi.encode(CLAIMED));
        assertEq(Claim.unwrap(game.rootClaimByChainId(CHAIN_ID)), Claim.unwrap(root));
    }

    function test_a_root_is_known_for_its_own_chain_only() external {
        FaultDisputeGame game = create(Tiny.output(CLAIMED), CLAIMED);
        expectRevert(UnknownChainId.selector);
        game.rootClaimByChainId(CHAIN_ID + 1);
    }

    function test_initialize_works_once() external {
        FaultDisputeGame game = create(Tiny.output(CLAIMED), CLAIMED);
        expectRevert(AlreadyInitialized.selector);
        game.initialize();
    }

    function test_the_implementation_is_no_game() external {
        expectRevert(BadExtraData.selector);
        implementation.initialize();
    }

    function test_extra_data_of_another_length_reverts(uint256 length) external {
        length = bound(length, 0, 100);
        vm.assume(length != 32);
        vm.prank(proposer);
        expectRevert(BadExtraData.selector);
        factory.create{value: INIT_BOND}(TYPE, Tiny.output(CLAIMED), new bytes(length));
    }

    function test_a_claim_at_the_anchor_or_before_it_reverts(uint256 number) external {
        number = bound(number, 0, START);
        vm.prank(proposer);
        vm.expectRevert(abi.encodeWithSelector(UnexpectedRootClaim.selector, Tiny.output(number)));
        factory.create{value: INIT_BOND}(TYPE, Tiny.output(number), abi.encode(number));
    }

    function test_a_registry_without_anchor_reverts() external {
        vm.mockCall(address(registry), abi.encodeCall(registry.getAnchorRoot, ()), abi.encode(bytes32(0), uint256(0)));
        vm.prank(proposer);
        expectRevert(AnchorRootNotFound.selector);
        factory.create{value: INIT_BOND}(TYPE, Tiny.output(CLAIMED), abi.encode(CLAIMED));
    }

    /// Creates a game whose oracle has this challenge period, and expects the error unless it is zero.
    function createWithPeriod(uint256 period, bytes4 expected) private {
        address other = address(new TinyVM(new TinyOracle(period)));
        bytes memory args = abi.encodePacked(prestate(), other, address(registry), address(weth), CHAIN_ID);
        vm.prank(owner);
        factory.setImplementation(TYPE, IDisputeGame(address(implementation)), args);
        vm.prank(proposer);
        if (expected != 0) expectRevert(expected);
        factory.create{value: INIT_BOND}(TYPE, Tiny.output(CLAIMED), abi.encode(CLAIMED));
    }

    function test_the_challenge_period_has_to_fit_the_clock() external {
        createWithPeriod(MAX_CLOCK - EXTENSION + 1, InvalidClockExtension.selector);
        createWithPeriod(MAX_CLOCK - EXTENSION, 0);
        assertEq(factory.gameCount(), 1);
    }

    function test_an_absurd_challenge_period_reverts() external {
        createWithPeriod(uint256(type(uint64).max) + 1, InvalidChallengePeriod.selector);
    }

    function test_depths_have_to_leave_room() external {
        deployWithDepths(2, 4);
        expectRevert(InvalidSplitDepth.selector);
        deployWithDepths(1, 9);
        expectRevert(InvalidSplitDepth.selector);
        deployWithDepths(4, 5);
        expectRevert(InvalidSplitDepth.selector);
        deployWithDepths(9, 9);
        deployWithDepths(30, 125);
        expectRevert(MaxDepthTooLarge.selector);
        deployWithDepths(30, 126);
    }

    function test_the_extension_has_to_fit_the_clock() external {
        FaultDisputeGame.Parameters memory p = parameters();
        p.clockExtension = p.maxClockDuration;
        this.deploy(p);
        p.clockExtension = Duration.wrap(MAX_CLOCK + 1);
        expectRevert(InvalidClockExtension.selector);
        this.deploy(p);
    }

    function test_the_doubled_extension_has_to_fit_the_clock() external {
        FaultDisputeGame.Parameters memory p = parameters();
        p.clockExtension = Duration.wrap(MAX_CLOCK / 2 + 1);
        FaultDisputeGame other = new FaultDisputeGame(p);
        vm.prank(owner);
        factory.setImplementation(TYPE, IDisputeGame(address(other)));
        vm.prank(proposer);
        expectRevert(InvalidClockExtension.selector);
        factory.create{value: INIT_BOND}(TYPE, Tiny.output(CLAIMED), abi.encode(CLAIMED));
    }

    function test_bonds_have_to_be_positive_and_to_rise() external {
        FaultDisputeGame.Parameters memory p = parameters();
        p.bonds.highGas = p.bonds.lowGas;
        this.deploy(p);
        p.bonds.highGas = p.bonds.lowGas - 1;
        expectRevert(InvalidBondCurve.selector);
        this.deploy(p);
        p = parameters();
        p.bonds.gasPrice = 0;
        expectRevert(InvalidBondCurve.selector);
        this.deploy(p);
        p = parameters();
        p.bonds.lowGas = 0;
        expectRevert(InvalidBondCurve.selector);
        this.deploy(p);
    }
}
