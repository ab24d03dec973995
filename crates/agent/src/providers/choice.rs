//! Which program a chain's games are played by.

use alloy::primitives::B256;
use endgame_mips::State;
use endgame_prestate::{ChainSource, Program, Vm, make};

use crate::AgentError;

/// The program that games run in the VM, and the state that its runs start from.
#[derive(Debug)]
pub struct GameProgram {
    /// The program.
    pub program: Program,
    /// The state. Its hash is the games' absolute prestate.
    pub prestate: State,
}

/// Finds which of the programs `asked` is that of games whose absolute prestate is `wanted`.
///
/// The state is `given`, or made for `chain`. A given state that is none of what this project makes
/// for the chain, another build of a program say, counts as that of the first program asked.
pub fn choose(
    asked: &[Program],
    chain: &ChainSource,
    given: Option<State>,
    wanted: B256,
) -> Result<GameProgram, AgentError> {
    match given {
        Some(state) => of_given(asked, chain, state, wanted),
        None => of_made(asked, chain, wanted),
    }
}

fn of_given(
    asked: &[Program],
    chain: &ChainSource,
    prestate: State,
    wanted: B256,
) -> Result<GameProgram, AgentError> {
    let given = prestate.state_hash();
    let known = made_for(chain, given);
    if given == wanted {
        return match (known, asked.first()) {
            (Some(program), _) if asked.contains(&program) => Ok(GameProgram { program, prestate }),
            (None, Some(&program)) => Ok(GameProgram { program, prestate }),
            (Some(found), _) => Err(games_of_other(wanted, found, asked)),
            (None, None) => Err(nothing_asked()),
        };
    }
    match known {
        Some(found) if !asked.contains(&found) => Err(AgentError::PrestateOfOtherProgram {
            given,
            found,
            asked: asked.to_vec(),
        }),
        _ => Err(AgentError::OtherPrestate { wanted, given }),
    }
}

fn of_made(
    asked: &[Program],
    chain: &ChainSource,
    wanted: B256,
) -> Result<GameProgram, AgentError> {
    let mut made = Vec::new();
    for &program in asked {
        let prestate = make(program, Vm::Mips64, chain)?;
        let hash = prestate.hash();
        if hash == wanted {
            let prestate = prestate.into_state();
            return Ok(GameProgram { program, prestate });
        }
        made.push((program, hash));
    }
    Err(match made_for(chain, wanted) {
        Some(found) => games_of_other(wanted, found, asked),
        None => AgentError::UnknownPrestate { wanted, made },
    })
}

/// The program whose prestate for the chain has this hash.
fn made_for(chain: &ChainSource, hash: B256) -> Option<Program> {
    Program::ALL.into_iter().find(|&program| {
        // One that cannot be made for this chain is not the one.
        make(program, Vm::Mips64, chain).is_ok_and(|made| made.hash() == hash)
    })
}

fn games_of_other(prestate: B256, found: Program, asked: &[Program]) -> AgentError {
    AgentError::GamesOfOtherProgram {
        prestate,
        found,
        asked: asked.to_vec(),
    }
}

fn nothing_asked() -> AgentError {
    AgentError::Config("no program to judge by is named".to_owned())
}

#[cfg(test)]
mod tests {
    use endgame_prestate::PrestateError;

    use super::*;

    fn chain() -> ChainSource {
        ChainSource::registry("op-sepolia").unwrap()
    }

    fn state(program: Program) -> State {
        make(program, Vm::Mips64, &chain()).unwrap().into_state()
    }

    #[test]
    fn program_is_the_one_whose_prestate_the_games_start_from() {
        let hash = state(Program::Ortho).state_hash();
        for asked in [&[Program::Ortho][..], &Program::ALL] {
            let made = choose(asked, &chain(), None, hash).unwrap();
            assert_eq!(made.program, Program::Ortho);
            assert_eq!(made.prestate.state_hash(), hash);
            let given = choose(asked, &chain(), Some(state(Program::Ortho)), hash).unwrap();
            assert_eq!(given.program, Program::Ortho);
        }
    }

    #[test]
    fn games_of_another_program_than_asked_are_refused_with_both_names_and_the_remedy() {
        let hash = state(Program::Ortho).state_hash();
        for given in [None, Some(state(Program::Ortho))] {
            let error = choose(&[Program::Kona], &chain(), given, hash).unwrap_err();
            assert!(matches!(
                &error,
                AgentError::GamesOfOtherProgram { prestate, found: Program::Ortho, asked }
                    if *prestate == hash && asked[..] == [Program::Kona]
            ));
            let words = error.to_string();
            assert!(words.contains("program ortho's"), "{words}");
            assert!(words.contains("kona was asked for"), "{words}");
            assert!(words.contains("--program ortho"), "{words}");
        }
    }

    #[test]
    fn given_prestate_of_another_program_than_asked_is_refused() {
        let wanted = state(Program::Kona).state_hash();
        let given = Some(state(Program::Ortho));
        let error = choose(&[Program::Kona], &chain(), given, wanted).unwrap_err();
        assert!(matches!(
            error,
            AgentError::PrestateOfOtherProgram {
                found: Program::Ortho,
                ..
            }
        ));
        let words = error.to_string();
        assert!(words.contains("program ortho's"), "{words}");
        assert!(words.contains("kona was asked for"), "{words}");
        assert!(words.contains("--prestate"), "{words}");
    }

    #[test]
    fn prestate_that_nobody_knows_is_refused_unless_it_is_given_and_the_games_own() {
        let other = State::new(0);
        let hash = other.state_hash();
        let chosen = choose(&[Program::Ortho], &chain(), Some(other), hash).unwrap();
        assert_eq!(chosen.program, Program::Ortho);
        let unknown = choose(&[Program::Kona], &chain(), None, hash).unwrap_err();
        let made = state(Program::Kona).state_hash();
        assert!(matches!(
            unknown,
            AgentError::UnknownPrestate { wanted, made: of }
                if wanted == hash && of[..] == [(Program::Kona, made)]
        ));
        let kona = Some(state(Program::Kona));
        let error = choose(&[Program::Kona], &chain(), kona, hash).unwrap_err();
        assert!(matches!(error, AgentError::OtherPrestate { .. }));
    }

    #[test]
    fn l1_that_is_not_public_is_refused_by_the_program_that_wants_its_configuration() {
        let chain = on_unknown_l1();
        assert!(matches!(
            choose(&[Program::Ortho], &chain, None, B256::ZERO),
            Err(AgentError::Prestate(PrestateError::UnknownL1(900)))
        ));
        // Program kona, which does without, is not kept from games of its own.
        let kona = make(Program::Kona, Vm::Mips64, &chain).unwrap().hash();
        assert!(choose(&[Program::Kona], &chain, None, kona).is_ok());
    }

    /// OP Sepolia's configuration on an L1 that nobody knows.
    fn on_unknown_l1() -> ChainSource {
        let id = chain().chain_id().unwrap();
        let (rollup, _) = endgame_program_kona::ChainConfig::registry_json(id).unwrap();
        let mut rollup: serde_json::Value = serde_json::from_slice(&rollup).unwrap();
        rollup["l1_chain_id"] = 900.into();
        ChainSource::json(serde_json::to_vec(&rollup).unwrap(), None)
    }
}
