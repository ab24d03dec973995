// SPDX-License-Identifier: MIT
pragma solidity ^0.8.22;

import {Thread} from "src/vm/lib/Thread.sol";
import {DivisionByZero, InvalidInstruction} from "src/vm/lib/VmErrors.sol";

/// @title Alu
/// @notice Integer arithmetic of the VM. Numbers of 32 bits are kept sign-extended to 64; nothing traps on overflow.
library Alu {
    /// @notice Sign-extends the low 32 bits.
    function extend32(uint256 value) internal pure returns (uint64) {
        return uint64(int64(int32(uint32(value))));
    }

    /// @notice Sign-extends the low 16 bits.
    function extend16(uint256 value) internal pure returns (uint64) {
        return uint64(int64(int16(uint16(value))));
    }

    /// @notice What an instruction of the SPECIAL group computes from two registers.
    /// @param fun Its function field, which also stands for the matching instruction with an immediate.
    /// @param insn The whole instruction.
    /// @param rs The first operand.
    /// @param rt The second operand.
    function special(uint256 fun, uint256 insn, uint64 rs, uint64 rt) internal pure returns (uint64) {
        unchecked {
            if (fun >= 0x20 && fun < 0x30) return arithmetic(fun, insn, rs, rt);
            uint64 amount = uint64(insn >> 6) & 31;
            if (fun < 8) return shift32(fun, insn, fun < 4 ? amount : rs & 31, rt);
            if (fun == 0x0f) return rs; // sync
            if (fun == 0x38) return rt << amount; // dsll
            if (fun == 0x3a) return rt >> amount; // dsrl
            if (fun == 0x3b) return uint64(int64(rt) >> amount); // dsra
            if (fun == 0x3c) return rt << (amount + 32); // dsll32
            if (fun == 0x3e) return rt >> (amount + 32); // dsrl32
            if (fun == 0x3f) return uint64(int64(rt) >> (amount + 32)); // dsra32
            revert InvalidInstruction(insn);
        }
    }

    /// @notice Addition, subtraction, logic and comparison.
    function arithmetic(uint256 fun, uint256 insn, uint64 rs, uint64 rt) private pure returns (uint64) {
        unchecked {
            if (fun == 0x21 || fun == 0x20) return extend32(rs + rt); // addu, add
            if (fun == 0x2d || fun == 0x2c) return rs + rt; // daddu, dadd
            if (fun == 0x24) return rs & rt; // and
            if (fun == 0x25) return rs | rt; // or
            if (fun == 0x26) return rs ^ rt; // xor
            if (fun == 0x27) return ~(rs | rt); // nor
            if (fun == 0x2a) return int64(rs) < int64(rt) ? 1 : 0; // slt
            if (fun == 0x2b) return rs < rt ? 1 : 0; // sltu
            if (fun == 0x23 || fun == 0x22) return extend32(rs - rt); // subu, sub
            if (fun == 0x2f || fun == 0x2e) return rs - rt; // dsubu, dsub
            revert InvalidInstruction(insn);
        }
    }

    /// @notice Shifts of 32-bit numbers.
    function shift32(uint256 fun, uint256 insn, uint64 amount, uint64 rt) private pure returns (uint64) {
        if (fun == 0 || fun == 4) return extend32(rt << amount); // sll, sllv
        if (fun == 2 || fun == 6) return extend32(uint32(rt) >> amount); // srl, srlv
        if (fun == 3 || fun == 7) return uint64(int64(int32(uint32(rt)) >> amount)); // sra, srav
        revert InvalidInstruction(insn);
    }

    /// @notice What an instruction of the SPECIAL2 group computes.
    /// @param insn The whole instruction.
    /// @param rs The first operand.
    /// @param rt The second operand.
    function special2(uint256 insn, uint64 rs, uint64 rt) internal pure returns (uint64) {
        unchecked {
            uint256 fun = insn & 63;
            if (fun == 0x02) return extend32(uint256(rs) * rt); // mul
            if (fun == 0x20) return leadingZeros(uint32(rs)) - 32; // clz
            if (fun == 0x21) return leadingZeros(uint32(~rs)) - 32; // clo
            if (fun == 0x24) return leadingZeros(rs); // dclz
            if (fun == 0x25) return leadingZeros(~rs); // dclo
            revert InvalidInstruction(insn);
        }
    }

    /// @notice The number of zero bits above the highest bit of a 64-bit number that is set.
    function leadingZeros(uint64 value) private pure returns (uint64 count) {
        unchecked {
            if (value == 0) return 64;
            for (uint64 width = 32; width != 0; width >>= 1) {
                if (value >> (64 - width) == 0) {
                    value <<= width;
                    count += width;
                }
            }
        }
    }

    /// @notice Executes an instruction with function 0x10 to 0x1f: moves from and to the hi and lo registers, 64-bit
    ///         shifts by a register, multiplication and division.
    /// @param thread The thread, whose hi and lo registers may change.
    /// @param insn The whole instruction.
    /// @param rs The first operand.
    /// @param rt The second operand.
    /// @return result What goes into the destination register, also where the instruction has none.
    function hiLo(Thread thread, uint256 insn, uint64 rs, uint64 rt) internal pure returns (uint64 result) {
        unchecked {
            uint256 fun = insn & 63;
            if (fun == 0x10) return thread.hi(); // mfhi
            if (fun == 0x12) return thread.lo(); // mflo
            if (fun == 0x14) return rt << (rs & 63); // dsllv
            if (fun == 0x16) return rt >> (rs & 63); // dsrlv
            if (fun == 0x17) return uint64(int64(rt) >> (rs & 63)); // dsrav
            if (fun == 0x11) thread.setHi(rs); // mthi
            else if (fun == 0x13) thread.setLo(rs); // mtlo
            else if (fun >= 0x18) multiplyDivide(thread, fun, rs, rt);
            else revert InvalidInstruction(insn);
        }
    }

    /// @notice Multiplication and division into the hi and lo registers.
    function multiplyDivide(Thread thread, uint256 fun, uint64 rs, uint64 rt) private pure {
        unchecked {
            bool wide = fun >= 0x1c;
            // Operands as numbers of 256 bits: no product overflows, nor does the quotient of the lowest by -1.
            int256 a = operand(fun, rs);
            int256 b = operand(fun, rt);
            if (fun & 2 == 0) {
                // mult, multu, dmult, dmultu
                uint256 product = uint256(a * b);
                thread.setHi(wide ? uint64(product >> 64) : extend32(product >> 32));
                thread.setLo(wide ? uint64(product) : extend32(product));
            } else {
                // div, divu, ddiv, ddivu
                if (b == 0) revert DivisionByZero();
                uint256 remainder = uint256(a % b);
                uint256 quotient = uint256(a / b);
                thread.setHi(wide ? uint64(remainder) : extend32(remainder));
                thread.setLo(wide ? uint64(quotient) : extend32(quotient));
            }
        }
    }

    /// @notice An operand of a multiplication or division: 32 or 64 bits of a register, signed or not.
    function operand(uint256 fun, uint64 value) private pure returns (int256) {
        bool wide = fun >= 0x1c;
        if (fun & 1 == 0) return wide ? int256(int64(value)) : int256(int32(uint32(value)));
        return int256(wide ? uint256(value) : uint256(uint32(value)));
    }
}
