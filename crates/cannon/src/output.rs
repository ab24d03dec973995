//! Where results go: nowhere, standard output, or a file that is there as a whole or not at all.

use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

use clap::builder::{OsStringValueParser, TypedValueParser};
use flate2::{Compression, write::GzEncoder};
use serde::Serialize;

use crate::CannonError;

/// Parses a path that may be empty.
pub(crate) fn optional_path() -> impl TypedValueParser<Value = PathBuf> {
    OsStringValueParser::new().map(PathBuf::from)
}

/// Writes indented JSON to `target`: nowhere if it is empty, to standard output if it is `-`,
/// else to that file, compressed if its name ends in `.gz`.
pub(crate) fn write_json(value: &impl Serialize, target: &Path) -> Result<(), CannonError> {
    if target.as_os_str().is_empty() {
        return Ok(());
    }
    let failed = |error: io::Error| CannonError::File {
        path: target.to_owned(),
        error,
    };
    let mut json = serde_json::to_vec_pretty(value).map_err(|error| failed(error.into()))?;
    // Two ends of line: byte for byte what Cannon writes.
    json.extend(b"\n\n");
    if target == Path::new("-") {
        return io::stdout().write_all(&json).map_err(failed);
    }
    if target
        .extension()
        .is_some_and(|extension| extension == "gz")
    {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        json = encoder
            .write_all(&json)
            .and_then(|()| encoder.finish())
            .map_err(failed)?;
    }
    write_file(&json, target).map_err(failed)
}

/// Writes a file under another name first.
fn write_file(bytes: &[u8], path: &Path) -> io::Result<()> {
    let mut partial = path.as_os_str().to_owned();
    partial.push(".partial");
    let partial = PathBuf::from(partial);
    let written = fs::write(&partial, bytes).and_then(|()| fs::rename(&partial, path));
    if written.is_err() {
        // The first error is the one to report.
        let _ = fs::remove_file(&partial);
    }
    written
}

/// A file name pattern with its `%d` replaced.
pub(crate) fn numbered(pattern: &str, step: u64) -> PathBuf {
    pattern.replace("%d", &step.to_string()).into()
}

/// Refuses an output whose name tells no binary format.
pub(crate) fn check_binary(path: &Path, flag: &'static str) -> Result<(), CannonError> {
    let name = path.to_string_lossy();
    if name.is_empty() || name.ends_with(".bin") || name.ends_with(".bin.gz") {
        Ok(())
    } else {
        Err(CannonError::NotBinary { flag })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::read::GzDecoder;
    use std::io::Read as _;

    #[test]
    fn files_are_compressed_as_their_name_says() {
        let dir = tempfile::tempdir().unwrap();
        let (plain, gz) = (dir.path().join("a.json"), dir.path().join("a.json.gz"));
        for path in [&plain, &gz] {
            write_json(&[1, 2], path).unwrap();
        }
        assert_eq!(fs::read_to_string(&plain).unwrap(), "[\n  1,\n  2\n]\n\n");
        let mut text = String::new();
        let file = fs::File::open(&gz).unwrap();
        GzDecoder::new(file).read_to_string(&mut text).unwrap();
        assert_eq!(text, "[\n  1,\n  2\n]\n\n");
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 2);
        write_json(&1, Path::new("")).unwrap();
    }

    #[test]
    fn a_file_that_cannot_be_written_is_named() {
        let error = write_json(&1, Path::new("/nonexistent/a.json")).unwrap_err();
        assert!(error.to_string().starts_with("/nonexistent/a.json: "));
    }

    #[test]
    fn only_binary_states_are_written() {
        for name in ["", "a.bin", "a.bin.gz"] {
            check_binary(Path::new(name), "--output").unwrap();
        }
        for name in ["-", "a.json", "a.gz"] {
            check_binary(Path::new(name), "--output").unwrap_err();
        }
    }
}
