//! Exit codes, and how an error reaches a person.

use std::process::ExitCode;

use endgame_agent::AgentError;

/// The command line could not be understood.
pub(crate) const USAGE: u8 = 2;
/// The command failed.
pub(crate) const FAILED: u8 = 1;

/// A dispute on the devnet did not end as it must.
pub(crate) const WRONG_END: u8 = 3;
/// The programs that judge computed other output roots from the same L1 data.
pub(crate) const DISAGREE: u8 = 4;

/// Shown under `--help`.
pub(crate) const HELP: &str = "\
Exit codes:
  0  done; every check passed
  1  failed, or a check did not pass (the last lines of standard error say why)
  2  the command line was not understood
  3  the devnet's dispute did not end as it must
  4  the programs that judge disagree (`propose`, `challenge --once`)

`endgame vm` ends with the codes of the VM that it stands for, and a fault proof program with its
own: 0 valid claim, 1 invalid claim, 2 anything else.";

/// Prints the error with its causes, and gives its exit code.
pub(crate) fn report(error: &anyhow::Error) -> ExitCode {
    eprintln!("error: {error}");
    for cause in error.chain().skip(1) {
        eprintln!("  because {cause}");
    }
    code(error).into()
}

fn code(error: &anyhow::Error) -> u8 {
    match error.downcast_ref() {
        Some(AgentError::ProgramsDisagree(_)) => DISAGREE,
        _ => FAILED,
    }
}

#[cfg(test)]
mod tests {
    use endgame_agent::Disagreement;
    use endgame_prestate::{B256, Program};

    use super::*;

    #[test]
    fn programs_that_disagree_have_a_code_of_their_own() {
        let found = Disagreement {
            l1_head: B256::ZERO,
            block: 1,
            roots: Program::ALL.map(|program| (program, B256::ZERO)),
        };
        let error = AgentError::ProgramsDisagree(Box::new(found));
        assert_eq!(code(&anyhow::Error::new(error).context("proposing")), 4);
        assert_eq!(code(&AgentError::Config("x".to_owned()).into()), 1);
    }
}
