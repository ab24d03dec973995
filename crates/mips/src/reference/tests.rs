use endgame_preimage::{KeyType, OracleError, PreimageKey, PreimageOracle};
use endgame_vm::Memory;
use std::sync::Mutex;

use super::*;
use crate::{PROGRAM_BREAK, Reservation, ReservationKind, StepWitness, Thread, syscall as sys};

/// Serves one value for every key and remembers hints.
struct Oracle(Vec<u8>, Mutex<Vec<Vec<u8>>>);

impl Oracle {
    fn new(value: &[u8]) -> Self {
        Self(value.to_vec(), Mutex::default())
    }
}

impl PreimageOracle for Oracle {
    fn hint(&self, hint: &[u8]) -> Result<(), OracleError> {
        self.1.lock().unwrap().push(hint.to_vec());
        Ok(())
    }

    fn get(&self, key: PreimageKey) -> Result<Vec<u8>, OracleError> {
        if self.0.is_empty() {
            Err(OracleError::NotFound(key))
        } else {
            Ok(self.0.clone())
        }
    }
}

const PC: u64 = 0x1000;
const SYSCALL: u32 = 0x0c;

fn program(instructions: &[u32]) -> State {
    let mut state = State::<Memory>::new(PC);
    for (i, insn) in (0..).zip(instructions) {
        state.memory.set_bytes(PC + 4 * i, &insn.to_be_bytes());
    }
    state
}

fn set(state: &mut State, registers: &[(usize, u64)]) {
    for (register, value) in registers {
        state.thread_mut().unwrap().set_register(*register, *value);
    }
}

fn run(state: &mut State, steps: usize) -> Result<Step, VmError> {
    let oracle = Oracle::new(b"");
    let mut preimages = Preimages::new(&oracle);
    let mut last = Step::default();
    for _ in 0..steps {
        last = step(state, &mut preimages)?;
    }
    Ok(last)
}

/// Runs one system call; returns $v0, $a3 and what the step did.
fn call(state: &mut State, number: u64, arguments: &[u64]) -> (u64, u64, Step) {
    set(state, &[(2, number)]);
    for (i, argument) in arguments.iter().enumerate() {
        set(state, &[(4 + i, *argument)]);
    }
    let step = run(state, 1).unwrap();
    let thread = state.thread().unwrap();
    (thread.register(2), thread.register(7), step)
}

fn r(state: &State, register: usize) -> u64 {
    state.thread().unwrap().register(register)
}

const fn special(function: u32, rs: u32, rt: u32, rd: u32) -> u32 {
    rs << 21 | rt << 16 | rd << 11 | function
}

const fn immediate(opcode: u32, rs: u32, rt: u32, value: u16) -> u32 {
    opcode << 26 | rs << 21 | rt << 16 | value as u32
}

#[test]
fn a_branch_executes_its_delay_slot() {
    // beq $0, $0, +2; addiu $1, $0, 1; addiu $2, $0, 2; addiu $3, $0, 3
    let mut state = program(&[0x1000_0002, 0x2401_0001, 0x2402_0002, 0x2403_0003]);
    run(&mut state, 3).unwrap();
    assert_eq!((r(&state, 1), r(&state, 2), r(&state, 3)), (1, 0, 3));
    assert_eq!((state.step, state.thread().unwrap().pc), (3, PC + 16));
}

#[test]
fn a_branch_in_a_delay_slot_is_refused() {
    for second in [0x1000_0002, 0x0800_0000, 0x03e0_0008, immediate(1, 0, 5, 0)] {
        let mut state = program(&[0x1000_0002, second]);
        let error = run(&mut state, 2).unwrap_err();
        assert_eq!(error, VmError::BranchInDelaySlot { pc: PC + 4 });
    }
}

#[test]
fn linking_branches_link_even_if_not_taken() {
    // bltzal $0: not taken. bgezal $0: taken.
    for (kind, taken) in [(0x10, false), (0x11, true)] {
        let mut state = program(&[immediate(1, 0, kind, 4)]);
        run(&mut state, 1).unwrap();
        assert_eq!(r(&state, 31), PC + 8);
        assert_eq!(
            state.thread().unwrap().next_pc,
            if taken { PC + 20 } else { PC + 8 }
        );
    }
}

