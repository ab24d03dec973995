// SPDX-License-Identifier: MIT
pragma solidity ^0.8.22;

import {IPreimageOracle} from "src/dispute/interfaces/IPreimageOracle.sol";
import {FileSyscalls} from "src/vm/lib/FileSyscalls.sol";
import {LoadStore} from "src/vm/lib/LoadStore.sol";
import {Scheduler} from "src/vm/lib/Scheduler.sol";
import {State} from "src/vm/lib/State.sol";
import {StepProof} from "src/vm/lib/StepProof.sol";
import {SyscallNumbers as Sys} from "src/vm/lib/SyscallNumbers.sol";
import {Thread, ThreadLib} from "src/vm/lib/Thread.sol";
import {UnrecognizedSyscall} from "src/vm/lib/VmErrors.sol";

/// @title Syscalls
/// @notice The system calls of the VM: memory, threads, time (specs, `cannon-fault-proof-vm.md`, Syscalls). A call
///         that fails returns an error number in $v0 and all ones in $a3, else $a3 is 0.
library Syscalls {
    uint64 internal constant FAILED = type(uint64).max;

    uint64 private constant EAGAIN = 11;
    uint64 private constant EBADF = 9;
    uint64 private constant EINVAL = 22;

    uint64 private constant HEAP_END = 0x600000000000;
    uint64 private constant PROGRAM_BREAK = 0x400000000000;
    uint64 private constant PAGE_MASK = 4095;

    /// @notice The only flags with which a thread is cloned: VM, FS, FILES, SIGHAND, SYSVSEM and THREAD.
    uint64 private constant CLONE_FLAGS = 0x50f00;
    /// @notice The exit code of a program that clones in another way.
    uint256 private constant EXIT_PANIC = 2;

    uint64 private constant FUTEX_WAIT = 128;
    uint64 private constant FUTEX_WAKE = 129;

    /// @notice Steps in a second of the guest's clock.
    uint64 private constant HZ = 10_000_000;

    uint64 private constant EFD_NONBLOCK = 0x80;
    uint64 private constant FD_EVENT = 100;

    /// @notice Executes the system call that the thread's registers describe.
    /// @param state The state.
    /// @param thread The thread that calls.
    /// @param proof The proof, for the memory that the call accesses.
    /// @param below The root of the active stack without the thread.
    /// @param localContext The context of local preimages.
    /// @param oracle The preimage oracle.
    /// @return placed Whether the thread has been put on a stack.
    function execute(
        State state,
        Thread thread,
        StepProof memory proof,
        bytes32 below,
        bytes32 localContext,
        IPreimageOracle oracle
    ) internal view returns (bool placed) {
        uint64 number = thread.register(ThreadLib.V0);
        uint64 a0 = thread.register(ThreadLib.A0);
        uint64 v0 = 0;
        uint64 v1 = 0;
        if (number == Sys.READ) {
            (v0, v1) = FileSyscalls.read(state, thread, proof, localContext, oracle);
        } else if (number == Sys.WRITE) {
            (v0, v1) = FileSyscalls.write(state, thread, proof);
        } else if (number == Sys.FCNTL) {
            (v0, v1) = FileSyscalls.fcntl(a0, thread.register(ThreadLib.A1));
        } else if (number == Sys.OPEN) {
            (v0, v1) = (EBADF, FAILED);
        } else if (number == Sys.EVENTFD2) {
            // Only a descriptor that never blocks can be had: nothing is ever signalled.
            bool nonBlocking = thread.register(ThreadLib.A1) & EFD_NONBLOCK != 0;
            (v0, v1) = nonBlocking ? (FD_EVENT, 0) : (EINVAL, FAILED);
        } else if (number == Sys.MMAP) {
            (v0, v1) = mmap(state, a0, thread.register(ThreadLib.A1));
        } else if (number == Sys.BRK) {
            v0 = PROGRAM_BREAK;
        } else if (number == Sys.CLONE) {
            return clone(state, thread, below);
        } else if (number == Sys.EXIT) {
            thread.setExited(1, a0);
            if (Scheduler.isLast(state, below)) state.exit(a0);
            return false;
        } else if (number == Sys.EXIT_GROUP) {
            state.exit(a0);
            return false;
        } else if (number == Sys.GETTID) {
            v0 = thread.id();
        } else if (number == Sys.FUTEX) {
            bool yields;
            (v0, yields) = futex(state, thread, proof);
            if (yields) return yield_(state, thread, below);
            v1 = FAILED;
        } else if (number == Sys.SCHED_YIELD || number == Sys.NANOSLEEP) {
            return yield_(state, thread, below);
        } else if (number == Sys.CLOCK_GETTIME) {
            (v0, v1) = clockGetTime(state, a0, thread.register(ThreadLib.A1), proof);
        } else if (number == Sys.GETRANDOM) {
            v0 = getRandom(state, a0, thread.register(ThreadLib.A1), proof);
        } else if (number != Sys.GETPID && !Sys.isIgnored(number)) {
            revert UnrecognizedSyscall(number);
        }
        finish(thread, v0, v1);
    }

    /// @notice Returns from a system call.
    function finish(Thread thread, uint64 v0, uint64 v1) private pure {
        thread.setRegister(ThreadLib.V0, v0);
        thread.setRegister(ThreadLib.A3, v1);
        thread.advance();
    }

    /// @notice Returns from a system call and gives up the rest of the thread's time.
    function yield_(State state, Thread thread, bytes32 below) private pure returns (bool placed) {
        finish(thread, 0, 0);
        Scheduler.preempt(state, thread, below);
        return true;
    }

    /// @notice Gives out memory from the heap, or confirms the address that is asked for.
    function mmap(State state, uint64 addr, uint64 length) private pure returns (uint64 v0, uint64 v1) {
        unchecked {
            if (addr != 0) return (addr, 0);
            uint64 size = (length + PAGE_MASK) & ~PAGE_MASK;
            uint64 start = state.heap();
            uint64 end = start + size;
            // Either sum may have overflowed.
            if (end > HEAP_END || end < start || size < length) return (EINVAL, FAILED);
            state.setHeap(end);
            return (start, 0);
        }
    }

    /// @notice Starts a thread on the stack given in $a1, which runs at once.
    function clone(State state, Thread thread, bytes32 below) private pure returns (bool placed) {
        unchecked {
            if (thread.register(ThreadLib.A0) != CLONE_FLAGS) {
                state.exit(EXIT_PANIC);
                return false;
            }
            Thread child = thread.clone();
            child.setId(state.takeThreadId());
            child.setExited(0, 0);
            child.setRegister(ThreadLib.SP, thread.register(ThreadLib.A1));
            finish(child, 0, 0);
            finish(thread, child.id(), 0);
            Scheduler.spawn(state, thread, below, child);
            return true;
        }
    }

    /// @notice Waits while a 32-bit number in memory has a value, or wakes those who do. Both give up the rest of the
    ///         thread's time: who waits will look again.
    /// @return v0 The error, if the thread goes on.
    /// @return yields Whether it does not.
    function futex(State state, Thread thread, StepProof memory proof) private pure returns (uint64 v0, bool yields) {
        uint64 operation = thread.register(ThreadLib.A1);
        if (operation == FUTEX_WAKE) return (0, true);
        if (operation != FUTEX_WAIT) return (EINVAL, false);
        uint64 addr = thread.register(ThreadLib.A0);
        uint64 value = LoadStore.part(addr, proof.load(state, addr & ~uint64(7)), 4);
        return (EAGAIN, value == uint32(thread.register(ThreadLib.A2)));
    }

    /// @notice Writes the time in seconds and nanoseconds: that of the monotonic clock (1) counts steps, the realtime
    ///         clock (0) stands still.
    function clockGetTime(State state, uint64 clock, uint64 addr, StepProof memory proof)
        private
        pure
        returns (uint64 v0, uint64 v1)
    {
        unchecked {
            if (clock > 1) return (EINVAL, FAILED);
            uint64 ticks = clock == 1 ? state.step() : 0;
            addr &= ~uint64(7);
            proof.load(state, addr);
            proof.store(state, addr, ticks / HZ);
            addr += 8;
            proof.loadSecond(state, addr);
            proof.store(state, addr, (ticks % HZ) * (1_000_000_000 / HZ));
        }
    }

    /// @notice Writes pseudorandom bytes, which depend on the step alone, up to the end of a 64-bit word.
    /// @return count How many.
    function getRandom(State state, uint64 addr, uint64 count, StepProof memory proof) private pure returns (uint64) {
        unchecked {
            count = LoadStore.limit(addr, count);
            proof.load(state, addr & ~uint64(7));
            LoadStore.storeBytes(state, proof, addr, count, splitMix64(state.step()));
            return count;
        }
    }

    /// @notice A step of the SplitMix64 generator.
    function splitMix64(uint64 seed) private pure returns (uint64 z) {
        unchecked {
            z = seed + 0x9e3779b97f4a7c15;
            z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
            z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
            z = z ^ (z >> 31);
        }
    }
}
