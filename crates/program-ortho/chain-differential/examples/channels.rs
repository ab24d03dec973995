//! `cargo run -p endgame-ortho-chain-differential --example channels -- COUNT [SEED [DIR]]`: how many
//! corrupt channels the programs read differently.
//!
//! In DIR it leaves them for another reader: `channels.bin` (for each the length of its data and its
//! limit, big-endian numbers of 4 bytes, and the data) and `strings.txt` (for each a line: the number
//! of strings that `ortho` reads, and the SHA-256 of them all, each after its length in 4 bytes).

use std::{
    env,
    error::Error,
    fs::{self, File},
    io::{BufWriter, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

use endgame_ortho_chain_differential::ChannelCase;
use sha2::{Digest, Sha256};

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let count = arguments.next().map_or(Ok(1000), |text| text.parse())?;
    let first: u64 = arguments.next().map_or(Ok(0), |text| text.parse())?;
    let dir = arguments.next().map(PathBuf::from);
    let mut files = dir.map(Files::create).transpose()?;
    let (mut strings, mut different) = (0, 0);
    for seed in first..first + count {
        let case = ChannelCase::from_seed(seed);
        let ortho = case.ortho();
        strings += ortho.len();
        if case.kona() != ortho {
            different += 1;
            println!("seed {seed}");
        }
        if let Some(files) = &mut files {
            files.add(&case, &ortho)?;
        }
    }
    if let Some(files) = &mut files {
        files.finish()?;
    }
    println!("{count} channels, {strings} strings, {different} different");
    Ok(ExitCode::from(u8::from(different > 0)))
}

/// What is left for another reader.
struct Files {
    channels: BufWriter<File>,
    strings: BufWriter<File>,
}

impl Files {
    fn create(dir: impl AsRef<Path>) -> Result<Self, Box<dyn Error>> {
        fs::create_dir_all(&dir)?;
        let create = |name| File::create(dir.as_ref().join(name)).map(BufWriter::new);
        Ok(Self {
            channels: create("channels.bin")?,
            strings: create("strings.txt")?,
        })
    }

    fn add(&mut self, case: &ChannelCase, strings: &[Vec<u8>]) -> Result<(), Box<dyn Error>> {
        for number in [case.data.len() as u64, case.limit] {
            self.channels
                .write_all(&u32::try_from(number)?.to_be_bytes())?;
        }
        self.channels.write_all(&case.data)?;
        let mut hash = Sha256::new();
        for string in strings {
            hash.update(u32::try_from(string.len())?.to_be_bytes());
            hash.update(string);
        }
        let hash = alloy_primitives::hex::encode(hash.finalize());
        writeln!(self.strings, "{} {hash}", strings.len())?;
        Ok(())
    }

    fn finish(&mut self) -> Result<(), Box<dyn Error>> {
        self.channels.flush()?;
        Ok(self.strings.flush()?)
    }
}