#[test]
fn jumps_stay_in_their_region_and_link() {
    let mut state = program(&[0x0c00_0100]);
    run(&mut state, 1).unwrap();
    assert_eq!(
        (state.thread().unwrap().next_pc, r(&state, 31)),
        (0x400, PC + 8)
    );
    // jalr $31, $5 with the link register as its own source
    let mut state = program(&[special(9, 31, 0, 31)]);
    set(&mut state, &[(31, 0x2000)]);
    run(&mut state, 1).unwrap();
    assert_eq!(
        (state.thread().unwrap().next_pc, r(&state, 31)),
        (0x2000, PC + 8)
    );
}

#[test]
fn faults_are_typed() {
    let mut state = program(&[0]);
    (state.left[0].pc, state.left[0].next_pc) = (PC + 2, PC + 6);
    assert_eq!(run(&mut state, 1), Err(VmError::UnalignedPc { pc: PC + 2 }));
    // break, an unknown opcode, an unknown SPECIAL2, cache
    for word in [0x0d, 0x4000_0000, 0x7000_0003, 0xbc00_0000] {
        let error = run(&mut program(&[word]), 1).unwrap_err();
        assert_eq!(error, VmError::InvalidInstruction { pc: PC, word });
    }
    for function in [0x1a, 0x1b, 0x1e, 0x1f] {
        let error = run(&mut program(&[special(function, 1, 0, 0)]), 1).unwrap_err();
        assert_eq!(error, VmError::DivisionByZero { pc: PC });
    }
    let mut state = program(&[SYSCALL]);
    set(&mut state, &[(2, 4001)]);
    assert_eq!(
        run(&mut state, 1),
        Err(VmError::UnknownSyscall {
            pc: PC,
            number: 4001
        })
    );
    state.left.clear();
    assert_eq!(run(&mut state, 1), Err(VmError::NoThread));
}

#[test]
fn a_32_bit_division_looks_at_32_bits_of_the_divisor() {
    let mut state = program(&[special(0x1a, 1, 2, 0)]);
    set(&mut state, &[(1, 1), (2, 1 << 32)]);
    assert_eq!(run(&mut state, 1), Err(VmError::DivisionByZero { pc: PC }));
    let mut state = program(&[special(0x1a, 1, 2, 0)]);
    set(&mut state, &[(1, i32::MIN as u64), (2, u64::MAX)]);
    run(&mut state, 1).unwrap();
    assert_eq!((state.left[0].lo, state.left[0].hi), (i32::MIN as u64, 0));
}

#[test]
fn multiplication_clears_the_register_it_names() {
    let mut state = program(&[special(0x1c, 1, 2, 3)]);
    set(&mut state, &[(1, u64::MAX), (2, 5), (3, 9)]);
    run(&mut state, 1).unwrap();
    assert_eq!(
        (state.left[0].lo, state.left[0].hi, r(&state, 3)),
        (-5_i64 as u64, u64::MAX, 0)
    );
}

#[test]
fn a_thread_is_preempted_after_its_quantum() {
    let mut state = program(&[0; 2]);
    state.steps_since_switch = SCHEDULING_QUANTUM;
    run(&mut state, 1).unwrap();
    assert!(state.traverse_right);
    assert_eq!(
        (state.steps_since_switch, state.thread().unwrap().pc),
        (0, PC)
    );
    run(&mut state, 1).unwrap();
    assert_eq!(
        (state.steps_since_switch, state.thread().unwrap().pc),
        (1, PC + 4)
    );
}

#[test]
fn clone_starts_a_thread_that_runs_next() {
    let mut state = program(&[SYSCALL, 0, 0]);
    set(
        &mut state,
        &[(2, sys::CLONE), (4, sys::CLONE_FLAGS), (5, 0x9000)],
    );
    run(&mut state, 1).unwrap();
    assert_eq!((state.left.len(), state.next_thread_id), (2, 2));
    assert_eq!(
        (r(&state, 29), r(&state, 2), state.thread().unwrap().id),
        (0x9000, 0, 1)
    );
    assert_eq!(state.left[0].register(2), 1);
    // The child exits: it is dropped in a step of its own and the parent goes on.
    state.memory.set_bytes(PC + 4, &SYSCALL.to_be_bytes());
    set(&mut state, &[(2, sys::EXIT), (4, 3)]);
    run(&mut state, 1).unwrap();
    assert!(state.left[1].exited && !state.exited);
    run(&mut state, 1).unwrap();
    assert_eq!((state.left.len(), state.thread().unwrap().id), (1, 0));
    // The last one's exit ends the run with its code.
    set(&mut state, &[(2, sys::EXIT), (4, 3)]);
    run(&mut state, 1).unwrap();
    assert!(state.exited && state.exit_code == 3);
    let steps = state.step;
    run(&mut state, 1).unwrap();
    assert_eq!(state.step, steps);
}

