// SPDX-License-Identifier: MIT
pragma solidity ^0.8.22;

/// @notice The constructor was given a state version that this contract does not execute.
error UnsupportedStateVersion();

/// @notice The state witness does not have its fixed length.
error InvalidStateLength();

/// @notice The exited flag of the state is neither 0 nor 1.
error InvalidExitedValue();

/// @notice Another flag of the state or of the thread is neither 0 nor 1.
error InvalidFlag();

/// @notice The proof is too short for what it must hold, or has an unknown header.
error InvalidProofFormat();

/// @notice The thread in the proof is not the one on top of the active stack.
error InvalidThreadWitness();

/// @notice The active thread stack is empty, before or after the step.
error EmptyThreadStack();

/// @notice The program counter is not a multiple of four.
error InvalidPC();

/// @notice A memory proof does not lead to the state's memory root.
error InvalidMemoryProof();

/// @notice The proof of the second word that a step writes does not lead to the root after the first.
error InvalidSecondMemoryProof();

/// @notice No instruction of the VM has this encoding.
/// @param insn The 32 bits of the instruction.
error InvalidInstruction(uint256 insn);

/// @notice An instruction that is not load-linked or store-conditional reached their handler.
error InvalidRMWInstruction();

/// @notice A branch stands in the delay slot of a jump or branch.
error BranchInDelaySlot();

/// @notice A jump stands in the delay slot of a jump or branch.
error JumpInDelaySlot();

/// @notice An integer division by zero.
error DivisionByZero();

/// @notice The VM does not know this system call.
/// @param number The number of the call.
error UnrecognizedSyscall(uint256 number);
