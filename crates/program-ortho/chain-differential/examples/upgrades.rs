//! `cargo run -p endgame-ortho-chain-differential --example upgrades -- DIR`: whether the programs add
//! the transactions to the first block of a fork that another implementation left in DIR.
//!
//! `FORK.bin` has those of a fork, each after its length (a big-endian number of 4 bytes);
//! `jovian-*.code` what Jovian deploys, which the programs' configuration brings.

use std::{convert::Infallible, env, error::Error, fs, path::Path, process::ExitCode};

use endgame_ortho_chain_differential::init_code_in;
use endgame_ortho_derive::upgrade_deposits;
use endgame_prestate::ChainSource;
use endgame_program_kona::upgrade_transactions;
use endgame_program_ortho::{execute::Fork, types::Deposit};

const FORKS: [(&str, Fork); 4] = [
    ("ecotone", Fork::Ecotone),
    ("fjord", Fork::Fjord),
    ("isthmus", Fork::Isthmus),
    ("jovian", Fork::Jovian),
];

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let dir = env::args().nth(1).ok_or("no directory is given")?;
    let dir = Path::new(&dir);
    let mut chain = ChainSource::registry("op-sepolia")?;
    for init_code in init_code_in(dir)? {
        chain = chain.with_upgrade_data(init_code)?;
    }
    let (kona, ortho) = (chain.config()?, chain.ortho_config()?);
    let mut differences = 0;
    for (name, fork) in FORKS {
        let file = fs::read(dir.join(name).with_extension("bin"))?;
        let expected = strings(&file)?;
        let activation = ortho.rollup().forks.activation(fork);
        let time = activation.ok_or("the chain lacks a fork")?;
        let ours = upgrade_transactions(&kona, time)?;
        let same_kona = ours
            .iter()
            .map(|bytes| &bytes[..])
            .eq(expected.iter().copied());
        let deposits = upgrade_deposits::<Infallible>(ortho.rollup(), time - 1, time)?;
        let encoded: Vec<_> = deposits.iter().map(Deposit::encode).collect();
        let same_ortho = encoded == expected;
        for (program, same) in [("kona", same_kona), ("ortho", same_ortho)] {
            if !same {
                differences += 1;
                println!("{name}: {program} differs");
            }
        }
        println!("{name}: {} transactions", expected.len());
    }
    Ok(ExitCode::from(u8::from(differences > 0)))
}

/// The strings that each follow their length.
fn strings(mut bytes: &[u8]) -> Result<Vec<&[u8]>, Box<dyn Error>> {
    let mut strings = Vec::new();
    while let Some((length, rest)) = bytes.split_first_chunk() {
        let length = u32::from_be_bytes(*length) as usize;
        let (string, rest) = rest.split_at_checked(length).ok_or("a file is cut off")?;
        strings.push(string);
        bytes = rest;
    }
    Ok(strings)
}