#[test]
fn clone_with_other_flags_ends_the_run() {
    let mut state = program(&[SYSCALL]);
    call(&mut state, sys::CLONE, &[0, 0]);
    assert!(state.exited && state.exit_code == 2);
    assert_eq!(state.thread().unwrap().pc, PC);
}

#[test]
fn mmap_gives_whole_pages_until_the_heap_ends() {
    let mut state = program(&[SYSCALL; 5]);
    let heap = state.heap;
    assert_eq!(call(&mut state, sys::MMAP, &[0, 1]).0, heap);
    assert_eq!(state.heap, heap + 4096);
    assert_eq!(call(&mut state, sys::MMAP, &[0x7000, 1 << 60]).0, 0x7000);
    let (value, error, _) = call(&mut state, sys::MMAP, &[0, u64::MAX]);
    assert_eq!((value, error), (sys::EINVAL, u64::MAX));
    let rest = crate::HEAP_END - state.heap;
    assert_eq!(call(&mut state, sys::MMAP, &[0, rest + 1]).1, u64::MAX);
    assert_eq!(call(&mut state, sys::MMAP, &[0, rest]).1, 0);
}

#[test]
fn plain_answers() {
    let mut state = program(&[SYSCALL; 64]);
    let mut answer = |number, arguments: &[u64]| {
        let (value, error, _) = call(&mut state, number, arguments);
        (value, error)
    };
    assert_eq!(answer(sys::BRK, &[]), (PROGRAM_BREAK, 0));
    assert_eq!(answer(sys::OPEN, &[]), (sys::EBADF, u64::MAX));
    assert_eq!(answer(sys::GETPID, &[]), (0, 0));
    assert_eq!(answer(sys::GETTID, &[]), (0, 0));
    assert_eq!(answer(sys::EVENTFD2, &[0, 0x80]), (100, 0));
    assert_eq!(answer(sys::EVENTFD2, &[0, 0]), (sys::EINVAL, u64::MAX));
    assert_eq!(answer(sys::FCNTL, &[6, 1]), (0, 0));
    assert_eq!(answer(sys::FCNTL, &[7, 1]), (sys::EBADF, u64::MAX));
    assert_eq!(answer(sys::FCNTL, &[4, 3]), (1, 0));
    assert_eq!(answer(sys::FCNTL, &[5, 3]), (0, 0));
    assert_eq!(answer(sys::FCNTL, &[0, 2]), (sys::EINVAL, u64::MAX));
    assert_eq!(answer(sys::READ, &[0, 0, 9]), (0, 0));
    assert_eq!(answer(sys::READ, &[3, 0, 9]), (9, 0));
    assert_eq!(answer(sys::READ, &[100, 0, 9]), (sys::EAGAIN, u64::MAX));
    assert_eq!(answer(sys::READ, &[1, 0, 9]), (sys::EBADF, u64::MAX));
    assert_eq!(answer(sys::WRITE, &[100, 0, 9]), (sys::EAGAIN, u64::MAX));
    assert_eq!(answer(sys::WRITE, &[0, 0, 9]), (sys::EBADF, u64::MAX));
    assert_eq!(answer(sys::CLOCK_GETTIME, &[2, 0]), (sys::EINVAL, u64::MAX));
    for number in sys::IGNORED {
        assert_eq!(answer(number, &[1, 2, 3]), (0, 0));
    }
}

#[test]
fn output_is_handed_out() {
    let mut state = program(&[SYSCALL; 2]);
    state.memory.set_bytes(0x2ffe, b"hello");
    let (written, _, step) = call(&mut state, sys::WRITE, &[2, 0x2ffe, 5]);
    assert_eq!(
        (written, step.output),
        (5, Some((Stream::Err, b"hello".to_vec())))
    );
    let (written, _, step) = call(&mut state, sys::WRITE, &[1, 0, u64::MAX]);
    assert_eq!((written, step.output.unwrap().1.len()), (u64::MAX, 1 << 20));
}

