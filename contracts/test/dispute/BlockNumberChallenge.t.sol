// SPDX-License-Identifier: MIT
pragma solidity ^0.8.22;

import {FaultDisputeGame} from "src/dispute/FaultDisputeGame.sol";
import "src/dispute/lib/Errors.sol";
import {OutputRoot} from "src/dispute/lib/OutputRoot.sol";
import {Claim, GameStatus, Hash, OutputRootProof} from "src/dispute/lib/Types.sol";
import {
    ContentLengthMismatch,
    EmptyItem,
    InvalidDataRemainder,
    InvalidHeader,
    UnexpectedList,
    UnexpectedString
} from "src/lib/RlpReader.sol";
import {Play} from "test/dispute/support/Play.sol";

/// A root that belongs to another block than the claimed one falls without bisection.
contract BlockNumberChallengeTest is Play {
    /// The items before a header's number: eight short strings.
    bytes private constant EIGHT = hex"0101010101010101";

    /// The list of a header whose ninth item is `number`, encoded.
    function header(bytes memory number) private pure returns (bytes memory) {
        bytes memory fields = abi.encodePacked(EIGHT, number, hex"01");
        return abi.encodePacked(uint8(0xc0 + fields.length), fields);
    }

    function proofOf(bytes memory headerRlp) private pure returns (OutputRootProof memory) {
        return OutputRootProof({
            version: 0, stateRoot: "state", messagePasserStorageRoot: "messages", latestBlockhash: keccak256(headerRlp)
        });
    }

    function createAbout(bytes memory headerRlp, uint256 number) private returns (FaultDisputeGame) {
        return create(Claim.wrap(Hash.unwrap(OutputRoot.hash(proofOf(headerRlp)))), number);
    }

    function challenge(FaultDisputeGame game, bytes memory headerRlp, bytes4 expected) private {
        OutputRootProof memory proof = proofOf(headerRlp);
        vm.prank(challenger);
        if (expected != 0) expectRevert(expected);
        game.challengeRootL2Block(proof, headerRlp);
    }

    function test_an_output_root_is_the_hash_of_what_it_commits_to() external pure {
        OutputRootProof memory proof = OutputRootProof("v", "s", "m", "h");
        assertEq(
            Hash.unwrap(OutputRoot.hash(proof)),
            keccak256(abi.encodePacked(bytes32("v"), bytes32("s"), bytes32("m"), bytes32("h")))
        );
    }

    function test_a_root_of_another_block_falls() external {
        FaultDisputeGame game = createAbout(header(hex"6f"), CLAIMED); // 0x6f is 111
        challenge(game, header(hex"6f"), 0);
        assertTrue(game.l2BlockNumberChallenged());
        assertEq(game.l2BlockNumberChallenger(), challenger);

        resolveAll(game);
        assertEq(uint8(game.status()), uint8(GameStatus.CHALLENGER_WINS));
        assertEq(claimAt(game, 0).counteredBy, challenger);
        assertEq(game.normalModeCredit(challenger), INIT_BOND);
    }

    function test_the_challenge_comes_before_all_moves_against_the_root() external {
        FaultDisputeGame game = createAbout(header(hex"6f"), CLAIMED);
        move(honest(stranger), game, 0, true);
        challenge(game, header(hex"6f"), 0);
        resolveAll(game);
        assertEq(claimAt(game, 0).counteredBy, challenger);
        assertEq(game.normalModeCredit(stranger), claimAt(game, 1).bond);
    }

    function test_a_challenged_root_is_attacked_no_more_but_claims_below_are() external {
        FaultDisputeGame game = createAbout(header(hex"6f"), CLAIMED);
        move(honest(stranger), game, 0, true);
        challenge(game, header(hex"6f"), 0);
        Claim root = game.rootClaim();
        vm.prank(challenger);
        expectRevert(L2BlockNumberChallenged.selector);
        game.attack(root, 0, Claim.wrap("a"));
        move(honest(proposer), game, 1, true);
    }

    function test_the_right_number_is_no_challenge() external {
        FaultDisputeGame game = createAbout(header(hex"70"), CLAIMED); // 0x70 is 112
        challenge(game, header(hex"70"), BlockNumberMatches.selector);
    }

    function test_numbers_of_any_width_are_read() external {
        FaultDisputeGame game = createAbout(header(hex"820100"), 256);
        challenge(game, header(hex"820100"), BlockNumberMatches.selector);
        game = createAbout(header(hex"80"), 256);
        challenge(game, header(hex"80"), 0);
        bytes memory wide = header(abi.encodePacked(hex"a0", type(uint256).max));
        game = createAbout(wide, type(uint256).max);
        challenge(game, wide, BlockNumberMatches.selector);
    }

    function test_a_second_challenge_reverts() external {
        FaultDisputeGame game = createAbout(header(hex"6f"), CLAIMED);
        challenge(game, header(hex"6f"), 0);
        challenge(game, header(hex"6f"), L2BlockNumberChallenged.selector);
    }

    function test_a_challenge_after_the_end_reverts() external {
        FaultDisputeGame game = createAbout(header(hex"6f"), CLAIMED);
        resolveAll(game);
        challenge(game, header(hex"6f"), GameNotInProgress.selector);
    }

    function test_a_proof_of_another_root_reverts() external {
        FaultDisputeGame game = createAbout(header(hex"6f"), CLAIMED);
        challenge(game, header(hex"6e"), InvalidOutputRootProof.selector);
    }

    function test_another_header_reverts() external {
        FaultDisputeGame game = createAbout(header(hex"6f"), CLAIMED);
        OutputRootProof memory proof = proofOf(header(hex"6f"));
        expectRevert(InvalidHeaderRLP.selector);
        game.challengeRootL2Block(proof, header(hex"6e"));
    }

    function refuses(bytes memory headerRlp, bytes4 expected) private {
        challenge(createAbout(headerRlp, CLAIMED), headerRlp, expected);
    }

    function test_what_is_no_header_reverts() external {
        refuses("", EmptyItem.selector);
        refuses(hex"8101", InvalidHeader.selector);
        refuses(hex"01", UnexpectedString.selector);
        refuses(hex"c401", ContentLengthMismatch.selector);
        refuses(abi.encodePacked(header(hex"6f"), hex"00"), InvalidDataRemainder.selector);
        refuses(abi.encodePacked(hex"c8", EIGHT), InvalidHeaderRLP.selector);
        refuses(header(hex"c0"), UnexpectedList.selector);
        refuses(header(abi.encodePacked(hex"a1", bytes33())), InvalidHeaderRLP.selector);
    }

    function bytes33() private pure returns (bytes memory) {
        return abi.encodePacked(type(uint256).max, uint8(1));
    }
}
