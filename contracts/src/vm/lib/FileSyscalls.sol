// SPDX-License-Identifier: MIT
pragma solidity ^0.8.22;

import {IPreimageOracle} from "src/dispute/interfaces/IPreimageOracle.sol";
import {LoadStore} from "src/vm/lib/LoadStore.sol";
import {PreimageKeys} from "src/vm/lib/PreimageKeys.sol";
import {State} from "src/vm/lib/State.sol";
import {StepProof} from "src/vm/lib/StepProof.sol";
import {Thread, ThreadLib} from "src/vm/lib/Thread.sol";

/// @title FileSyscalls
/// @notice System calls on the file descriptors that a program is given: the standard ones (0 to 2), the hint channel
///         (3 and 4), the preimage channel (5 and 6) and the event descriptor (100).
library FileSyscalls {
    uint64 private constant STDIN = 0;
    uint64 private constant STDOUT = 1;
    uint64 private constant STDERR = 2;
    uint64 private constant HINT_READ = 3;
    uint64 private constant HINT_WRITE = 4;
    uint64 private constant PREIMAGE_READ = 5;
    uint64 private constant PREIMAGE_WRITE = 6;
    uint64 private constant EVENT = 100;

    uint64 private constant FAILED = type(uint64).max;
    uint64 private constant EBADF = 9;
    uint64 private constant EAGAIN = 11;
    uint64 private constant EINVAL = 22;

    uint64 private constant F_GETFD = 1;
    uint64 private constant F_GETFL = 3;

    /// @notice Reads from a descriptor, of a preimage no more than up to the end of a 64-bit word of memory.
    /// @return v0 How many bytes were read, or the error.
    /// @return v1 Whether it is an error.
    function read(State state, Thread thread, StepProof memory proof, bytes32 localContext, IPreimageOracle oracle)
        internal
        view
        returns (uint64 v0, uint64 v1)
    {
        uint64 fd = thread.register(ThreadLib.A0);
        if (fd == STDIN) return (0, 0);
        if (fd == HINT_READ) return (thread.register(ThreadLib.A2), 0);
        if (fd == EVENT) return (EAGAIN, FAILED);
        if (fd != PREIMAGE_READ) return (EBADF, FAILED);
        return (readPreimage(state, thread, proof, localContext, oracle), 0);
    }

    /// @notice Copies bytes of the preimage whose key was written before into memory.
    /// @return count How many.
    function readPreimage(
        State state,
        Thread thread,
        StepProof memory proof,
        bytes32 localContext,
        IPreimageOracle oracle
    ) private view returns (uint64 count) {
        unchecked {
            bytes32 key = state.preimageKey();
            if (PreimageKeys.typeOf(key) == PreimageKeys.LOCAL) {
                key = PreimageKeys.localize(key, msg.sender, localContext);
            }
            uint64 offset = state.preimageOffset();
            (bytes32 data, uint256 available) = oracle.readPreimage(key, offset);
            uint64 addr = thread.register(ThreadLib.A1);
            count = LoadStore.limit(addr, thread.register(ThreadLib.A2));
            if (count > available) count = uint64(available);
            proof.load(state, addr & ~uint64(7));
            LoadStore.storeBytes(state, proof, addr, count, uint64(uint256(data) >> 192) >> (8 * (addr & 7)));
            state.setPreimageOffset(offset + count);
        }
    }

    /// @notice Writes to a descriptor. Output and hints are not part of the state; what is written to the preimage
    ///         channel, no more than up to the end of a 64-bit word, is shifted into the preimage key.
    /// @return v0 How many bytes were written, or the error.
    /// @return v1 Whether it is an error.
    function write(State state, Thread thread, StepProof memory proof) internal pure returns (uint64 v0, uint64 v1) {
        unchecked {
            uint64 fd = thread.register(ThreadLib.A0);
            uint64 count = thread.register(ThreadLib.A2);
            if (fd == STDOUT || fd == STDERR || fd == HINT_WRITE) return (count, 0);
            if (fd == EVENT) return (EAGAIN, FAILED);
            if (fd != PREIMAGE_WRITE) return (EBADF, FAILED);

            uint64 addr = thread.register(ThreadLib.A1);
            count = LoadStore.limit(addr, count);
            uint256 word = proof.load(state, addr & ~uint64(7)) & LoadStore.span(addr, count);
            uint256 key = (uint256(state.preimageKey()) << (8 * count)) | (word >> (8 * (8 - (addr & 7) - count)));
            state.setPreimageKey(bytes32(key));
            state.setPreimageOffset(0);
            return (count, 0);
        }
    }

    /// @notice Tells the flags of a descriptor.
    /// @return v0 The flags, or the error.
    /// @return v1 Whether it is an error.
    function fcntl(uint64 fd, uint64 command) internal pure returns (uint64 v0, uint64 v1) {
        if (command != F_GETFD && command != F_GETFL) return (EINVAL, FAILED);
        if (fd > PREIMAGE_WRITE) return (EBADF, FAILED);
        bool writable = fd == STDOUT || fd == STDERR || fd == HINT_WRITE || fd == PREIMAGE_WRITE;
        // O_WRONLY is 1, O_RDONLY 0; no descriptor flag is set.
        return (command == F_GETFL && writable ? 1 : 0, 0);
    }
}
