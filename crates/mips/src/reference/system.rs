//! System calls. The number is in `$v0`, arguments are in `$a0` to `$a2`; the result goes to
//! `$v0` with `$a3` zero, or the error number to `$v0` with `$a3` all ones.

use endgame_preimage::PreimageKey;
use endgame_vm::{PreimageRead, Preimages, Words};

use super::{Step, on_store, schedule};
use crate::{
    HEAP_END, PROGRAM_BREAK, State, Thread, VmError, VmStatus,
    syscall::{self as sys, Stream},
};

const V0: usize = 2;
const A0: usize = 4;
const A1: usize = 5;
const A2: usize = 6;
const A3: usize = 7;
const SP: usize = 29;

/// The most bytes of one write that are passed on to a person: 1 MiB.
const MAX_OUTPUT: u64 = 1 << 20;
/// The most bytes of one write that are taken as hints: 64 MiB.
const MAX_HINT: u64 = 1 << 26;

/// What a system call returns: a value or an error number.
type Returned = Result<u64, u64>;

/// Executes the system call of the active thread.
pub(super) fn execute<M: Words>(
    state: &mut State<M>,
    preimages: &mut Preimages<'_>,
) -> Result<Step, VmError> {
    let thread = state.thread().ok_or(VmError::NoThread)?;
    let number = thread.register(V0);
    let [a0, a1, a2] = [A0, A1, A2].map(|r| thread.register(r));
    let mut step = Step::default();
    let returned: Returned = match number {
        sys::MMAP => mmap(state, a0, a1),
        sys::BRK => Ok(PROGRAM_BREAK),
        sys::CLONE => {
            clone(state, a0, a1)?;
            return Ok(step);
        }
        sys::EXIT_GROUP => {
            exit_run(state, a0 as u8);
            return Ok(step);
        }
        sys::EXIT => {
            exit_thread(state, a0 as u8);
            return Ok(step);
        }
        sys::READ => read(state, preimages, [a0, a1, a2], &mut step)?,
        sys::WRITE => write(state, preimages, [a0, a1, a2], &mut step)?,
        sys::OPEN => Err(sys::EBADF),
        sys::FCNTL => fcntl(a0, a1),
        sys::GETTID => Ok(thread.id),
        sys::GETPID => Ok(0),
        sys::FUTEX => match futex(state, [a0, a1, a2], &mut step) {
            Some(errno) => Err(errno),
            None => return yield_thread(state, step),
        },
        sys::SCHED_YIELD | sys::NANOSLEEP => return yield_thread(state, step),
        sys::CLOCK_GETTIME => clock_gettime(state, a0, a1, &mut step),
        sys::GETRANDOM => Ok(getrandom(state, a0, a1, &mut step)),
        sys::EVENTFD2 if a1 & sys::EFD_NONBLOCK == 0 => Err(sys::EINVAL),
        sys::EVENTFD2 => Ok(sys::FD_EVENT),
        _ if sys::IGNORED.contains(&number) => Ok(0),
        _ => {
            let pc = thread.pc;
            return Err(VmError::UnknownSyscall { pc, number });
        }
    };
    give(state, returned)?;
    Ok(step)
}

/// Hands the result to the guest, which goes on after the instruction.
fn give<M>(state: &mut State<M>, returned: Returned) -> Result<(), VmError> {
    let thread = state.thread_mut().ok_or(VmError::NoThread)?;
    let (value, error) = match returned {
        Ok(value) => (value, 0),
        Err(errno) => (errno, u64::MAX),
    };
    thread.set_register(V0, value);
    thread.set_register(A3, error);
    thread.advance();
    Ok(())
}

/// Returns 0 and lets the next thread run.
fn yield_thread<M>(state: &mut State<M>, step: Step) -> Result<Step, VmError> {
    give(state, Ok(0))?;
    schedule::preempt(state);
    Ok(step)
}

fn mmap<M>(state: &mut State<M>, hint: u64, len: u64) -> Returned {
    if hint != 0 {
        return Ok(hint);
    }
    let start = state.heap;
    let end = len
        .checked_next_multiple_of(4096)
        .and_then(|len| start.checked_add(len));
    match end {
        Some(end) if end <= HEAP_END => {
            state.heap = end;
            Ok(start)
        }
        _ => Err(sys::EINVAL),
    }
}

