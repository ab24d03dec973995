// SPDX-License-Identifier: MIT
pragma solidity ^0.8.22;

import {Packed} from "src/vm/lib/Packed.sol";
import {InvalidExitedValue, InvalidFlag, InvalidStateLength} from "src/vm/lib/VmErrors.sol";

/// @notice The state of the VM: the address in memory of its 188-byte witness.
type State is uint256;

using StateLib for State global;

/// @title StateLib
/// @notice The fields of the state witness (specs, `cannon-fault-proof-vm.md`, State).
///
///     | offset | size | field                                      |
///     |--------|------|--------------------------------------------|
///     | 0      | 32   | root of the memory tree                    |
///     | 32     | 32   | preimage key                               |
///     | 64     | 8    | preimage offset, length prefix included    |
///     | 72     | 8    | heap: next address that mmap gives out     |
///     | 80     | 1    | reservation: 0 none, 1 32-bit, 2 64-bit    |
///     | 81     | 8    | reserved address                           |
///     | 89     | 8    | thread that holds the reservation          |
///     | 97     | 1    | exit code                                  |
///     | 98     | 1    | exited, 0 or 1                             |
///     | 99     | 8    | step                                       |
///     | 107    | 8    | steps since the last context switch        |
///     | 115    | 1    | the right stack is active, 0 or 1          |
///     | 116    | 32   | root of the left thread stack              |
///     | 148    | 32   | root of the right thread stack             |
///     | 180    | 8    | id of the next thread                      |
library StateLib {
    uint256 internal constant SIZE = 188;

    uint256 private constant MEMORY_ROOT = 0;
    uint256 private constant PREIMAGE_KEY = 32;
    uint256 private constant PREIMAGE_OFFSET = 64;
    uint256 private constant HEAP = 72;
    uint256 private constant LL_STATUS = 80;
    uint256 private constant LL_ADDRESS = 81;
    uint256 private constant LL_OWNER = 89;
    uint256 private constant EXIT_CODE = 97;
    uint256 private constant EXITED = 98;
    uint256 private constant STEP = 99;
    uint256 private constant STEPS_SINCE_SWITCH = 107;
    uint256 private constant TRAVERSE_RIGHT = 115;
    uint256 private constant LEFT_STACK = 116;
    uint256 private constant RIGHT_STACK = 148;
    uint256 private constant NEXT_THREAD_ID = 180;

    /// @notice Takes a state witness from calldata.
    /// @param witness The witness.
    /// @return state The state. Reverts if its length or a flag is wrong.
    function read(bytes calldata witness) internal pure returns (State state) {
        if (witness.length != SIZE) revert InvalidStateLength();
        uint256 offset;
        assembly ("memory-safe") {
            offset := witness.offset
        }
        state = State.wrap(Packed.copy(offset, SIZE));
        if (Packed.get8(State.unwrap(state) + EXITED) > 1) revert InvalidExitedValue();
        if (Packed.get8(State.unwrap(state) + TRAVERSE_RIGHT) > 1) revert InvalidFlag();
    }

    /// @notice The state hash: keccak256 of the witness, its first byte replaced by the VM status.
    /// @param state The state.
    /// @return digest 0 exited with code 0, 1 with code 1, 2 with another, 3 not exited; then 31 bytes of the hash.
    function hash(State state) internal pure returns (bytes32 digest) {
        uint256 status = 3;
        if (state.exited()) {
            uint256 code = Packed.get8(State.unwrap(state) + EXIT_CODE);
            status = code > 1 ? 2 : code;
        }
        digest = Packed.hash(State.unwrap(state), SIZE);
        assembly ("memory-safe") {
            digest := or(shl(248, status), shr(8, shl(8, digest)))
        }
    }

    /// @notice Ends the program.
    /// @param state The state.
    /// @param code Its exit code.
    function exit(State state, uint256 code) internal pure {
        Packed.set8(State.unwrap(state) + EXITED, 1);
        Packed.set8(State.unwrap(state) + EXIT_CODE, code);
    }

    /// @notice Whether the program has ended.
    function exited(State state) internal pure returns (bool) {
        return Packed.get8(State.unwrap(state) + EXITED) == 1;
    }

    function memoryRoot(State state) internal pure returns (bytes32) {
        return Packed.get256(State.unwrap(state) + MEMORY_ROOT);
    }

    function setMemoryRoot(State state, bytes32 root) internal pure {
        Packed.set256(State.unwrap(state) + MEMORY_ROOT, root);
    }

    function preimageKey(State state) internal pure returns (bytes32) {
        return Packed.get256(State.unwrap(state) + PREIMAGE_KEY);
    }

    function setPreimageKey(State state, bytes32 key) internal pure {
        Packed.set256(State.unwrap(state) + PREIMAGE_KEY, key);
    }

    function preimageOffset(State state) internal pure returns (uint64) {
        return Packed.get64(State.unwrap(state) + PREIMAGE_OFFSET);
    }

    function setPreimageOffset(State state, uint64 offset) internal pure {
        Packed.set64(State.unwrap(state) + PREIMAGE_OFFSET, offset);
    }

    function heap(State state) internal pure returns (uint64) {
        return Packed.get64(State.unwrap(state) + HEAP);
    }

    function setHeap(State state, uint64 value) internal pure {
        Packed.set64(State.unwrap(state) + HEAP, value);
    }

    /// @notice Whether exactly this reservation is held.
    /// @param state The state.
    /// @param status 1 for a reservation of 32 bits, 2 for one of 64.
    /// @param addr The address that was loaded.
    /// @param owner The thread that loaded it.
    function isReserved(State state, uint256 status, uint64 addr, uint64 owner) internal pure returns (bool) {
        uint256 at = State.unwrap(state);
        return Packed.get8(at + LL_STATUS) == status && Packed.get64(at + LL_ADDRESS) == addr
            && Packed.get64(at + LL_OWNER) == owner;
    }

    /// @notice Makes a reservation, which takes the place of another.
    function reserve(State state, uint256 status, uint64 addr, uint64 owner) internal pure {
        uint256 at = State.unwrap(state);
        Packed.set8(at + LL_STATUS, status);
        Packed.set64(at + LL_ADDRESS, addr);
        Packed.set64(at + LL_OWNER, owner);
    }

    /// @notice Gives up the reservation.
    function clearReservation(State state) internal pure {
        reserve(state, 0, 0, 0);
    }

    /// @notice Gives up the reservation if it is on a memory word that was written.
    /// @param state The state.
    /// @param addr The address of the word, a multiple of 8.
    function onStore(State state, uint64 addr) internal pure {
        if (Packed.get64(State.unwrap(state) + LL_ADDRESS) & ~uint64(7) == addr) clearReservation(state);
    }

    function step(State state) internal pure returns (uint64) {
        return Packed.get64(State.unwrap(state) + STEP);
    }

    function setStep(State state, uint64 value) internal pure {
        Packed.set64(State.unwrap(state) + STEP, value);
    }

    function stepsSinceSwitch(State state) internal pure returns (uint64) {
        return Packed.get64(State.unwrap(state) + STEPS_SINCE_SWITCH);
    }

    function setStepsSinceSwitch(State state, uint64 value) internal pure {
        Packed.set64(State.unwrap(state) + STEPS_SINCE_SWITCH, value);
    }

    function traverseRight(State state) internal pure returns (bool) {
        return Packed.get8(State.unwrap(state) + TRAVERSE_RIGHT) == 1;
    }

    /// @notice Makes the other thread stack the active one.
    function turn(State state) internal pure {
        Packed.set8(State.unwrap(state) + TRAVERSE_RIGHT, state.traverseRight() ? 0 : 1);
    }

    /// @notice The root of the stack whose last thread runs.
    function activeStack(State state) internal pure returns (bytes32) {
        return Packed.get256(State.unwrap(state) + (state.traverseRight() ? RIGHT_STACK : LEFT_STACK));
    }

    function setActiveStack(State state, bytes32 root) internal pure {
        Packed.set256(State.unwrap(state) + (state.traverseRight() ? RIGHT_STACK : LEFT_STACK), root);
    }

    /// @notice The root of the stack that waits for its turn.
    function waitingStack(State state) internal pure returns (bytes32) {
        return Packed.get256(State.unwrap(state) + (state.traverseRight() ? LEFT_STACK : RIGHT_STACK));
    }

    function setWaitingStack(State state, bytes32 root) internal pure {
        Packed.set256(State.unwrap(state) + (state.traverseRight() ? LEFT_STACK : RIGHT_STACK), root);
    }

    /// @notice Gives out a thread id.
    function takeThreadId(State state) internal pure returns (uint64 id) {
        unchecked {
            id = Packed.get64(State.unwrap(state) + NEXT_THREAD_ID);
            Packed.set64(State.unwrap(state) + NEXT_THREAD_ID, id + 1);
        }
    }
}