#[test]
fn futex_waits_only_for_the_value_that_is_there() {
    let mut state = program(&[SYSCALL; 4]);
    state.memory.set_word(0x2000, 7);
    let (value, error, step) = call(&mut state, sys::FUTEX, &[0x2007, 128, 8]);
    assert_eq!(
        (value, error, step.access),
        (sys::EAGAIN, u64::MAX, Some(0x2000))
    );
    call(&mut state, sys::FUTEX, &[0x2004, 128, 7]);
    assert!(state.traverse_right);
    call(&mut state, sys::FUTEX, &[0, 129, 1]);
    assert!(!state.traverse_right);
    assert_eq!(call(&mut state, sys::FUTEX, &[0, 1, 1]).0, sys::EINVAL);
}

#[test]
fn the_clock_counts_steps() {
    let mut state = program(&[SYSCALL; 2]);
    state.step = 25_000_000 - 1;
    let (_, _, step) = call(&mut state, sys::CLOCK_GETTIME, &[1, 0x2005]);
    assert_eq!(
        (state.memory.word(0x2000), state.memory.word(0x2008)),
        (2, 500_000_000)
    );
    assert_eq!(
        (step.access, step.second_access),
        (Some(0x2000), Some(0x2008))
    );
    call(&mut state, sys::CLOCK_GETTIME, &[0, 0x2000]);
    assert_eq!(
        (state.memory.word(0x2000), state.memory.word(0x2008)),
        (0, 0)
    );
}

#[test]
fn getrandom_fills_the_rest_of_a_word() {
    let mut state = program(&[SYSCALL; 3]);
    state.memory.set_word(0x2000, u64::MAX);
    assert_eq!(call(&mut state, sys::GETRANDOM, &[0x2006, 9]).0, 2);
    assert_eq!(state.memory.word(0x2000) >> 16, 0xffff_ffff_ffff);
    // The published first output of splitmix64 for seed 0 belongs to step 0 (wrapping).
    state.step = u64::MAX;
    assert_eq!(call(&mut state, sys::GETRANDOM, &[0x2000, 8]).0, 8);
    assert_eq!(state.memory.word(0x2000), 0xe220_a839_7b1d_cdaf);
    assert_eq!(call(&mut state, sys::GETRANDOM, &[0x2000, 0]).0, 0);
}

#[test]
fn a_store_to_the_reserved_word_breaks_the_reservation() {
    // ll $1, 4($0); sw $0, 0($0) -> same word; sc $2, 4($0)
    let ll = immediate(0x30, 3, 1, 4);
    let sc = immediate(0x38, 3, 2, 4);
    let sw = immediate(0x2b, 3, 0, 0);
    let base = 0x2000;
    let mut state = program(&[ll, sc, ll, sw, sc, immediate(0x3c, 3, 4, 4)]);
    set(&mut state, &[(3, base), (2, 5), (4, 6)]);
    run(&mut state, 2).unwrap();
    assert_eq!((r(&state, 2), state.memory.word(base)), (1, 5));
    assert_eq!(state.reservation, Reservation::default());
    run(&mut state, 1).unwrap();
    assert_eq!(state.reservation.kind, ReservationKind::Word);
    run(&mut state, 2).unwrap();
    assert_eq!((r(&state, 2), state.memory.word(base)), (0, 5));
    // scd does not use the reservation of ll
    state.reservation = Reservation {
        kind: ReservationKind::Word,
        address: base + 4,
        owner: 0,
    };
    run(&mut state, 1).unwrap();
    assert_eq!(r(&state, 4), 0);
}