/// Starts a thread on a copy of the registers; it runs next. Other flags than Go's end the run.
fn clone<M>(state: &mut State<M>, flags: u64, stack: u64) -> Result<(), VmError> {
    if flags != sys::CLONE_FLAGS {
        exit_run(state, VmStatus::Panic as u8);
        return Ok(());
    }
    let id = state.next_thread_id;
    state.next_thread_id = id.wrapping_add(1);
    let parent = state.thread().ok_or(VmError::NoThread)?;
    let mut child = Thread {
        id,
        exit_code: 0,
        exited: false,
        ..parent.clone()
    };
    child.advance();
    child.set_register(SP, stack);
    child.set_register(V0, 0);
    child.set_register(A3, 0);
    give(state, Ok(id))?;
    schedule::push(state, child);
    Ok(())
}

const fn exit_run<M>(state: &mut State<M>, code: u8) {
    state.exited = true;
    state.exit_code = code;
}

fn exit_thread<M>(state: &mut State<M>, code: u8) {
    if let Some(thread) = state.thread_mut() {
        thread.exited = true;
        thread.exit_code = code;
    }
    if state.thread_count() == 1 {
        exit_run(state, code);
    }
}

fn read<M: Words>(
    state: &mut State<M>,
    preimages: &mut Preimages<'_>,
    [fd, address, count]: [u64; 3],
    step: &mut Step,
) -> Result<Returned, VmError> {
    Ok(match fd {
        sys::FD_STDIN => Ok(0),
        // The acknowledgement's value is nobody's concern: memory is left alone.
        sys::FD_HINT_READ => Ok(count),
        sys::FD_PREIMAGE_READ => Ok(read_preimage(state, preimages, address, count, step)?),
        sys::FD_EVENT => Err(sys::EAGAIN),
        _ => Err(sys::EBADF),
    })
}

/// Copies preimage bytes into memory, up to the end of the word that `address` is in.
fn read_preimage<M: Words>(
    state: &mut State<M>,
    preimages: &mut Preimages<'_>,
    address: u64,
    count: u64,
    step: &mut Step,
) -> Result<u64, VmError> {
    let (key, offset) = (state.preimage_key, state.preimage_offset);
    let value = preimages.get(key)?;
    let len = value.len() as u64;
    let unread = usize::try_from(offset).ok().and_then(|at| value.get(at..));
    let Some(unread) = unread.filter(|rest| !rest.is_empty()) else {
        return Err(VmError::PreimageOffset { key, offset, len });
    };
    let mut word = state.memory.word(address).to_be_bytes();
    let mut copied = 0;
    let space = word.iter_mut().skip((address & 7) as usize);
    for ((slot, byte), _) in space.zip(unread).zip(0..count) {
        *slot = *byte;
        copied += 1;
    }
    state.memory.set_word(address, u64::from_be_bytes(word));
    on_store(state, address);
    state.preimage_offset = offset.wrapping_add(copied);
    step.access = Some(address & !7);
    step.preimage = Some(PreimageRead { key, value, offset });
    Ok(copied)
}

fn write<M: Words>(
    state: &mut State<M>,
    preimages: &Preimages<'_>,
    [fd, address, count]: [u64; 3],
    step: &mut Step,
) -> Result<Returned, VmError> {
    Ok(match fd {
        sys::FD_STDOUT | sys::FD_STDERR => {
            let stream = if fd == sys::FD_STDOUT {
                Stream::Out
            } else {
                Stream::Err
            };
            let bytes = state.memory.bytes(address, count.min(MAX_OUTPUT) as usize);
            step.output = Some((stream, bytes));
            Ok(count)
        }
        sys::FD_HINT_WRITE => {
            let bytes = state.memory.bytes(address, count.min(MAX_HINT) as usize);
            state.last_hint.extend(bytes);
            pass_hints(&mut state.last_hint, preimages)?;
            Ok(count)
        }
        sys::FD_PREIMAGE_WRITE => Ok(write_key(state, address, count, step)),
        sys::FD_EVENT => Err(sys::EAGAIN),
        _ => Err(sys::EBADF),
    })
}

