// SPDX-License-Identifier: MIT
pragma solidity ^0.8.22;

import {MIPS64} from "src/vm/MIPS64.sol";
import {PreimageOracle} from "src/vm/PreimageOracle.sol";
import {Test} from "test/support/Test.sol";

/// A VM state spelled out, with what it takes to encode it and to prove parts of it. Written apart from the libraries
/// under test: nothing of theirs is used here.
abstract contract MipsFixture is Test {
    struct Cpu {
        uint64 id;
        uint8 exitCode;
        uint8 exited;
        uint64 pc;
        uint64 nextPc;
        uint64 lo;
        uint64 hi;
        uint64[32] registers;
    }

    struct Scalars {
        bytes32 preimageKey;
        uint64 preimageOffset;
        uint64 heap;
        uint8 reservation;
        uint64 reservedAddress;
        uint64 reservationOwner;
        uint8 exitCode;
        uint8 exited;
        uint64 step;
        uint64 stepsSinceSwitch;
        uint8 traverseRight;
        uint64 nextThreadId;
    }

    /// A machine whose running thread is on the active stack upon the stack `below`; `waiting` is the other stack.
    struct Machine {
        Scalars scalars;
        Cpu cpu;
        bytes32 below;
        bytes32 waiting;
        uint64[8] addresses;
        uint64[8] words;
        uint256 count;
    }

    bytes32 internal constant EMPTY_STACK = keccak256(new bytes(64));
    bytes32 internal constant NO_CONTEXT = bytes32(0);
    uint256 internal constant DEPTH = 59;

    PreimageOracle internal oracle;
    MIPS64 internal mips;
    bytes32[60] internal zero;

    function setUp() public virtual {
        oracle = new PreimageOracle(126_000, 86_400);
        mips = new MIPS64(oracle, 8);
        for (uint256 i = 0; i < DEPTH; i++) {
            zero[i + 1] = keccak256(abi.encode(zero[i], zero[i]));
        }
    }

    /// A machine with one thread that is about to execute `insn`.
    function machine(uint32 insn) internal pure returns (Machine memory m) {
        m.cpu.pc = 0x1000;
        m.cpu.nextPc = 0x1004;
        m.scalars.step = 41;
        m.scalars.stepsSinceSwitch = 7;
        m.scalars.nextThreadId = 1;
        m.below = EMPTY_STACK;
        m.waiting = EMPTY_STACK;
        set(m, 0x1000, uint64(insn) << 32);
    }

    /// A machine about to make a system call.
    function syscall(uint64 number, uint64 a0, uint64 a1, uint64 a2) internal pure returns (Machine memory m) {
        m = machine(0x0000000c);
        m.cpu.registers[2] = number;
        m.cpu.registers[4] = a0;
        m.cpu.registers[5] = a1;
        m.cpu.registers[6] = a2;
    }

    /// Puts a word into memory.
    function set(Machine memory m, uint64 addr, uint64 word) internal pure {
        for (uint256 i = 0; i < m.count; i++) {
            if (m.addresses[i] == addr) {
                m.words[i] = word;
                return;
            }
        }
        m.addresses[m.count] = addr;
        m.words[m.count] = word;
        m.count++;
    }

    /// What every instruction and every system call that returns does to a machine.
    function advance(Machine memory m) internal pure {
        m.scalars.step++;
        m.scalars.stepsSinceSwitch++;
        m.cpu.pc = m.cpu.nextPc;
        m.cpu.nextPc += 4;
    }

    function encodeCpu(Cpu memory cpu) internal pure returns (bytes memory out) {
        out = abi.encodePacked(cpu.id, cpu.exitCode, cpu.exited, cpu.pc, cpu.nextPc, cpu.lo, cpu.hi);
        for (uint256 i = 0; i < 32; i++) {
            out = bytes.concat(out, bytes8(cpu.registers[i]));
        }
    }

    function push(bytes32 stack, Cpu memory cpu) internal pure returns (bytes32) {
        return keccak256(abi.encode(stack, keccak256(encodeCpu(cpu))));
    }

    function encode(Machine memory m) internal view returns (bytes memory) {
        return encodeWith(m, push(m.below, m.cpu), m.waiting);
    }

    function encodeWith(Machine memory m, bytes32 active, bytes32 waiting) internal view returns (bytes memory) {
        Scalars memory s = m.scalars;
        bytes memory head = abi.encodePacked(node(m, DEPTH, 0), s.preimageKey, s.preimageOffset, s.heap);
        bytes memory middle = abi.encodePacked(
            s.reservation, s.reservedAddress, s.reservationOwner, s.exitCode, s.exited, s.step, s.stepsSinceSwitch
        );
        bytes memory stacks = s.traverseRight == 1
            ? abi.encodePacked(s.traverseRight, waiting, active)
            : abi.encodePacked(s.traverseRight, active, waiting);
        return abi.encodePacked(head, middle, stacks, s.nextThreadId);
    }

    function hashOf(bytes memory witness) internal pure returns (bytes32) {
        uint8 code = uint8(witness[97]);
        uint256 status = witness[98] == 0 ? 3 : code < 2 ? code : 2;
        return bytes32((uint256(keccak256(witness)) & (type(uint256).max >> 8)) | (status << 248));
    }

    function hashOf(Machine memory m) internal view returns (bytes32) {
        return hashOf(encode(m));
    }

    /// A node of the memory tree.
    function node(Machine memory m, uint256 height, uint256 index) internal view returns (bytes32) {
        bool empty = true;
        for (uint256 i = 0; i < m.count; i++) {
            if (uint256(m.addresses[i]) >> (5 + height) == index) empty = false;
        }
        if (empty) return zero[height];
        if (height > 0) {
            return keccak256(abi.encode(node(m, height - 1, 2 * index), node(m, height - 1, 2 * index + 1)));
        }
        uint256 leaf = 0;
        for (uint256 i = 0; i < m.count; i++) {
            uint256 addr = m.addresses[i];
            if (addr >> 5 == index) leaf |= uint256(m.words[i]) << (192 - 8 * (addr & 31));
        }
        return bytes32(leaf);
    }

    /// A branch of the standard form.
    function branch(Machine memory m, uint64 addr) internal view returns (bytes memory out) {
        uint256 index = addr >> 5;
        out = abi.encode(node(m, 0, index));
        for (uint256 height = 0; height < DEPTH; height++) {
            out = bytes.concat(out, node(m, height, (index >> height) ^ 1));
        }
    }

    /// A section of the compact form with the siblings of the lowest heights.
    function section(Machine memory m, uint64 addr, uint256 heights) internal view returns (bytes memory out) {
        uint256 index = addr >> 5;
        uint256 bitmap = 0;
        for (uint256 height = 0; height < heights; height++) {
            bytes32 sibling = node(m, height, (index >> height) ^ 1);
            if (sibling == zero[height]) continue;
            bitmap |= 1 << height;
            out = bytes.concat(out, sibling);
        }
        out = bytes.concat(bytes8(uint64(bitmap)), node(m, 0, index), out);
    }

    /// Where the paths to two addresses in different leaves meet.
    function meeting(uint64 a, uint64 b) internal pure returns (uint256 height) {
        for (uint64 difference = (a ^ b) >> 6; difference != 0; difference >>= 1) {
            height++;
        }
    }

    function threadProof(Machine memory m) internal pure returns (bytes memory) {
        return bytes.concat(encodeCpu(m.cpu), m.below);
    }

    /// The proof of a step that accesses no memory but its instruction.
    function proof(Machine memory m) internal view returns (bytes memory) {
        return bytes.concat(threadProof(m), branch(m, m.cpu.pc));
    }

    /// The proof of a step that accesses the word at `addr`.
    function proof(Machine memory m, uint64 addr) internal view returns (bytes memory) {
        return bytes.concat(proof(m), branch(m, addr));
    }

    /// The compact proof of a step that accesses no memory but its instruction.
    function compact(Machine memory m) internal view returns (bytes memory) {
        bytes memory head =
            m.below == EMPTY_STACK ? bytes.concat(hex"00", encodeCpu(m.cpu)) : bytes.concat(hex"01", threadProof(m));
        return bytes.concat(head, section(m, m.cpu.pc, DEPTH));
    }

    /// The compact proof of a step that accesses the word at `addr`.
    function compact(Machine memory m, uint64 addr) internal view returns (bytes memory) {
        if (addr >> 5 == m.cpu.pc >> 5) return compact(m);
        return bytes.concat(compact(m), section(m, addr, meeting(m.cpu.pc, addr)));
    }

    function step(Machine memory m, bytes memory proof_) internal view returns (bytes32) {
        return mips.step(encode(m), proof_, NO_CONTEXT);
    }
}
