//! Program ortho as an ELF for a fault proof VM.
#![no_std]
#![no_main]

use core::fmt::Write;

use endgame_guest_platform::{FdOracle, entry, stderr, stdout};
use endgame_program_ortho::{
    ChainConfig, ConfigError, EXIT_FAILED, ProgramError, Verdict, run_in_vm,
};
use endgame_section as section;

/// The chain's configuration, filled in when a prestate is made.
#[unsafe(link_section = ".data.endgame_config")]
#[used]
static CONFIG: [u8; section::SIZE] = section::empty();

fn judge() -> Result<Verdict, ProgramError> {
    // The compiler must not take the section for the empty one that it was built with.
    let section = core::hint::black_box(&CONFIG);
    let content = section::content(section).map_err(ConfigError::from)?;
    let config = ChainConfig::from_section(content)?;
    run_in_vm(FdOracle, &config, |block| {
        let _ = writeln!(
            stdout(),
            "block {} {} output {} ({} transactions, {} gas)",
            block.number, block.hash, block.output_root, block.transactions, block.gas_used,
        );
    })
}

fn main() -> u8 {
    match judge() {
        Ok(verdict) => {
            let judgement = if verdict.valid { "valid" } else { "invalid" };
            let _ = writeln!(
                stdout(),
                "output {} at block {}: the claim is {judgement}",
                verdict.output_root, verdict.block,
            );
            verdict.exit_code()
        }
        Err(error) => {
            let _ = writeln!(stderr(), "no verdict: {error}");
            EXIT_FAILED
        }
    }
}

entry!(main);
