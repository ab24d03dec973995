//! The short form of a step's proof.
//!
//! The standard form repeats 59 siblings for each of three memory accesses: 6,090 bytes, for which a
//! transaction pays several times what the step costs to execute (EIP-7623). Most siblings are the
//! roots of empty memory, and those above the point where two paths meet are the same. The short form
//! leaves both out. The layout is documented where it is read: `contracts/src/vm/lib/CompactProof.sol`.

use alloy_primitives::{B256, keccak256};
use endgame_vm::{PROOF_BYTES, TREE_DEPTH};

use crate::{Instruction, SCHEDULING_QUANTUM, THREAD_BYTES, syscall, witness::STATE_WITNESS_BYTES};

/// The thread and the root of the stack below it.
const HEAD_BYTES: usize = THREAD_BYTES + 32;

/// A proof in the standard form.
const STANDARD_BYTES: usize = HEAD_BYTES + 3 * PROOF_BYTES;

/// Why a proof has no compact form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CompactProofError {
    /// The state witness has another length.
    #[error("state witness of {0} bytes instead of {STATE_WITNESS_BYTES}")]
    State(usize),
    /// The proof is not in the standard form with all three branches.
    #[error("proof of {0} bytes instead of {STANDARD_BYTES}")]
    Proof(usize),
}

/// A leaf and its siblings from the bottom up.
type Branch = [[u8; 32]; TREE_DEPTH + 1];

/// Shortens a proof: the result proves the same step to the same contract.
///
/// `state_data` and `proof_data` are those of a step witness. Also a proof made by Cannon can be
/// shortened, whose branches are left over from earlier steps where the step needs none.
pub fn compact_proof(state_data: &[u8], proof_data: &[u8]) -> Result<Vec<u8>, CompactProofError> {
    let state: &[u8; STATE_WITNESS_BYTES] = state_data
        .try_into()
        .map_err(|_| CompactProofError::State(state_data.len()))?;
    let malformed = CompactProofError::Proof(proof_data.len());
    let (head, rest) = proof_data
        .split_first_chunk::<HEAD_BYTES>()
        .ok_or(malformed)?;
    let [instruction, first, second] = branches(rest).ok_or(malformed)?;
    let (thread, below) = head.split_at(THREAD_BYTES);

    let mut out = Vec::with_capacity(1024);
    let alone = below == keccak256([0; 64]).as_slice();
    out.push(u8::from(!alone));
    out.extend_from_slice(thread);
    if !alone {
        out.extend_from_slice(below);
    }
    if executes(state, thread) {
        let pc = number(thread, 10);
        section(&mut out, instruction, TREE_DEPTH as u32);
        if let Some(address) = access(thread, instruction)
            && root(first, address) == B256::from_slice(state.get(..32).unwrap_or_default())
        {
            following(&mut out, first, pc, address);
            if register(thread, 2) == syscall::CLOCK_GETTIME && is_syscall(thread, instruction) {
                following(&mut out, second, address, address.wrapping_add(8));
            }
        }
    }
    // These lengths mean the standard form. What follows the last section is not read.
    if out.len() >= HEAD_BYTES && (out.len() - HEAD_BYTES).is_multiple_of(PROOF_BYTES) {
        out.push(0);
    }
    Ok(out)
}

fn branches(bytes: &[u8]) -> Option<[&Branch; 3]> {
    let (nodes, rest) = bytes.as_chunks::<32>();
    let (branches, more) = nodes.as_chunks::<{ TREE_DEPTH + 1 }>();
    match (branches, more, rest) {
        ([a, b, c], [], []) => Some([a, b, c]),
        _ => None,
    }
}

/// Whether the step executes an instruction, and not just moves or drops a thread.
fn executes(state: &[u8; STATE_WITNESS_BYTES], thread: &[u8]) -> bool {
    let exited = state.get(98) != Some(&0) || thread.get(9) != Some(&0);
    !exited && number(state, 107) < SCHEDULING_QUANTUM
}

