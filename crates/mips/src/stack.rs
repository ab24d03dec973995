//! The stack that a program finds at its start: part of the prestate, so every byte counts.

use endgame_vm::Words;

use crate::State;

/// Where the stack pointer points at the start.
pub(crate) const STACK_TOP: u64 = 0x7fff_ffff_f000;
const PAGE: u64 = 4096;
const SP: usize = 29;
/// `_AT_PAGESZ`
const AUX_PAGE_SIZE: u64 = 6;
/// `AT_RANDOM`
const AUX_RANDOM: u64 = 25;
/// The 16 bytes that the program gets as its random ones.
const RANDOM: &[u8; 16] = b"4;byfairdiceroll";
/// One variable, zero-terminated and padded to words.
const ENVIRONMENT: &[u8; 32] = b"GODEBUG=memprofilerate=0\0\0\0\0\0\0\0\0";
/// The program's name, zero-terminated and padded to words.
const PROGRAM: &[u8; 16] = b"op-program\0\0\0\0\0\0";

/// Lays the initial stack: four zeroed pages to grow into below a page of arguments.
pub(crate) fn lay(state: &mut State) {
    for page in 0..5 {
        state.memory.set_word(STACK_TOP - 4 * PAGE + page * PAGE, 0);
    }
    let random_at = STACK_TOP + 80;
    let environment_at = random_at + RANDOM.len() as u64;
    let program_at = environment_at + ENVIRONMENT.len() as u64;
    state.memory.set_bytes(random_at, RANDOM);
    state.memory.set_bytes(environment_at, ENVIRONMENT);
    state.memory.set_bytes(program_at, PROGRAM);
    let argc = 1;
    let arguments = [argc, program_at, 0];
    let environment = [environment_at, 0];
    let auxiliary = [AUX_PAGE_SIZE, PAGE, AUX_RANDOM, random_at, 0];
    let words = arguments.into_iter().chain(environment).chain(auxiliary);
    for (i, word) in (0..).zip(words) {
        state.memory.set_word(STACK_TOP + 8 * i, word);
    }
    if let Some(thread) = state.thread_mut() {
        thread.set_register(SP, STACK_TOP);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_finds_its_arguments() {
        let mut state = State::new(0);
        lay(&mut state);
        assert_eq!(state.thread().unwrap().register(SP), STACK_TOP);
        assert_eq!(state.memory.page_count(), 5);
        let word = |i: u64| state.memory.word(STACK_TOP + 8 * i);
        assert_eq!(word(0), 1);
        assert_eq!(state.memory.bytes(word(1), 11), b"op-program\0");
        assert_eq!(
            state.memory.bytes(word(3), 25),
            b"GODEBUG=memprofilerate=0\0"
        );
        assert_eq!((word(5), word(6), word(7)), (6, 4096, 25));
        assert_eq!(state.memory.bytes(word(8), 16), RANDOM);
        assert_eq!((word(2), word(4), word(9)), (0, 0, 0));
    }
}
