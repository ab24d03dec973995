//! The bench guest is what it is in Cannon 1.19.6, from its prestate to its end. The values are
//! that Cannon's; `make peers` compares with the real one.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::{io::Read as _, ops::ControlFlow, path::Path, sync::Arc};

use alloy_primitives::{b256, keccak256};
use endgame_mips::{Fast, State, Trace, TraceOptions, elf, engine::Engine as _};
use endgame_preimage::{OracleError, PreimageKey, PreimageOracle};
use endgame_vm::Preimages;
use flate2::read::GzDecoder;

/// The guest asks for no preimages.
struct Nothing;

impl PreimageOracle for Nothing {
    fn hint(&self, _: &[u8]) -> Result<(), OracleError> {
        Ok(())
    }

    fn get(&self, key: PreimageKey) -> Result<Vec<u8>, OracleError> {
        Err(OracleError::NotFound(key))
    }
}

fn prestate() -> State {
    let artifacts = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../guests/artifacts");
    let file = std::fs::File::open(artifacts.join("bench-mips64.elf.gz")).unwrap();
    let mut program = Vec::new();
    GzDecoder::new(file).read_to_end(&mut program).unwrap();
    elf::load(&program).unwrap()
}

#[test]
fn the_prestate_and_its_file_are_cannons() {
    let state = prestate();
    let hash = b256!("0316b0677cff086f27cf900724a78b208c24c46bde29a5b30a13696fa7a0680e");
    assert_eq!(state.state_hash(), hash);
    let mut file = Vec::new();
    state.write_to(&mut file).unwrap();
    assert_eq!(file.len(), 82_499);
    let hash = b256!("f1b3c064af6adda0f9f67d544db4d83fb08e5322d61140318911850c6abe3bb8");
    assert_eq!(keccak256(&file), hash);
}

#[test]
fn the_run_ends_as_in_cannon() {
    let mut engine = Fast::new(&prestate()).unwrap();
    let mut observe = |_: &_| ControlFlow::Continue(());
    let mut preimages = Preimages::new(&Nothing);
    engine.run(u64::MAX, &mut preimages, &mut observe).unwrap();
    let state = engine.state();
    assert_eq!((state.step, state.exit_code), (695_195_673, 0));
    let hash = b256!("00c5adf05445adf2291770d4d7ebecccdb5f4b7d5818c2bc7e6b1e9b12f42336");
    assert_eq!(state.state_hash(), hash);
}

#[test]
fn a_trace_of_the_run_answers_for_its_first_and_last_step() {
    let prestate = prestate();
    let first = prestate.state_hash();
    let mut trace = Trace::new(prestate, Arc::new(Nothing), TraceOptions::default());
    let end = trace.run_to_end().unwrap();
    let last = trace.step_witness(end - 1).unwrap();
    assert_eq!(last.post[0], 0);
    assert_eq!(trace.step_witness(0).unwrap().pre, first);
    assert_eq!(trace.step_witness(end - 2).unwrap().post, last.pre);
}