/// Appends a branch: which siblings are not zero subtrees, the leaf, and those below `heights`.
fn section(out: &mut Vec<u8>, [leaf, siblings @ ..]: &Branch, heights: u32) {
    let mut zero = B256::ZERO;
    let mut given = Vec::new();
    let mut bitmap = 0_u64;
    for (height, sibling) in (0..heights).zip(siblings) {
        if sibling != &zero.0 {
            bitmap |= 1 << height;
            given.extend_from_slice(sibling);
        }
        zero = keccak256([zero.0, zero.0].concat());
    }
    out.extend_from_slice(&bitmap.to_be_bytes());
    out.extend_from_slice(leaf);
    out.extend_from_slice(&given);
}

/// Appends a branch that is read after the one of another address.
fn following(out: &mut Vec<u8>, branch: &Branch, after: u64, address: u64) {
    if let Some(heights) = ((after >> 5) ^ (address >> 5)).checked_ilog2() {
        section(out, branch, heights);
    }
}

fn root([leaf, siblings @ ..]: &Branch, address: u64) -> B256 {
    let mut index = address >> 5;
    siblings.iter().fold(B256::from(*leaf), |node, sibling| {
        let pair = if index & 1 == 0 {
            [&node.0, sibling]
        } else {
            [sibling, &node.0]
        };
        index >>= 1;
        keccak256(pair.map(<[u8; 32]>::as_slice).concat())
    })
}

/// The 64-bit number at an offset.
fn number(bytes: &[u8], at: usize) -> u64 {
    let found = bytes.get(at..).and_then(|rest| rest.first_chunk());
    u64::from_be_bytes(found.copied().unwrap_or_default())
}

fn register(thread: &[u8], index: usize) -> u64 {
    number(thread, 42 + 8 * index)
}

fn fetched(thread: &[u8], [leaf, ..]: &Branch) -> Instruction {
    let found = leaf
        .get((number(thread, 10) & 0x1c) as usize..)
        .and_then(|rest| rest.first_chunk());
    Instruction(u32::from_be_bytes(found.copied().unwrap_or_default()))
}

fn is_syscall(thread: &[u8], instruction: &Branch) -> bool {
    let instruction = fetched(thread, instruction);
    instruction.opcode() == 0 && instruction.function() == 0x0c
}

/// The word that the instruction accesses, if it is one that can. Whether it does shows in the
/// branch: a store-conditional that fails leaves its own unused.
fn access(thread: &[u8], branch: &Branch) -> Option<u64> {
    let instruction = fetched(thread, branch);
    let address = if is_syscall(thread, branch) {
        let (a0, a1) = (register(thread, 4), register(thread, 5));
        match register(thread, 2) {
            syscall::FUTEX | syscall::GETRANDOM => a0,
            syscall::READ | syscall::WRITE | syscall::CLOCK_GETTIME => a1,
            _ => return None,
        }
    } else if instruction.opcode() >= 0x20 || matches!(instruction.opcode(), 0x1a | 0x1b) {
        register(thread, instruction.rs()).wrapping_add(instruction.signed())
    } else {
        return None;
    };
    Some(address & !7)
}

#[cfg(test)]
mod tests {
    use endgame_vm::Words as _;

    use super::*;
    use crate::State;

    const HEAP: u64 = crate::HEAP_START;

    /// A state about to execute `instruction` on an address in `$a0`.
    fn state(instruction: u32) -> State {
        let mut state = State::new(0x1000);
        state.memory.set_word(0x1000, u64::from(instruction) << 32);
        state.memory.set_word(HEAP, 7);
        if let Some(thread) = state.thread_mut() {
            thread.set_register(4, HEAP);
        }
        state
    }

