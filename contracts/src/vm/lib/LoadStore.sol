// SPDX-License-Identifier: MIT
pragma solidity ^0.8.22;

import {Alu} from "src/vm/lib/Alu.sol";
import {Branch} from "src/vm/lib/Branch.sol";
import {State} from "src/vm/lib/State.sol";
import {StepProof} from "src/vm/lib/StepProof.sol";
import {Thread} from "src/vm/lib/Thread.sol";
import {InvalidInstruction, InvalidRMWInstruction} from "src/vm/lib/VmErrors.sol";

/// @title LoadStore
/// @notice The instructions that access memory. Memory is big-endian and accessed by aligned words of 64 bits; what is
///         narrower is a part of such a word, at the address rounded down to a multiple of its size.
library LoadStore {
    uint256 private constant LL = 0x30;
    uint256 private constant LLD = 0x34;
    uint256 private constant SC = 0x38;
    uint256 private constant SCD = 0x3c;

    /// @notice Whether an opcode is a load-linked or store-conditional.
    function isRmw(uint256 opcode) internal pure returns (bool) {
        return opcode == LL || opcode == SC || opcode == LLD || opcode == SCD;
    }

    /// @notice Executes a plain load or store.
    function execute(State state, Thread thread, StepProof memory proof, uint256 insn) internal pure {
        unchecked {
            uint256 opcode = insn >> 26;
            uint256 target = (insn >> 16) & 31;
            uint64 addr = thread.register((insn >> 21) & 31) + Alu.extend16(insn);
            uint64 aligned = addr & ~uint64(7);
            uint64 word = proof.load(state, aligned);
            uint64 value = thread.register(target);
            if (opcode < 0x28 || opcode == 0x37) {
                thread.setRegister(target, loaded(opcode, insn, addr, word, value));
            } else {
                proof.store(state, aligned, stored(opcode, insn, addr, word, value));
            }
            thread.advance();
        }
    }

    /// @notice What a load leaves in its register.
    /// @param opcode The operation.
    /// @param insn The whole instruction.
    /// @param addr The address.
    /// @param word The 64 bits of memory around the address.
    /// @param old What was in the register.
    function loaded(uint256 opcode, uint256 insn, uint64 addr, uint64 word, uint64 old) private pure returns (uint64) {
        unchecked {
            if (opcode == 0x37) return word; // ld
            if (opcode == 0x23) return Alu.extend32(part(addr, word, 4)); // lw
            if (opcode == 0x24) return part(addr, word, 1); // lbu
            if (opcode == 0x20) return uint64(int64(int8(uint8(part(addr, word, 1))))); // lb
            if (opcode == 0x21) return Alu.extend16(part(addr, word, 2)); // lh
            if (opcode == 0x25) return part(addr, word, 2); // lhu
            if (opcode == 0x27) return part(addr, word, 4); // lwu
            if (opcode == 0x1a) {
                // ldl: the bytes from the address to the end of the word become the high ones
                uint64 shift = (addr & 7) << 3;
                return (word << shift) | (old & ~(type(uint64).max << shift));
            }
            if (opcode == 0x1b) {
                // ldr: the bytes from the beginning of the word to the address become the low ones
                uint64 shift = 56 - ((addr & 7) << 3);
                return (word >> shift) | (old & ~(type(uint64).max >> shift));
            }
            uint32 half = uint32(part(addr, word, 4));
            if (opcode == 0x22) {
                // lwl
                uint32 shift = (uint32(addr) & 3) << 3;
                return Alu.extend32((half << shift) | (uint32(old) & ~(type(uint32).max << shift)));
            }
            if (opcode == 0x26) {
                // lwr: the upper half of the register changes only when bit 31 is loaded
                uint32 shift = 24 - ((uint32(addr) & 3) << 3);
                uint32 low = (half >> shift) | (uint32(old) & ~(type(uint32).max >> shift));
                return shift == 0 ? Alu.extend32(low) : ((old >> 32) << 32) | low;
            }
            revert InvalidInstruction(insn);
        }
    }

    /// @notice What a store makes of the 64 bits of memory around its address.
    /// @param opcode The operation.
    /// @param insn The whole instruction.
    /// @param addr The address.
    /// @param word What was in memory.
    /// @param value What is in the register.
    function stored(uint256 opcode, uint256 insn, uint64 addr, uint64 word, uint64 value)
        private
        pure
        returns (uint64)
    {
        unchecked {
            if (opcode == 0x3f) return value; // sd
            if (opcode == 0x2b) return withPart(addr, word, 4, value); // sw
            if (opcode == 0x28) return withPart(addr, word, 1, value); // sb
            if (opcode == 0x29) return withPart(addr, word, 2, value); // sh
            if (opcode == 0x2c) {
                // sdl
                uint64 shift = (addr & 7) << 3;
                return (value >> shift) | (word & ~(type(uint64).max >> shift));
            }
            if (opcode == 0x2d) {
                // sdr
                uint64 shift = 56 - ((addr & 7) << 3);
                return (value << shift) | (word & ~(type(uint64).max << shift));
            }
            uint32 half = uint32(part(addr, word, 4));
            if (opcode == 0x2a) {
                // swl
                uint32 shift = (uint32(addr) & 3) << 3;
                return withPart(addr, word, 4, (uint32(value) >> shift) | (half & ~(type(uint32).max >> shift)));
            }
            if (opcode == 0x2e) {
                // swr
                uint32 shift = 24 - ((uint32(addr) & 3) << 3);
                return withPart(addr, word, 4, (uint32(value) << shift) | (half & ~(type(uint32).max << shift)));
            }
            revert InvalidInstruction(insn);
        }
    }

    /// @notice Executes a load-linked or store-conditional: the two halves of an atomic update. The second succeeds
    ///         if the first was of the same width, on the same address and by the same thread, and if no store to the
    ///         word came between.
    function executeRmw(State state, Thread thread, StepProof memory proof, uint256 insn) internal pure {
        unchecked {
            uint256 opcode = insn >> 26;
            uint256 target = (insn >> 16) & 31;
            uint64 addr = thread.register((insn >> 21) & 31) + Alu.extend16(insn);
            uint64 aligned = addr & ~uint64(7);
            bool wide = opcode == LLD || opcode == SCD;
            uint256 status = wide ? 2 : 1;
            uint64 result;
            if (opcode == LL || opcode == LLD) {
                uint64 word = proof.load(state, aligned);
                result = wide ? word : Alu.extend32(part(addr, word, 4));
                state.reserve(status, addr, thread.id());
            } else if (opcode == SC || opcode == SCD) {
                if (state.isReserved(status, addr, thread.id())) {
                    uint64 word = proof.load(state, aligned);
                    uint64 value = thread.register(target);
                    proof.store(state, aligned, wide ? value : withPart(addr, word, 4, value));
                    result = 1;
                }
            } else {
                revert InvalidRMWInstruction();
            }
            thread.setRegister(target, result);
            thread.advance();
        }
    }

    /// @notice How many bytes a system call transfers at most: up to the end of the 64-bit word.
    /// @param addr Where it begins.
    /// @param count How many are asked for.
    function limit(uint64 addr, uint64 count) internal pure returns (uint64) {
        unchecked {
            uint64 room = 8 - (addr & 7);
            return count < room ? count : room;
        }
    }

    /// @notice The bits of a 64-bit word that a transfer covers.
    /// @param addr Where it begins.
    /// @param count How many bytes, within `limit`.
    function span(uint64 addr, uint64 count) internal pure returns (uint64) {
        unchecked {
            return uint64(((1 << (8 * uint256(count))) - 1) << (8 * (8 - (addr & 7) - count)));
        }
    }

    /// @notice Replaces some bytes of the word that was loaded last.
    /// @param state The state.
    /// @param proof The proof.
    /// @param addr Where to begin.
    /// @param count How many bytes, within `limit`.
    /// @param source A word with the new bytes in their place.
    function storeBytes(State state, StepProof memory proof, uint64 addr, uint64 count, uint64 source) internal pure {
        uint64 mask = span(addr, count);
        addr &= ~uint64(7);
        proof.store(state, addr, (Branch.word(proof.branch, addr) & ~mask) | (source & mask));
    }

    /// @notice The naturally aligned part of a word that holds an address.
    /// @param addr The address.
    /// @param word The 64 bits of memory around it.
    /// @param size The size of the part in bytes: 1, 2 or 4.
    function part(uint64 addr, uint64 word, uint256 size) internal pure returns (uint64) {
        unchecked {
            return uint64((word >> partShift(addr, size)) & ((1 << (8 * size)) - 1));
        }
    }

    /// @notice A word with the part that holds an address replaced.
    function withPart(uint64 addr, uint64 word, uint256 size, uint64 value) private pure returns (uint64) {
        unchecked {
            uint256 shift = partShift(addr, size);
            uint256 mask = (1 << (8 * size)) - 1;
            return uint64((word & ~(mask << shift)) | ((value & mask) << shift));
        }
    }

    /// @notice How many bits are below the part of a word that holds an address.
    function partShift(uint64 addr, uint256 size) private pure returns (uint256) {
        unchecked {
            return (8 - size - (addr & (8 - size))) << 3;
        }
    }
}
