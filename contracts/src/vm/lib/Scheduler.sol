// SPDX-License-Identifier: MIT
pragma solidity ^0.8.22;

import {State} from "src/vm/lib/State.sol";
import {Thread} from "src/vm/lib/Thread.sol";
import {EmptyThreadStack} from "src/vm/lib/VmErrors.sol";

/// @title Scheduler
/// @notice The two thread stacks and the moves between them (specs, `cannon-fault-proof-vm.md`, Thread Traversal).
/// @dev A stack is committed to by a chain of hashes: the root with a thread on top is the hash of the root below and
///      the hash of the thread. `below` is always the root of the active stack without the thread that runs.
library Scheduler {
    /// @notice The root of a stack without threads: keccak256 of 64 zero bytes.
    bytes32 internal constant EMPTY_STACK = 0xad3228b676f7d3cd4284a5443f17f1962b36e491b30a40b2405849e597ba5fb5;

    /// @notice How many steps a thread may run before it must make way.
    uint256 internal constant QUANTUM = 100_000;

    /// @notice The root of a stack with one more thread on top.
    /// @param below The root of the stack.
    /// @param thread The thread.
    function pushed(bytes32 below, Thread thread) internal pure returns (bytes32 root) {
        bytes32 threadHash = thread.hash();
        assembly ("memory-safe") {
            mstore(0, below)
            mstore(32, threadHash)
            root := keccak256(0, 64)
        }
    }

    /// @notice Puts the thread that ran back in its place.
    function resume(State state, Thread thread, bytes32 below) internal pure {
        state.setActiveStack(pushed(below, thread));
    }

    /// @notice Moves the thread that ran to the other stack.
    function preempt(State state, Thread thread, bytes32 below) internal pure {
        state.setWaitingStack(pushed(state.waitingStack(), thread));
        state.setActiveStack(below);
        if (below == EMPTY_STACK) state.turn();
        state.setStepsSinceSwitch(0);
    }

    /// @notice Puts the thread that ran back and a new one on top of it.
    function spawn(State state, Thread thread, bytes32 below, Thread child) internal pure {
        state.setActiveStack(pushed(pushed(below, thread), child));
        state.setStepsSinceSwitch(0);
    }

    /// @notice Drops the thread on top of the active stack. Reverts if no other is left.
    function drop(State state, bytes32 below) internal pure {
        state.setActiveStack(below);
        if (below == EMPTY_STACK) {
            if (state.waitingStack() == EMPTY_STACK) revert EmptyThreadStack();
            state.turn();
        }
        state.setStepsSinceSwitch(0);
    }

    /// @notice Whether the thread that runs is the only one.
    function isLast(State state, bytes32 below) internal pure returns (bool) {
        return below == EMPTY_STACK && state.waitingStack() == EMPTY_STACK;
    }
}
