// SPDX-License-Identifier: MIT
pragma solidity ^0.8.22;

import {Alu} from "src/vm/lib/Alu.sol";
import {LoadStore} from "src/vm/lib/LoadStore.sol";
import {State} from "src/vm/lib/State.sol";
import {StepProof} from "src/vm/lib/StepProof.sol";
import {Thread, ThreadLib} from "src/vm/lib/Thread.sol";
import {BranchInDelaySlot, InvalidInstruction, JumpInDelaySlot} from "src/vm/lib/VmErrors.sol";

/// @title Instructions
/// @notice Every instruction of the VM but the system call.
/// @dev Fields of an instruction, from the top: opcode (6 bits), rs, rt, rd, shift amount (5 each), function (6); the
///      lower half is an immediate or offset of some formats, and 26 bits a target in that of jumps.
library Instructions {
    /// @notice Executes an instruction.
    /// @param state The state.
    /// @param thread The thread that runs, whose program counters move on.
    /// @param proof The proof, for the memory that the instruction accesses.
    /// @param insn The instruction.
    function execute(State state, Thread thread, StepProof memory proof, uint256 insn) internal pure {
        uint256 opcode = insn >> 26;
        if (opcode == 0) {
            executeSpecial(thread, insn);
        } else if (opcode == 0x02 || opcode == 0x03) {
            // j, jal: the target is in the 256 MiB region of the delay slot
            uint64 target = (thread.nextPc() & ~uint64(0x0fffffff)) | uint64((insn & 0x03ffffff) << 2);
            jump(thread, opcode == 0x03 ? ThreadLib.RA : 0, target);
        } else if (opcode < 0x08) {
            branch(thread, insn);
        } else if (LoadStore.isRmw(opcode)) {
            LoadStore.executeRmw(state, thread, proof, insn);
        } else if (opcode >= 0x20 || opcode == 0x1a || opcode == 0x1b) {
            LoadStore.execute(state, thread, proof, insn);
        } else if (opcode == 0x1c) {
            uint64 rt = thread.register((insn >> 16) & 31);
            thread.setRegister((insn >> 11) & 31, Alu.special2(insn, thread.register((insn >> 21) & 31), rt));
            thread.advance();
        } else {
            uint64 result = immediate(insn, thread.register((insn >> 21) & 31));
            thread.setRegister((insn >> 16) & 31, result);
            thread.advance();
        }
    }

    /// @notice Executes an instruction of the SPECIAL group.
    function executeSpecial(Thread thread, uint256 insn) private pure {
        uint256 fun = insn & 63;
        uint64 rs = thread.register((insn >> 21) & 31);
        uint64 rt = thread.register((insn >> 16) & 31);
        uint256 rd = (insn >> 11) & 31;
        if (fun == 0x08 || fun == 0x09) {
            // jr, jalr
            jump(thread, fun == 0x09 ? rd : 0, rs);
            return;
        }
        if (fun == 0x0a || fun == 0x0b) {
            // movz, movn
            if ((rt == 0) == (fun == 0x0a)) thread.setRegister(rd, rs);
        } else if (fun >= 0x10 && fun < 0x20) {
            thread.setRegister(rd, Alu.hiLo(thread, insn, rs, rt));
        } else {
            thread.setRegister(rd, Alu.special(fun, insn, rs, rt));
        }
        thread.advance();
    }

    /// @notice What an instruction with a register and an immediate operand computes.
    function immediate(uint256 insn, uint64 rs) private pure returns (uint64) {
        uint256 opcode = insn >> 26;
        uint64 extended = Alu.extend16(insn);
        if (opcode == 0x09 || opcode == 0x08) return Alu.special(0x21, insn, rs, extended); // addiu, addi
        if (opcode == 0x19 || opcode == 0x18) return Alu.special(0x2d, insn, rs, extended); // daddiu, daddi
        if (opcode == 0x0a) return Alu.special(0x2a, insn, rs, extended); // slti
        if (opcode == 0x0b) return Alu.special(0x2b, insn, rs, extended); // sltiu
        if (opcode == 0x0c) return rs & uint64(insn & 0xffff); // andi
        if (opcode == 0x0d) return rs | uint64(insn & 0xffff); // ori
        if (opcode == 0x0e) return rs ^ uint64(insn & 0xffff); // xori
        if (opcode == 0x0f) return Alu.extend32(insn << 16); // lui
        revert InvalidInstruction(insn);
    }

    /// @notice Goes to an address after the instruction in the delay slot.
    /// @param thread The thread.
    /// @param link The register that gets the address after the delay slot, 0 for none.
    /// @param target Where to go.
    function jump(Thread thread, uint256 link, uint64 target) private pure {
        unchecked {
            uint64 pc = thread.pc();
            uint64 next = thread.nextPc();
            if (next != pc + 4) revert JumpInDelaySlot();
            thread.setRegister(link, pc + 8);
            thread.setPcs(next, target);
        }
    }

    /// @notice Executes a branch: a jump relative to the delay slot if a condition holds.
    /// @dev A REGIMM instruction with an unknown condition is a branch that is never taken.
    function branch(Thread thread, uint256 insn) private pure {
        unchecked {
            uint64 pc = thread.pc();
            uint64 next = thread.nextPc();
            if (next != pc + 4) revert BranchInDelaySlot();
            uint256 opcode = insn >> 26;
            uint256 selector = (insn >> 16) & 31;
            uint64 rs = thread.register((insn >> 21) & 31);
            bool taken;
            if (opcode == 0x01) {
                if (selector & 0x0f == 0) taken = int64(rs) < 0; // bltz, bltzal
                if (selector & 0x0f == 1) taken = int64(rs) >= 0; // bgez, bgezal
                // The link is set whether or not the branch is taken.
                if (selector == 0x10 || selector == 0x11) thread.setRegister(ThreadLib.RA, pc + 8);
            } else if (opcode < 0x06) {
                taken = (rs == thread.register(selector)) == (opcode == 0x04); // beq, bne
            } else {
                taken = (int64(rs) <= 0) == (opcode == 0x06); // blez, bgtz
            }
            thread.setPcs(next, taken ? next + (Alu.extend16(insn) << 2) : next + 4);
        }
    }
}
