// SPDX-License-Identifier: MIT
pragma solidity ^0.8.22;

import {Packed} from "src/vm/lib/Packed.sol";

/// @notice A thread of the VM: the address in memory of its 298-byte witness.
type Thread is uint256;

using ThreadLib for Thread global;

/// @title ThreadLib
/// @notice The fields of the thread witness (specs, `cannon-fault-proof-vm.md`, Thread State).
///
///     | offset | size | field          |
///     |--------|------|----------------|
///     | 0      | 8    | id             |
///     | 8      | 1    | exit code      |
///     | 9      | 1    | exited, 0 or 1 |
///     | 10     | 8    | pc             |
///     | 18     | 8    | next pc        |
///     | 26     | 8    | lo             |
///     | 34     | 8    | hi             |
///     | 42     | 256  | 32 registers   |
library ThreadLib {
    uint256 internal constant SIZE = 298;

    /// @notice Where a system call finds its number and leaves its result: $v0.
    uint256 internal constant V0 = 2;
    /// @notice The first arguments of a system call: $a0, $a1 and $a2.
    uint256 internal constant A0 = 4;
    uint256 internal constant A1 = 5;
    uint256 internal constant A2 = 6;
    /// @notice Where a system call leaves whether it failed: $a3.
    uint256 internal constant A3 = 7;
    /// @notice The stack pointer: $sp.
    uint256 internal constant SP = 29;
    /// @notice The return address: $ra.
    uint256 internal constant RA = 31;

    uint256 private constant ID = 0;
    uint256 private constant EXIT_CODE = 8;
    uint256 private constant EXITED = 9;
    uint256 private constant PC = 10;
    uint256 private constant NEXT_PC = 18;
    uint256 private constant LO = 26;
    uint256 private constant HI = 34;
    uint256 private constant REGISTERS = 42;

    /// @notice The hash of the witness.
    function hash(Thread thread) internal pure returns (bytes32) {
        return Packed.hash(Thread.unwrap(thread), SIZE);
    }

    /// @notice Copies a thread.
    function clone(Thread thread) internal pure returns (Thread copy) {
        uint256 to = Packed.allocate(SIZE);
        assembly ("memory-safe") {
            mcopy(to, thread, SIZE)
        }
        copy = Thread.wrap(to);
    }

    function id(Thread thread) internal pure returns (uint64) {
        return Packed.get64(Thread.unwrap(thread) + ID);
    }

    function setId(Thread thread, uint64 value) internal pure {
        Packed.set64(Thread.unwrap(thread) + ID, value);
    }

    /// @notice Sets the exited flag and the exit code.
    /// @param thread The thread.
    /// @param exited_ 1 if it has exited, 0 if not.
    /// @param code Its exit code.
    function setExited(Thread thread, uint256 exited_, uint256 code) internal pure {
        Packed.set8(Thread.unwrap(thread) + EXITED, exited_);
        Packed.set8(Thread.unwrap(thread) + EXIT_CODE, code);
    }

    /// @notice The byte that says whether the thread has exited.
    function exited(Thread thread) internal pure returns (uint256) {
        return Packed.get8(Thread.unwrap(thread) + EXITED);
    }

    function pc(Thread thread) internal pure returns (uint64) {
        return Packed.get64(Thread.unwrap(thread) + PC);
    }

    function nextPc(Thread thread) internal pure returns (uint64) {
        return Packed.get64(Thread.unwrap(thread) + NEXT_PC);
    }

    /// @notice Sets what is executed next and what after it.
    function setPcs(Thread thread, uint64 pc_, uint64 nextPc_) internal pure {
        Packed.set64(Thread.unwrap(thread) + PC, pc_);
        Packed.set64(Thread.unwrap(thread) + NEXT_PC, nextPc_);
    }

    /// @notice Goes on to the next instruction.
    function advance(Thread thread) internal pure {
        unchecked {
            uint64 next = thread.nextPc();
            thread.setPcs(next, next + 4);
        }
    }

    function lo(Thread thread) internal pure returns (uint64) {
        return Packed.get64(Thread.unwrap(thread) + LO);
    }

    function setLo(Thread thread, uint64 value) internal pure {
        Packed.set64(Thread.unwrap(thread) + LO, value);
    }

    function hi(Thread thread) internal pure returns (uint64) {
        return Packed.get64(Thread.unwrap(thread) + HI);
    }

    function setHi(Thread thread, uint64 value) internal pure {
        Packed.set64(Thread.unwrap(thread) + HI, value);
    }

    /// @notice Reads a register.
    /// @param thread The thread.
    /// @param index The number of the register, below 32.
    function register(Thread thread, uint256 index) internal pure returns (uint64 value) {
        unchecked {
            value = Packed.get64(Thread.unwrap(thread) + REGISTERS + 8 * index);
        }
    }

    /// @notice Writes a register.
    /// @param thread The thread.
    /// @param index The number of the register, below 32; writes to register 0 are lost.
    /// @param value What to write.
    function setRegister(Thread thread, uint256 index, uint64 value) internal pure {
        unchecked {
            if (index != 0) Packed.set64(Thread.unwrap(thread) + REGISTERS + 8 * index, value);
        }
    }
}