#[test]
fn a_preimage_is_read_with_its_length_in_pieces() {
    let oracle = Oracle::new(b"abcdefghij");
    let mut preimages = Preimages::new(&oracle);
    let mut state = program(&[SYSCALL; 8]);
    let key = PreimageKey::new(KeyType::Local, [9; 32]);
    state.memory.set_bytes(0x3000, key.as_bytes());
    let mut io = |state: &mut State, number, arguments: [u64; 3]| {
        set(
            state,
            &[
                (2, number),
                (4, arguments[0]),
                (5, arguments[1]),
                (6, arguments[2]),
            ],
        );
        let step = step(state, &mut preimages)?;
        Ok::<_, VmError>((r(state, 2), step))
    };
    for i in 0..4 {
        assert_eq!(
            io(&mut state, sys::WRITE, [6, 0x3000 + 8 * i, 32])
                .unwrap()
                .0,
            8
        );
    }
    assert_eq!(state.preimage_key, key);
    assert_eq!(io(&mut state, sys::READ, [5, 0x4000, 8]).unwrap().0, 8);
    assert_eq!(state.memory.word(0x4000), 10);
    assert_eq!(io(&mut state, sys::READ, [5, 0x4005, 8]).unwrap().0, 3);
    let (read, step) = io(&mut state, sys::READ, [5, 0x4008, 99]).unwrap();
    assert_eq!(
        (read, state.memory.bytes(0x4005, 10)),
        (7, b"abcdefghij".to_vec())
    );
    assert_eq!(step.preimage.map(|p| (p.key, p.offset)), Some((key, 11)));
    let past = io(&mut state, sys::READ, [5, 0x4000, 1]).unwrap_err();
    assert_eq!(
        past,
        VmError::PreimageOffset {
            key,
            offset: 18,
            len: 18
        }
    );
}

#[test]
fn a_missing_preimage_is_an_error() {
    let mut state = program(&[SYSCALL]);
    set(&mut state, &[(2, sys::READ), (4, 5), (5, 0), (6, 8)]);
    let key = state.preimage_key;
    assert_eq!(
        run(&mut state, 1),
        Err(VmError::Oracle(OracleError::NotFound(key)))
    );
}

#[test]
fn hints_are_passed_on_when_complete() {
    let oracle = Oracle::new(b"");
    let mut preimages = Preimages::new(&oracle);
    let mut state = program(&[SYSCALL; 2]);
    state.memory.set_bytes(0x2000, b"\0\0\0\x02ab\0\0\0\x03cde");
    for (address, count) in [(0x2000, 11), (0x200b, 2)] {
        set(
            &mut state,
            &[(2, sys::WRITE), (4, 4), (5, address), (6, count)],
        );
        step(&mut state, &mut preimages).unwrap();
        assert_eq!(r(&state, 2), count);
    }
    assert_eq!(*oracle.1.lock().unwrap(), [b"ab".to_vec(), b"cde".to_vec()]);
    assert!(state.last_hint.is_empty());
}

#[test]
fn a_witness_proves_instruction_and_memory() {
    let oracle = Oracle::new(b"");
    let mut preimages = Preimages::new(&oracle);
    // ld $1, 0x2000($0)
    let mut state = program(&[immediate(0x37, 0, 1, 0x2000), SYSCALL]);
    state.memory.set_word(0x2000, 5);
    state.right.push(Thread {
        id: 1,
        ..Thread::default()
    });
    let (pre, root) = (state.state_hash(), state.memory.merkle_root());
    let witness = StepWitness::take(&mut state, &mut preimages).unwrap();
    assert_eq!(
        (witness.step, witness.pre, witness.post),
        (0, pre, state.state_hash())
    );
    assert_eq!(
        (witness.state_data.len(), witness.proof_data.len()),
        (188, 330 + 3 * 1920)
    );
    let proof = |n: usize, address: u64| {
        let mut nodes = witness.proof_data[330 + n * 1920..].chunks(32);
        let mut node = alloy_primitives::B256::from_slice(nodes.next().unwrap());
        for (i, sibling) in nodes.take(59).enumerate() {
            let pair = if address >> (5 + i) & 1 == 0 {
                [node.as_slice(), sibling]
            } else {
                [sibling, node.as_slice()]
            };
            node = alloy_primitives::keccak256(pair.concat());
        }
        node
    };
    assert_eq!((proof(0, PC), proof(1, 0x2000)), (root, root));
    assert!(witness.proof_data[330 + 2 * 1920..].iter().all(|b| *b == 0));
    // clock_gettime proves its second word after the first was written
    set(&mut state, &[(2, sys::CLOCK_GETTIME), (4, 0), (5, 0x2000)]);
    let witness = StepWitness::take(&mut state, &mut preimages).unwrap();
    assert!(witness.proof_data[330 + 2 * 1920..].iter().any(|b| *b != 0));
}
