// SPDX-License-Identifier: MIT
pragma solidity ^0.8.22;

import {IBigStepper} from "src/dispute/interfaces/IBigStepper.sol";
import {IPreimageOracle} from "src/dispute/interfaces/IPreimageOracle.sol";
import {Claim, LocalPreimageKey} from "src/dispute/lib/Types.sol";
import {TinyOracle} from "test/dispute/support/TinyOracle.sol";

/// A chain whose output roots anyone can compute, and the state of the program that checks one of them.
library Tiny {
    /// The program has ended at this step; its state stays the same from there on.
    uint256 internal constant END = 11;

    struct State {
        uint256 n;
        bytes32 claimed;
        uint256 number;
        uint256 verdict;
    }

    /// The output root of a block.
    function output(uint256 number) internal pure returns (Claim) {
        return Claim.wrap(keccak256(abi.encode("output", number)));
    }

    /// What the program does, given its inputs.
    function step(State memory state, bytes32 claimed, uint256 number) internal pure returns (State memory) {
        if (state.n == END) return state;
        if (state.n == 0) state.claimed = claimed;
        if (state.n == 1) state.number = number;
        state.n++;
        if (state.n == END) state.verdict = state.claimed == Claim.unwrap(output(state.number)) ? 0 : 1;
        return state;
    }

    function commit(State memory state) internal pure returns (Claim) {
        uint256 status = state.n < END ? 3 : state.verdict;
        return withStatus(keccak256(abi.encode(state)), status);
    }

    /// A hash with its high byte replaced.
    function withStatus(bytes32 hash, uint256 status) internal pure returns (Claim) {
        return Claim.wrap(bytes32((uint256(hash) << 8) >> 8 | status << 248));
    }

    /// The state after `n` steps.
    function stateAt(uint256 n, bytes32 claimed, uint256 number) internal pure returns (State memory state) {
        for (uint256 i = 0; i < n && i < END; i++) {
            state = step(state, claimed, number);
        }
    }
}

/// Executes the program of `Tiny`, one step a call.
contract TinyVM is IBigStepper {
    TinyOracle private immutable ORACLE;

    constructor(TinyOracle oracle_) {
        ORACLE = oracle_;
    }

    function oracle() external view returns (IPreimageOracle) {
        return ORACLE;
    }

    function step(bytes calldata stateData, bytes calldata, bytes32 localContext) external view returns (bytes32) {
        Tiny.State memory state = abi.decode(stateData, (Tiny.State));
        bytes32 claimed;
        uint256 number;
        if (state.n == 0) claimed = read(LocalPreimageKey.DISPUTED_OUTPUT_ROOT, localContext);
        if (state.n == 1) number = uint256(read(LocalPreimageKey.DISPUTED_L2_BLOCK_NUMBER, localContext)) >> 192;
        return Claim.unwrap(Tiny.commit(Tiny.step(state, claimed, number)));
    }

    function read(uint256 ident, bytes32 localContext) private view returns (bytes32 word) {
        (word,) = ORACLE.readPreimage(ORACLE.keyOf(ident, msg.sender, localContext), 0);
    }
}