/// Passes on every whole hint in `buffer`: a big-endian u32 length, then the hint.
fn pass_hints(buffer: &mut Vec<u8>, preimages: &Preimages<'_>) -> Result<(), VmError> {
    while let Some((len, rest)) = buffer.split_first_chunk::<4>() {
        let len = u32::from_be_bytes(*len) as usize;
        let Some(hint) = rest.get(..len) else { break };
        preimages.hint(hint)?;
        buffer.drain(..4 + len);
    }
    Ok(())
}

/// Shifts bytes into the key from the right, up to the end of the word that `address` is in.
fn write_key<M: Words>(state: &mut State<M>, address: u64, count: u64, step: &mut Step) -> u64 {
    let word = state.memory.word(address).to_be_bytes();
    let space = word.iter().skip((address & 7) as usize);
    let bytes: Vec<u8> = space.zip(0..count).map(|(byte, _)| *byte).collect();
    let kept = state.preimage_key.as_bytes().iter().skip(bytes.len());
    let mut key = [0; 32];
    for (slot, byte) in key.iter_mut().zip(kept.chain(&bytes)) {
        *slot = *byte;
    }
    state.preimage_key = PreimageKey::from_raw(key);
    state.preimage_offset = 0;
    step.access = Some(address & !7);
    bytes.len() as u64
}

const fn fcntl(fd: u64, command: u64) -> Returned {
    match (command, fd) {
        // F_GETFD has no flags to tell; F_GETFL tells read-only and write-only.
        (1, 0..=6) | (3, sys::FD_STDIN | sys::FD_HINT_READ | sys::FD_PREIMAGE_READ) => Ok(0),
        (3, sys::FD_STDOUT | sys::FD_STDERR | sys::FD_HINT_WRITE | sys::FD_PREIMAGE_WRITE) => Ok(1),
        (1 | 3, _) => Err(sys::EBADF),
        _ => Err(sys::EINVAL),
    }
}

/// An error number, or `None` if the thread has to let others run.
fn futex<M: Words>(
    state: &State<M>,
    [address, operation, value]: [u64; 3],
    step: &mut Step,
) -> Option<u64> {
    match operation {
        sys::FUTEX_WAIT_PRIVATE => {
            let word = state.memory.word(address);
            let found = if address & 4 == 0 { word >> 32 } else { word } as u32;
            step.access = Some(address & !7);
            (found != value as u32).then_some(sys::EAGAIN)
        }
        sys::FUTEX_WAKE_PRIVATE => None,
        _ => Some(sys::EINVAL),
    }
}

/// Writes seconds and nanoseconds: the epoch for clock 0, time by step count for clock 1.
fn clock_gettime<M: Words>(
    state: &mut State<M>,
    clock: u64,
    address: u64,
    step: &mut Step,
) -> Returned {
    let (seconds, nanoseconds) = match clock {
        0 => (0, 0),
        1 => {
            let nanoseconds_a_step = 1_000_000_000 / sys::CLOCK_HZ;
            (
                state.step / sys::CLOCK_HZ,
                state.step % sys::CLOCK_HZ * nanoseconds_a_step,
            )
        }
        _ => return Err(sys::EINVAL),
    };
    let first = address & !7;
    let second = first.wrapping_add(8);
    state.memory.set_word(first, seconds);
    on_store(state, first);
    state.memory.set_word(second, nanoseconds);
    on_store(state, second);
    step.access = Some(first);
    step.second_access = Some(second);
    Ok(0)
}

/// Fills memory up to the end of the word that `address` is in with numbers made of the step.
fn getrandom<M: Words>(state: &mut State<M>, address: u64, count: u64, step: &mut Step) -> u64 {
    let random = splitmix64(state.step).to_be_bytes();
    let mut word = state.memory.word(address).to_be_bytes();
    let at = (address & 7) as usize;
    let mut written = 0;
    for ((slot, byte), _) in word.iter_mut().zip(&random).skip(at).zip(0..count) {
        *slot = *byte;
        written += 1;
    }
    state.memory.set_word(address, u64::from_be_bytes(word));
    on_store(state, address);
    step.access = Some(address & !7);
    written
}

/// The first output of the splitmix64 generator for this seed.
const fn splitmix64(seed: u64) -> u64 {
    let z = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ z >> 31
}