    /// The standard proof of a step that accesses an address, or none.
    fn standard(state: &State, address: Option<u64>) -> Vec<u8> {
        let mut proof = state.thread().unwrap().to_bytes().to_vec();
        proof.extend(keccak256([0; 64]));
        proof.extend(state.memory.proof(0x1000).to_bytes());
        let access = address.map_or([0; PROOF_BYTES], |at| state.memory.proof(at).to_bytes());
        proof.extend(access);
        proof.extend([0; PROOF_BYTES]);
        proof
    }

    /// The header, the thread, and a section with `siblings` siblings.
    const fn sized(sections: &[usize]) -> usize {
        let (mut size, mut rest) = (1 + THREAD_BYTES, sections);
        while let [siblings, more @ ..] = rest {
            size += 40 + 32 * *siblings;
            rest = more;
        }
        size
    }

    #[test]
    fn only_siblings_that_are_not_empty_are_kept() {
        let state = state(0x0085_1021);
        let short = compact_proof(&state.witness(), &standard(&state, None)).unwrap();
        // The heap is the only other thing in memory.
        assert_eq!(short.len(), sized(&[1]));
        assert_eq!(short.first(), Some(&0));
    }

    #[test]
    fn an_access_adds_what_is_below_the_meeting_point() {
        let state = state(0xdc82_0000);
        let short = compact_proof(&state.witness(), &standard(&state, Some(HEAP))).unwrap();
        assert_eq!(short.len(), sized(&[1, 0]));
    }

    #[test]
    fn an_access_in_the_leaf_of_the_instruction_adds_nothing() {
        let mut state = state(0xdc82_0000);
        state.thread_mut().unwrap().set_register(4, 0x1008);
        let short = compact_proof(&state.witness(), &standard(&state, Some(0x1008))).unwrap();
        assert_eq!(short.len(), sized(&[1]));
    }

    #[test]
    fn a_branch_left_over_from_another_step_is_dropped() {
        // A load from elsewhere, a store-conditional without a reservation, an addition.
        for instruction in [0xdc82_0100, 0x0085_1021] {
            let state = state(instruction);
            let mut proof = standard(&state, Some(HEAP));
            if let Some(byte) = proof.get_mut(HEAD_BYTES + PROOF_BYTES + 31) {
                *byte ^= 1;
            }
            let short = compact_proof(&state.witness(), &proof).unwrap();
            assert_eq!(short.len(), sized(&[1]));
        }
    }

    #[test]
    fn a_step_without_an_instruction_needs_the_thread_alone() {
        let mut state = state(0x0085_1021);
        state.steps_since_switch = SCHEDULING_QUANTUM;
        let proof = standard(&state, None);
        assert_eq!(
            compact_proof(&state.witness(), &proof).unwrap().len(),
            sized(&[])
        );
        state.steps_since_switch = 0;
        state.thread_mut().unwrap().exited = true;
        let proof = standard(&state, None);
        assert_eq!(
            compact_proof(&state.witness(), &proof).unwrap().len(),
            sized(&[])
        );
    }

    #[test]
    fn other_threads_are_kept_as_their_root() {
        let state = state(0x0085_1021);
        let mut proof = standard(&state, None);
        if let Some(below) = proof.get_mut(THREAD_BYTES..HEAD_BYTES) {
            below.fill(9);
        }
        let short = compact_proof(&state.witness(), &proof).unwrap();
        assert_eq!((short.first(), short.len()), (Some(&1), sized(&[1]) + 32));
    }

    #[test]
    fn other_lengths_are_refused() {
        let state = state(0x0085_1021);
        let proof = standard(&state, None);
        let cut = proof.get(1..).unwrap();
        assert_eq!(
            compact_proof(&state.witness(), cut),
            Err(CompactProofError::Proof(6089))
        );
        assert_eq!(
            compact_proof(&state.witness(), &[]),
            Err(CompactProofError::Proof(0))
        );
        assert_eq!(
            compact_proof(&[0; 187], &proof),
            Err(CompactProofError::State(187))
        );
    }
}
