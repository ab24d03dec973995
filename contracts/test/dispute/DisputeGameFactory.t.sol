// SPDX-License-Identifier: MIT
pragma solidity ^0.8.22;

import {DisputeGameFactory} from "src/dispute/DisputeGameFactory.sol";
import {FaultDisputeGame} from "src/dispute/FaultDisputeGame.sol";
import {IDisputeGame} from "src/dispute/interfaces/IDisputeGame.sol";
import {GameAlreadyExists, IncorrectBondAmount, NoImplementation} from "src/dispute/lib/Errors.sol";
import {Claim, GameId, GameType, Hash, Timestamp} from "src/dispute/lib/Types.sol";
import {DisputeSetup} from "test/dispute/support/DisputeSetup.sol";
import {Tiny} from "test/dispute/support/TinyVM.sol";

contract DisputeGameFactoryTest is DisputeSetup {
    GameType private constant OTHER = GameType.wrap(9);

    function test_create_clones_the_implementation_with_its_arguments() external {
        vm.setBlockhash(block.number - 1, keccak256("parent"));
        FaultDisputeGame game = create(Tiny.output(CLAIMED), CLAIMED);

        assertEq(game.gameCreator(), proposer);
        assertEq(Claim.unwrap(game.rootClaim()), Claim.unwrap(Tiny.output(CLAIMED)));
        assertEq(Hash.unwrap(game.l1Head()), keccak256("parent"));
        assertEq(GameType.unwrap(game.gameType()), GameType.unwrap(TYPE));
        assertEq(game.extraData(), abi.encode(CLAIMED));
        assertEq(Claim.unwrap(game.absolutePrestate()), Claim.unwrap(prestate()));
        assertEq(address(game.vm()), address(tinyVm));
        assertEq(address(game.anchorStateRegistry()), address(registry));
        assertEq(address(game.weth()), address(weth));
        assertEq(game.l2ChainId(), CHAIN_ID);
        assertEq(game.l2BlockNumber(), CLAIMED);
        assertEq(game.l2SequenceNumber(), CLAIMED);
    }

    function test_create_registers_the_game_and_announces_it() external {
        vm.recordLogs();
        FaultDisputeGame game = create(Tiny.output(CLAIMED), CLAIMED);

        assertEq(factory.gameCount(), 1);
        (GameType gameType, Timestamp createdAt, IDisputeGame at) = factory.gameAtIndex(0);
        assertEq(GameType.unwrap(gameType), GameType.unwrap(TYPE));
        assertEq(Timestamp.unwrap(createdAt), block.timestamp);
        assertEq(address(at), address(game));
        (at, createdAt) = factory.games(TYPE, Tiny.output(CLAIMED), abi.encode(CLAIMED));
        assertEq(address(at), address(game));
        assertEq(Timestamp.unwrap(createdAt), block.timestamp);

        vm.expectEmit(address(factory));
        emit DisputeGameFactory.DisputeGameCreated(predictNext(), TYPE, Tiny.output(CLAIMED - 1));
        create(Tiny.output(CLAIMED - 1), CLAIMED - 1);
    }

    function test_create_of_an_unknown_type_reverts() external {
        vm.expectRevert(abi.encodeWithSelector(NoImplementation.selector, OTHER));
        factory.create(OTHER, Tiny.output(CLAIMED), abi.encode(CLAIMED));
    }

    function test_create_takes_exactly_the_bond(uint256 value) external {
        value = bound(value, 0, 2 * INIT_BOND);
        vm.assume(value != INIT_BOND);
        vm.prank(proposer);
        expectRevert(IncorrectBondAmount.selector);
        factory.create{value: value}(TYPE, Tiny.output(CLAIMED), abi.encode(CLAIMED));
    }

    function test_create_forwards_the_bond() external {
        FaultDisputeGame game = create(Tiny.output(CLAIMED), CLAIMED);
        assertEq(weth.balanceOf(address(game)), INIT_BOND);
        assertEq(address(factory).balance, 0);
    }

    function test_create_twice_reverts() external {
        create(Tiny.output(CLAIMED), CLAIMED);
        Hash uuid = factory.getGameUUID(TYPE, Tiny.output(CLAIMED), abi.encode(CLAIMED));
        vm.prank(stranger);
        vm.expectRevert(abi.encodeWithSelector(GameAlreadyExists.selector, uuid));
        factory.create{value: INIT_BOND}(TYPE, Tiny.output(CLAIMED), abi.encode(CLAIMED));
    }

    function test_uuid_is_the_hash_of_the_encoded_parameters() external view {
        bytes32 expected = keccak256(abi.encode(uint32(8), bytes32("root"), bytes("extra")));
        assertEq(Hash.unwrap(factory.getGameUUID(TYPE, Claim.wrap("root"), "extra")), expected);
    }

    function test_findLatestGames_returns_the_newest_of_a_type_first() external {
        vm.startPrank(owner);
        factory.setImplementation(OTHER, IDisputeGame(address(implementation)), typeArgs());
        factory.setInitBond(OTHER, INIT_BOND);
        vm.stopPrank();
        address first = address(create(Tiny.output(CLAIMED), CLAIMED));
        vm.prank(proposer);
        factory.create{value: INIT_BOND}(OTHER, Tiny.output(CLAIMED), abi.encode(CLAIMED));
        address third = address(create(Tiny.output(CLAIMED + 1), CLAIMED + 1));

        DisputeGameFactory.GameSearchResult[] memory found = factory.findLatestGames(TYPE, 2, 10);
        assertEq(found.length, 2);
        assertEq(found[0].index, 2);
        assertEq(found[1].index, 0);
        assertEq(gameOf(found[0].metadata), third);
        assertEq(gameOf(found[1].metadata), first);
        assertEq(Timestamp.unwrap(found[1].timestamp), block.timestamp);
        assertEq(Claim.unwrap(found[1].rootClaim), Claim.unwrap(Tiny.output(CLAIMED)));
        assertEq(found[1].extraData, abi.encode(CLAIMED));

        assertEq(factory.findLatestGames(TYPE, 2, 1).length, 1, "at most n");
        assertEq(factory.findLatestGames(TYPE, 1, 10)[0].index, 0, "from start backwards");
        assertEq(factory.findLatestGames(TYPE, 2, type(uint256).max).length, 2, "any n");
        assertEq(factory.findLatestGames(TYPE, 2, 0).length, 0, "none asked");
        assertEq(factory.findLatestGames(TYPE, 3, 10).length, 0, "start past the end");
        assertEq(factory.findLatestGames(GameType.wrap(7), 2, 10).length, 0, "none of the type");
    }

    function test_a_type_without_arguments_gets_the_older_layout() external {
        EchoGame echo = new EchoGame();
        vm.prank(owner);
        factory.setImplementation(OTHER, IDisputeGame(address(echo)));
        vm.prank(proposer);
        IDisputeGame game = factory.create(OTHER, Claim.wrap("root"), hex"1234");
        bytes memory args = abi.encodePacked(proposer, bytes32("root"), blockhash(block.number - 1), hex"1234");
        // The length that follows the arguments counts itself.
        assertEq(EchoGame(address(game)).received(), abi.encodePacked(args, uint16(args.length + 2)));
    }

    function test_setImplementation_stores_and_announces() external {
        vm.startPrank(owner);
        vm.expectEmit(address(factory));
        emit DisputeGameFactory.ImplementationSet(address(implementation), OTHER);
        vm.expectEmit(address(factory));
        emit DisputeGameFactory.ImplementationArgsSet(OTHER, hex"abcd");
        factory.setImplementation(OTHER, IDisputeGame(address(implementation)), hex"abcd");
        assertEq(address(factory.gameImpls(OTHER)), address(implementation));
        assertEq(factory.gameArgs(OTHER), hex"abcd");

        factory.setImplementation(OTHER, IDisputeGame(address(1)));
        assertEq(address(factory.gameImpls(OTHER)), address(1));
        assertEq(factory.gameArgs(OTHER), hex"abcd", "the arguments stay");
    }

    function test_setInitBond_stores_and_announces() external {
        vm.prank(owner);
        vm.expectEmit(address(factory));
        emit DisputeGameFactory.InitBondUpdated(TYPE, 5);
        factory.setInitBond(TYPE, 5);
        assertEq(factory.initBonds(TYPE), 5);
    }

    function test_settings_are_the_owners() external {
        bytes memory refusal = "Ownable: caller is not the owner";
        vm.startPrank(stranger);
        vm.expectRevert(refusal);
        factory.setImplementation(TYPE, IDisputeGame(address(1)));
        vm.expectRevert(refusal);
        factory.setImplementation(TYPE, IDisputeGame(address(1)), "");
        vm.expectRevert(refusal);
        factory.setInitBond(TYPE, 1);
        vm.expectRevert(refusal);
        factory.transferOwnership(stranger);
        vm.expectRevert(refusal);
        factory.renounceOwnership();
    }

    function test_ownership_can_be_handed_over_and_given_up() external {
        vm.prank(owner);
        vm.expectRevert("Ownable: new owner is zero");
        factory.transferOwnership(address(0));
        vm.prank(owner);
        factory.transferOwnership(stranger);
        assertEq(factory.owner(), stranger);
        vm.prank(stranger);
        factory.renounceOwnership();
        assertEq(factory.owner(), address(0));
    }

    function test_initialize_works_once_and_not_on_the_implementation() external {
        vm.expectRevert("Initializable: already initialized");
        factory.initialize(stranger);
        DisputeGameFactory logic = new DisputeGameFactory();
        vm.expectRevert("Initializable: already initialized");
        logic.initialize(stranger);
    }

    function gameOf(GameId id) private pure returns (address game) {
        (,, game) = id.unpack();
    }

    /// The address of the next contract that the factory creates.
    function predictNext() private view returns (address) {
        // RLP of (address, nonce), for nonces below 128
        bytes memory encoding = abi.encodePacked(hex"d694", address(factory), uint8(vm.getNonce(address(factory))));
        return address(uint160(uint256(keccak256(encoding))));
    }
}

/// Keeps what a clone appends to a call.
contract EchoGame {
    bytes public received;

    function initialize() external payable {
        received = msg.data[4:];
    }
}
