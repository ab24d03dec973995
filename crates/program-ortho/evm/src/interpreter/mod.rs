//! The interpreter: one loop over the code of one frame.

mod accounts;
mod calls;
mod creates;
mod data;
mod logs;
mod machine;
mod memory;
mod storage;

use endgame_ortho_primitives::{Word, meter};

use crate::{
    Code, Database, Evm, Halt,
    error::Stop,
    frame::{Exit, Frame},
    gas, opcode as op,
};
pub(crate) use creates::create_address;
use machine::Machine;

impl<D: Database> Evm<D> {
    /// Runs a frame's code from where it stands until it ends or waits.
    pub(crate) fn interpret(&mut self, frame: &mut Frame) -> Result<Exit, Stop<D::Error>> {
        let code = frame.code.clone();
        let bytes = code.padded();
        let context = &mut frame.context;
        let mut pc = frame.pc;
        let mut machine = Machine {
            words: &mut frame.words,
            height: frame.height,
            gas: frame.gas,
        };

        // Rare or long instructions are functions of their own. They get a copy of the machine:
        // if the original's address went to a function, its fields could not stay in registers.
        macro_rules! apart {
            ($method:ident $(, $argument:expr)*) => {{
                let mut copy = Machine {
                    words: machine.words,
                    height: machine.height,
                    gas: machine.gas,
                };
                let result = self.$method(context, &mut copy $(, $argument)*)?;
                (machine.height, machine.gas) = (copy.height, copy.gas);
                result
            }};
        }
        // Leaves the loop for a call or creation, if one is to be made.
        macro_rules! wait {
            ($request:expr, $exit:path) => {
                if let Some(request) = $request {
                    (frame.pc, frame.height, frame.gas) = (pc, machine.height, machine.gas);
                    return Ok($exit(request));
                }
            };
        }
        macro_rules! finish {
            ($exit:path, $output:expr) => {{
                let output = $output;
                frame.gas = machine.gas;
                return Ok($exit(output));
            }};
        }
        macro_rules! needs {
            ($flag:ident, $op:expr) => {
                if !self.rules.$flag {
                    return Err(Halt::InvalidOpcode($op).into());
                }
            };
        }

        loop {
            let Some(&instruction) = bytes.get(pc) else {
                finish!(Exit::Return, 0..0);
            };
            pc += 1;
            meter::work(1);
            match instruction {
                op::STOP => finish!(Exit::Return, 0..0),
                op::ADD => machine.binary(gas::VERY_LOW, |a, b| a.wrapping_add(*b))?,
                op::MUL => machine.binary(gas::LOW, |a, b| a.wrapping_mul(*b))?,
                op::SUB => machine.binary(gas::VERY_LOW, |a, b| a.wrapping_sub(*b))?,
                op::DIV => machine.binary(gas::LOW, Word::div_or_zero)?,
                op::SDIV => machine.binary(gas::LOW, Word::sdiv)?,
                op::MOD => machine.binary(gas::LOW, Word::rem_or_zero)?,
                op::SMOD => machine.binary(gas::LOW, Word::smod)?,
                op::ADDMOD => machine.ternary(gas::MID, Word::add_mod)?,
                op::MULMOD => machine.ternary(gas::MID, Word::mul_mod)?,
                op::EXP => {
                    machine.require(2)?;
                    let [exponent, ..] = machine.window(2);
                    let bytes = u64::from(exponent.byte_len());
                    let price = gas::EXPONENTIATION + gas::EXPONENTIATION_PER_BYTE * bytes;
                    machine.binary(price, |base, exponent| base.pow(*exponent))?;
                }
                op::SIGNEXTEND => machine.binary(gas::LOW, |byte, word| word.sign_extend(*byte))?,
                op::LT => machine.binary(gas::VERY_LOW, |a, b| (a < b).into())?,
                op::GT => machine.binary(gas::VERY_LOW, |a, b| (a > b).into())?,
                op::SLT => machine.binary(gas::VERY_LOW, |a, b| a.signed_cmp(*b).is_lt().into())?,
                op::SGT => machine.binary(gas::VERY_LOW, |a, b| a.signed_cmp(*b).is_gt().into())?,
                op::EQ => machine.binary(gas::VERY_LOW, |a, b| (a == b).into())?,
                op::ISZERO => machine.unary(gas::VERY_LOW, |a| a.is_zero().into())?,
                op::AND => machine.binary(gas::VERY_LOW, |a, b| *a & *b)?,
                op::OR => machine.binary(gas::VERY_LOW, |a, b| *a | *b)?,
                op::XOR => machine.binary(gas::VERY_LOW, |a, b| *a ^ *b)?,
                op::NOT => machine.unary(gas::VERY_LOW, |a| !a)?,
                op::BYTE => machine.binary(gas::VERY_LOW, |index, word| word.byte(*index))?,
                op::SHL => machine.binary(gas::VERY_LOW, |shift, word| word.shift_left(*shift))?,
                op::SHR => machine.binary(gas::VERY_LOW, |shift, word| word.shift_right(*shift))?,
                op::SAR => {
                    machine.binary(gas::VERY_LOW, |shift, word| word.shift_right_signed(*shift))?;
                }
                op::CLZ => {
                    needs!(clz, instruction);
                    machine.unary(gas::LOW, |a| u64::from(a.leading_zeros()).into())?;
                }
                op::KECCAK256 => apart!(keccak256),

                op::ADDRESS => machine.constant(gas::BASE, context.address.to_word())?,
                op::BALANCE => apart!(balance),
                op::ORIGIN => machine.constant(gas::BASE, self.transaction.origin.to_word())?,
                op::CALLER => machine.constant(gas::BASE, context.caller.to_word())?,
                op::CALLVALUE => machine.constant(gas::BASE, context.value)?,
                op::CALLDATALOAD => {
                    let input = self.memory.slice(context.input.clone());
                    machine.unary(gas::VERY_LOW, |at| data::word(input, at))?;
                }
                op::CALLDATASIZE => {
                    machine.constant(gas::BASE, context.input.len() as u64)?;
                }
                op::CALLDATACOPY => apart!(call_data_copy),
                op::CODESIZE => machine.constant(gas::BASE, code.len() as u64)?,
                op::CODECOPY => apart!(code_copy, code.bytes()),
                op::GASPRICE => machine.constant(gas::BASE, self.transaction.gas_price)?,
                op::EXTCODESIZE => apart!(ext_code_size),
                op::EXTCODECOPY => apart!(ext_code_copy),
                op::RETURNDATASIZE => {
                    machine.constant(gas::BASE, self.return_data.len() as u64)?;
                }
                op::RETURNDATACOPY => apart!(return_data_copy),
                op::EXTCODEHASH => apart!(ext_code_hash),
                op::BLOCKHASH => apart!(block_hash),
                op::COINBASE => machine.constant(gas::BASE, self.block.beneficiary.to_word())?,
                op::TIMESTAMP => machine.constant(gas::BASE, self.block.timestamp)?,
                op::NUMBER => machine.constant(gas::BASE, self.block.number)?,
                op::PREVRANDAO => machine.constant(gas::BASE, self.block.prev_randao.to_word())?,
                op::GASLIMIT => machine.constant(gas::BASE, self.block.gas_limit)?,
                op::CHAINID => machine.constant(gas::BASE, self.block.chain_id)?,
                op::SELFBALANCE => {
                    machine.constant(gas::LOW, self.state.account(context.id).balance)?;
                }
                op::BASEFEE => machine.constant(gas::BASE, self.block.base_fee)?,
                op::BLOBHASH => {
                    needs!(blob_opcodes, instruction);
                    machine.unary(gas::VERY_LOW, |at| {
                        let at = usize::try_from(at.saturating_u64()).unwrap_or(usize::MAX);
                        let hash = self.transaction.blob_hashes.get(at);
                        hash.map_or(Word::ZERO, |hash| hash.to_word())
                    })?;
                }
                op::BLOBBASEFEE => {
                    needs!(blob_opcodes, instruction);
                    machine.constant(gas::BASE, self.block.blob_base_fee)?;
                }

                op::POP => {
                    machine.charge(gas::BASE)?;
                    machine.require(1)?;
                    machine.height -= 1;
                }
                op::MLOAD => {
                    machine.charge(gas::VERY_LOW)?;
                    machine.require(1)?;
                    let offset = *machine.top();
                    let at = if let Some(at) = context.memory.word_at(offset) {
                        at
                    } else {
                        apart!(expand_word, offset)
                    };
                    *machine.top() = self.memory.word(at);
                }
                op::MSTORE => {
                    machine.charge(gas::VERY_LOW)?;
                    machine.require(2)?;
                    let &mut [word, offset, ..] = machine.window(2);
                    machine.height -= 2;
                    let at = if let Some(at) = context.memory.word_at(offset) {
                        at
                    } else {
                        apart!(expand_word, offset)
                    };
                    self.memory.set_word(at, word);
                }
                op::MSTORE8 => apart!(memory_store_byte),
                op::SLOAD => {
                    machine.require(1)?;
                    let key = *machine.top();
                    let value = if let Some(slot) = self.state.warm_slot(context.id, key) {
                        machine.charge(gas::WARM_ACCESS)?;
                        slot.current
                    } else {
                        apart!(cold_sload, key)
                    };
                    *machine.top() = value;
                }
                op::SSTORE => apart!(sstore),
                op::JUMP => {
                    machine.charge(gas::MID)?;
                    machine.require(1)?;
                    let &mut [target, ..] = machine.window(1);
                    machine.height -= 1;
                    pc = jump(&code, target)?;
                    // The destination is an instruction of its own, which only costs.
                    machine.charge(gas::JUMPDEST)?;
                }
                op::JUMPI => {
                    machine.charge(gas::HIGH)?;
                    machine.require(2)?;
                    let &mut [condition, target, ..] = machine.window(2);
                    machine.height -= 2;
                    if !condition.is_zero() {
                        pc = jump(&code, target)?;
                        machine.charge(gas::JUMPDEST)?;
                    }
                }
                op::PC => machine.constant(gas::BASE, pc as u64 - 1)?,
                op::MSIZE => machine.constant(gas::BASE, context.memory.size as u64)?,
                op::GAS => {
                    machine.charge(gas::BASE)?;
                    machine.push(Word::from(machine.gas))?;
                }
                op::JUMPDEST => machine.charge(gas::JUMPDEST)?,
                op::TLOAD => {
                    needs!(transient_storage, instruction);
                    let id = context.id;
                    machine.unary(gas::WARM_ACCESS, |slot| self.state.transient(id, slot))?;
                }
                op::TSTORE => {
                    needs!(transient_storage, instruction);
                    machine.charge(gas::WARM_ACCESS)?;
                    machine.require(2)?;
                    let &mut [value, slot, ..] = machine.window(2);
                    machine.height -= 2;
                    if context.is_static {
                        return Err(Halt::WriteInStaticContext.into());
                    }
                    self.state.set_transient(context.id, slot, value);
                }
                op::MCOPY => {
                    needs!(mcopy, instruction);
                    apart!(memory_copy);
                }
                op::PUSH0 => {
                    needs!(push0, instruction);
                    machine.constant(gas::BASE, Word::ZERO)?;
                }
                0x60 => machine.push_small::<1>(bytes, &mut pc)?,
                0x61 => machine.push_small::<2>(bytes, &mut pc)?,
                0x62 => machine.push_small::<3>(bytes, &mut pc)?,
                0x63 => machine.push_small::<4>(bytes, &mut pc)?,
                0x64 => machine.push_small::<5>(bytes, &mut pc)?,
                0x65 => machine.push_small::<6>(bytes, &mut pc)?,
                0x66 => machine.push_small::<7>(bytes, &mut pc)?,
                0x67 => machine.push_small::<8>(bytes, &mut pc)?,
                0x68 => machine.push_data::<9>(bytes, &mut pc)?,
                0x69 => machine.push_data::<10>(bytes, &mut pc)?,
                0x6a => machine.push_data::<11>(bytes, &mut pc)?,
                0x6b => machine.push_data::<12>(bytes, &mut pc)?,
                0x6c => machine.push_data::<13>(bytes, &mut pc)?,
                0x6d => machine.push_data::<14>(bytes, &mut pc)?,
                0x6e => machine.push_data::<15>(bytes, &mut pc)?,
                0x6f => machine.push_data::<16>(bytes, &mut pc)?,
                0x70 => machine.push_data::<17>(bytes, &mut pc)?,
                0x71 => machine.push_data::<18>(bytes, &mut pc)?,
                0x72 => machine.push_data::<19>(bytes, &mut pc)?,
                0x73 => machine.push_data::<20>(bytes, &mut pc)?,
                0x74 => machine.push_data::<21>(bytes, &mut pc)?,
                0x75 => machine.push_data::<22>(bytes, &mut pc)?,
                0x76 => machine.push_data::<23>(bytes, &mut pc)?,
                0x77 => machine.push_data::<24>(bytes, &mut pc)?,
                0x78 => machine.push_data::<25>(bytes, &mut pc)?,
                0x79 => machine.push_data::<26>(bytes, &mut pc)?,
                0x7a => machine.push_data::<27>(bytes, &mut pc)?,
                0x7b => machine.push_data::<28>(bytes, &mut pc)?,
                0x7c => machine.push_data::<29>(bytes, &mut pc)?,
                0x7d => machine.push_data::<30>(bytes, &mut pc)?,
                0x7e => machine.push_data::<31>(bytes, &mut pc)?,
                0x7f => machine.push_data::<32>(bytes, &mut pc)?,
                0x80 => machine.dup(1)?,
                0x81 => machine.dup(2)?,
                0x82 => machine.dup(3)?,
                0x83 => machine.dup(4)?,
                0x84 => machine.dup(5)?,
                0x85 => machine.dup(6)?,
                0x86 => machine.dup(7)?,
                0x87 => machine.dup(8)?,
                0x88 => machine.dup(9)?,
                0x89 => machine.dup(10)?,
                0x8a => machine.dup(11)?,
                0x8b => machine.dup(12)?,
                0x8c => machine.dup(13)?,
                0x8d => machine.dup(14)?,
                0x8e => machine.dup(15)?,
                0x8f => machine.dup(16)?,
                0x90 => machine.swap(1)?,
                0x91 => machine.swap(2)?,
                0x92 => machine.swap(3)?,
                0x93 => machine.swap(4)?,
                0x94 => machine.swap(5)?,
                0x95 => machine.swap(6)?,
                0x96 => machine.swap(7)?,
                0x97 => machine.swap(8)?,
                0x98 => machine.swap(9)?,
                0x99 => machine.swap(10)?,
                0x9a => machine.swap(11)?,
                0x9b => machine.swap(12)?,
                0x9c => machine.swap(13)?,
                0x9d => machine.swap(14)?,
                0x9e => machine.swap(15)?,
                0x9f => machine.swap(16)?,
                op::LOG0..=op::LOG4 => apart!(log, usize::from(instruction - op::LOG0)),
                op::CREATE => wait!(apart!(create, false), Exit::Create),
                op::CALL => wait!(apart!(call), Exit::Call),
                op::CALLCODE => wait!(apart!(call_code), Exit::Call),
                op::RETURN => finish!(Exit::Return, apart!(output)),
                op::DELEGATECALL => wait!(apart!(delegate_call), Exit::Call),
                op::CREATE2 => wait!(apart!(create, true), Exit::Create),
                op::STATICCALL => wait!(apart!(static_call), Exit::Call),
                op::REVERT => finish!(Exit::Revert, apart!(output)),
                op::SELFDESTRUCT => {
                    apart!(self_destruct);
                    finish!(Exit::Return, 0..0)
                }
                other => return Err(Halt::InvalidOpcode(other).into()),
            }
        }
    }
}

/// The program counter after a jump to `target`'s JUMPDEST.
#[inline]
fn jump(code: &Code, target: Word) -> Result<usize, Halt> {
    let target = usize::try_from(target.saturating_u64()).unwrap_or(usize::MAX);
    if code.is_jump_destination(target) {
        Ok(target + 1)
    } else {
        Err(Halt::InvalidJump)
    }
}
