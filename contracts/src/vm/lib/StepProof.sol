// SPDX-License-Identifier: MIT
pragma solidity ^0.8.22;

import {Branch} from "src/vm/lib/Branch.sol";
import {CompactProof} from "src/vm/lib/CompactProof.sol";
import {Packed} from "src/vm/lib/Packed.sol";
import {Scheduler} from "src/vm/lib/Scheduler.sol";
import {State} from "src/vm/lib/State.sol";
import {Thread, ThreadLib} from "src/vm/lib/Thread.sol";
import {
    InvalidFlag,
    InvalidMemoryProof,
    InvalidProofFormat,
    InvalidSecondMemoryProof,
    InvalidThreadWitness
} from "src/vm/lib/VmErrors.sol";

/// @notice The proof of a step, read from calldata piece by piece.
/// @param start Where the next piece begins in calldata.
/// @param end Where the proof ends.
/// @param compact Whether it has the short form (see `CompactProof`).
/// @param branch The branch of the last memory access, 0 before the first.
/// @param index The index of its leaf.
struct StepProof {
    uint256 start;
    uint256 end;
    bool compact;
    uint256 branch;
    uint256 index;
}

using StepProofLib for StepProof global;

/// @title StepProofLib
/// @notice Access to the parts of the state that are behind hashes: the thread that runs and VM memory. Whatever it
///         returns has been checked against the state.
/// @dev The standard form is the thread (298 bytes), the root of the active stack without it (32) and up to three
///      branches of 1,920 bytes: the instruction, the first and the second memory access. A proof is taken for one
///      when it has exactly such a length; the encoder of the short form avoids these lengths by a zero byte at the end.
library StepProofLib {
    uint256 private constant STANDARD_HEAD = ThreadLib.SIZE + 32;

    /// @notice Begins to read a proof.
    /// @param proof The proof in one of its two forms.
    function open(bytes calldata proof) internal pure returns (StepProof memory opened) {
        unchecked {
            uint256 start;
            assembly ("memory-safe") {
                start := proof.offset
            }
            opened.start = start;
            opened.end = start + proof.length;
            uint256 branches = proof.length - STANDARD_HEAD;
            opened.compact = branches % Branch.SIZE != 0 || branches > 3 * Branch.SIZE;
        }
    }

    /// @notice Reads the thread that runs.
    /// @param proof The proof.
    /// @param state The state, whose active stack must have the thread on top.
    /// @return thread The thread.
    /// @return below The root of the active stack without it.
    function readThread(StepProof memory proof, State state) internal pure returns (Thread thread, bytes32 below) {
        unchecked {
            uint256 at = proof.start;
            bool alone = false;
            if (proof.compact) {
                uint256 header;
                assembly ("memory-safe") {
                    header := byte(0, calldataload(at))
                }
                if (header > 1) revert InvalidProofFormat();
                alone = header == 0;
                at += 1;
            }
            thread = Thread.wrap(Packed.copy(at, ThreadLib.SIZE));
            at += ThreadLib.SIZE;
            if (alone) {
                below = Scheduler.EMPTY_STACK;
            } else {
                assembly ("memory-safe") {
                    below := calldataload(at)
                }
                at += 32;
            }
            if (at > proof.end) revert InvalidProofFormat();
            proof.start = at;
        }
        if (Scheduler.pushed(below, thread) != state.activeStack()) revert InvalidThreadWitness();
        if (thread.exited() > 1) revert InvalidFlag();
    }

    /// @notice Reads the instruction at an address.
    /// @param proof The proof, whose next branch must lead to the address.
    /// @param state The state, whose memory root must be the branch's.
    /// @param pc The address, a multiple of 4.
    /// @return insn The 32 bits of the instruction.
    function fetch(StepProof memory proof, State state, uint64 pc) internal pure returns (uint256 insn) {
        proof.readBranch(pc);
        if (Branch.root(proof.branch, proof.index) != state.memoryRoot()) revert InvalidMemoryProof();
        insn = Branch.word(proof.branch, pc & ~uint64(7));
        insn = pc & 4 == 0 ? insn >> 32 : insn & 0xffffffff;
    }

    /// @notice Reads the first word of memory that the step accesses.
    /// @param proof The proof, whose next branch must lead to the address.
    /// @param state The state, whose memory root must be the branch's.
    /// @param addr The address of the word, a multiple of 8.
    function load(StepProof memory proof, State state, uint64 addr) internal pure returns (uint64) {
        proof.readBranch(addr);
        if (Branch.root(proof.branch, proof.index) != state.memoryRoot()) revert InvalidMemoryProof();
        return Branch.word(proof.branch, addr);
    }

    /// @notice Moves on to the second word of memory that the step accesses.
    /// @dev Like `load`, with another error.
    function loadSecond(StepProof memory proof, State state, uint64 addr) internal pure {
        proof.readBranch(addr);
        if (Branch.root(proof.branch, proof.index) != state.memoryRoot()) revert InvalidSecondMemoryProof();
    }

    /// @notice Writes the word of memory that was loaded last, and ends a reservation on it.
    /// @param proof The proof, which has just been used to load the word.
    /// @param state The state, whose memory root changes.
    /// @param addr The address of the word.
    /// @param value What to write.
    function store(StepProof memory proof, State state, uint64 addr, uint64 value) internal pure {
        Branch.setWord(proof.branch, addr, value);
        state.setMemoryRoot(Branch.root(proof.branch, proof.index));
        state.onStore(addr);
    }

    /// @notice Reads the next branch, which is not checked.
    /// @param proof The proof.
    /// @param addr An address in the branch's leaf.
    function readBranch(StepProof memory proof, uint64 addr) internal pure {
        unchecked {
            uint256 index = addr >> 5;
            uint256 at = proof.start;
            if (!proof.compact) {
                if (at + Branch.SIZE > proof.end) revert InvalidProofFormat();
                proof.branch = Branch.read(at);
                proof.start = at + Branch.SIZE;
            } else if (proof.branch == 0) {
                (proof.branch, proof.start) = CompactProof.first(at, proof.end);
            } else {
                (proof.branch, proof.start) = CompactProof.following(proof.branch, proof.index, index, at, proof.end);
            }
            proof.index = index;
        }
    }
}
