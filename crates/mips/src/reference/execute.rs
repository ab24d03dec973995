//! Dispatch of everything but system calls and load-linked, store-conditional.

use endgame_vm::Words;

use super::{Step, alu, memory, on_store};
use crate::{Instruction, State, Thread, VmError};

/// Executes `insn`, which the active thread's program counter points to.
pub(super) fn execute<M: Words>(state: &mut State<M>, insn: Instruction) -> Result<Step, VmError> {
    let thread = if state.traverse_right {
        state.right.last_mut()
    } else {
        state.left.last_mut()
    };
    let thread = thread.ok_or(VmError::NoThread)?;
    match insn.opcode() {
        0x00 => special(thread, insn)?,
        0x01 => branch_on_sign(thread, insn)?,
        0x02 => {
            let target = insn.jump_target(thread.next_pc);
            jump(thread, target, 0)?;
        }
        0x03 => {
            let target = insn.jump_target(thread.next_pc);
            jump(thread, target, 31)?;
        }
        0x04..=0x07 => branch(thread, insn)?,
        0x08..=0x0f | 0x18 | 0x19 => {
            let value = alu::immediate(insn, thread.register(insn.rs()));
            write(thread, insn.rt(), value);
        }
        0x1c => {
            let (rs, rt) = (thread.register(insn.rs()), thread.register(insn.rt()));
            let value = alu::special2(insn, rs, rt).ok_or_else(|| invalid(thread, insn))?;
            write(thread, insn.rd(), value);
        }
        0x1a | 0x1b | 0x20..=0x27 | 0x37 => {
            let address = thread.register(insn.rs()).wrapping_add(insn.signed());
            let word = state.memory.word(address);
            let value = memory::load(insn.opcode(), address, word, thread.register(insn.rt()))
                .ok_or_else(|| invalid(thread, insn))?;
            write(thread, insn.rt(), value);
            return Ok(access(address));
        }
        0x28..=0x2e | 0x3f => {
            let address = thread.register(insn.rs()).wrapping_add(insn.signed());
            let word = state.memory.word(address);
            let value = memory::store(insn.opcode(), address, word, thread.register(insn.rt()))
                .ok_or_else(|| invalid(thread, insn))?;
            thread.advance();
            state.memory.set_word(address, value);
            on_store(state, address);
            return Ok(access(address));
        }
        _ => return Err(invalid(thread, insn)),
    }
    Ok(Step::default())
}

/// A step that accessed the word at `address`.
pub(super) fn access(address: u64) -> Step {
    Step {
        access: Some(address & !7),
        ..Step::default()
    }
}

const fn invalid(thread: &Thread, insn: Instruction) -> VmError {
    VmError::InvalidInstruction {
        pc: thread.pc,
        word: insn.0,
    }
}

/// Writes a result and goes on.
fn write(thread: &mut Thread, register: usize, value: u64) {
    thread.set_register(register, value);
    thread.advance();
}

/// Opcode 0: register to register.
fn special(thread: &mut Thread, insn: Instruction) -> Result<(), VmError> {
    let (rs, rt) = (thread.register(insn.rs()), thread.register(insn.rt()));
    match insn.function() {
        0x08 => return jump(thread, rs, 0),
        0x09 => return jump(thread, rs, insn.rd()),
        0x0a if rt != 0 => thread.advance(),
        0x0b if rt == 0 => thread.advance(),
        // movz, movn, and sync, which copies as well
        0x0a | 0x0b | 0x0f => write(thread, insn.rd(), rs),
        // A write to HI or LO clears the register that the instruction names as target.
        0x10 => write(thread, insn.rd(), thread.hi),
        0x11 => {
            thread.hi = rs;
            write(thread, insn.rd(), 0);
        }
        0x12 => write(thread, insn.rd(), thread.lo),
        0x13 => {
            thread.lo = rs;
            write(thread, insn.rd(), 0);
        }
        0x18..=0x1f => {
            let (hi, lo) = alu::multiply_divide(insn.function(), rs, rt)
                .ok_or(VmError::DivisionByZero { pc: thread.pc })?;
            (thread.hi, thread.lo) = (hi, lo);
            write(thread, insn.rd(), 0);
        }
        _ => {
            let value = alu::special(insn, rs, rt).ok_or_else(|| invalid(thread, insn))?;
            write(thread, insn.rd(), value);
        }
    }
    Ok(())
}

/// Goes to `target` after the delay slot; register `link` gets the address after the slot.
fn jump(thread: &mut Thread, target: u64, link: usize) -> Result<(), VmError> {
    not_in_delay_slot(thread)?;
    thread.set_register(link, thread.pc.wrapping_add(8));
    thread.pc = thread.next_pc;
    thread.next_pc = target;
    Ok(())
}

/// beq, bne, blez, bgtz.
fn branch(thread: &mut Thread, insn: Instruction) -> Result<(), VmError> {
    let (rs, rt) = (thread.register(insn.rs()), thread.register(insn.rt()));
    let taken = match insn.opcode() {
        0x04 => rs == rt,
        0x05 => rs != rt,
        0x06 => rs as i64 <= 0,
        _ => rs as i64 > 0,
    };
    branch_if(thread, insn, taken)
}

/// bltz, bgez and their linking forms, which link whether they are taken or not. An unknown kind
/// is a branch that is never taken.
fn branch_on_sign(thread: &mut Thread, insn: Instruction) -> Result<(), VmError> {
    let rs = thread.register(insn.rs()) as i64;
    let taken = match insn.rt() {
        0x00 | 0x10 => rs < 0,
        0x01 | 0x11 => rs >= 0,
        _ => false,
    };
    let after_slot = thread.pc.wrapping_add(8);
    branch_if(thread, insn, taken)?;
    if matches!(insn.rt(), 0x10 | 0x11) {
        thread.set_register(31, after_slot);
    }
    Ok(())
}

fn branch_if(thread: &mut Thread, insn: Instruction, taken: bool) -> Result<(), VmError> {
    not_in_delay_slot(thread)?;
    let target = insn.branch_target(thread.pc);
    thread.advance();
    if taken {
        thread.next_pc = target;
    }
    Ok(())
}

const fn not_in_delay_slot(thread: &Thread) -> Result<(), VmError> {
    if thread.next_pc == thread.pc.wrapping_add(4) {
        Ok(())
    } else {
        Err(VmError::BranchInDelaySlot { pc: thread.pc })
    }
}
