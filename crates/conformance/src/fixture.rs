//! Data on disk: a directory, or a `.tar.zst` of one.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
};

use serde::de::DeserializeOwned;
use tempfile::TempDir;

use crate::ConformanceError;

/// A directory of conformance data. An archive is unpacked to where temporary files go, and
/// removed with this value.
#[derive(Debug)]
pub struct Fixture {
    given: PathBuf,
    unpacked: Option<TempDir>,
}

/// One item's place in a fixture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Case {
    /// The name that the report calls it.
    pub(crate) name: String,
    /// The file, or the directory of its files.
    pub(crate) path: PathBuf,
}

impl Fixture {
    /// Opens a directory, or a file that is a zstd-compressed tar archive.
    pub fn open(path: &Path) -> Result<Self, ConformanceError> {
        let read = |error: std::io::Error| ConformanceError::read(path, &error);
        let unpacked = if fs::metadata(path).map_err(read)?.is_dir() {
            None
        } else {
            let dir = TempDir::new().map_err(read)?;
            let file = zstd::Decoder::new(File::open(path).map_err(read)?).map_err(read)?;
            tar::Archive::new(file)
                .unpack(dir.path())
                .map_err(|error| {
                    ConformanceError::read(path, &format!("not a .tar.zst archive: {error}"))
                })?;
            Some(dir)
        };
        Ok(Self {
            given: path.to_owned(),
            unpacked,
        })
    }

    pub(crate) fn root(&self) -> &Path {
        self.unpacked.as_ref().map_or(&self.given, TempDir::path)
    }

    /// Every directory that holds a file called `marker`, in order of their names.
    pub(crate) fn directories_with(
        &self,
        marker: &str,
        filter: Option<&str>,
    ) -> Result<Vec<Case>, ConformanceError> {
        let cases = self
            .files()?
            .into_iter()
            .filter(|file| file.file_name().is_some_and(|name| name == marker))
            .filter_map(|file| file.parent().map(Path::to_owned));
        self.named(cases, marker, filter)
    }

    /// Every file whose name ends in `.extension`, in order of their names.
    pub(crate) fn files_with(
        &self,
        extension: &str,
        filter: Option<&str>,
    ) -> Result<Vec<Case>, ConformanceError> {
        let wanted = |name: &str| Path::new(name).extension().is_some_and(|e| e == extension);
        self.files_named(wanted, &format!("*.{extension}"), filter)
    }

    /// Every file of which the name is `wanted`, in order of their names; `marker` says which.
    pub(crate) fn files_named(
        &self,
        wanted: impl Fn(&str) -> bool,
        marker: &str,
        filter: Option<&str>,
    ) -> Result<Vec<Case>, ConformanceError> {
        let cases = self.files()?.into_iter().filter(|file| {
            let name = file.file_name().and_then(|name| name.to_str());
            name.is_some_and(&wanted)
        });
        self.named(cases, marker, filter)
    }

    fn named(
        &self,
        paths: impl Iterator<Item = PathBuf>,
        marker: &str,
        filter: Option<&str>,
    ) -> Result<Vec<Case>, ConformanceError> {
        let mut cases: Vec<_> = paths
            .map(|path| Case {
                name: path
                    .file_name()
                    .map(|name| name.to_string_lossy().into_owned())
                    .unwrap_or_default(),
                path,
            })
            .filter(|case| filter.is_none_or(|pattern| matches(pattern, &case.name)))
            .collect();
        cases.sort_by(|a, b| (&a.name, &a.path).cmp(&(&b.name, &b.path)));
        if cases.is_empty() {
            return Err(ConformanceError::Empty {
                path: self.given.clone(),
                marker: marker.to_owned(),
            });
        }
        Ok(cases)
    }

    /// All files below the root. Links are not followed.
    fn files(&self) -> Result<Vec<PathBuf>, ConformanceError> {
        let mut files = Vec::new();
        let mut directories = vec![self.root().to_owned()];
        while let Some(directory) = directories.pop() {
            let read = |error: std::io::Error| ConformanceError::read(&directory, &error);
            for entry in fs::read_dir(&directory).map_err(read)? {
                let entry = entry.map_err(read)?;
                let kind = entry.file_type().map_err(read)?;
                if kind.is_dir() {
                    directories.push(entry.path());
                } else if kind.is_file() {
                    files.push(entry.path());
                }
            }
        }
        Ok(files)
    }
}

/// Reads a JSON file of an item; the error is what the item failed by.
pub(crate) fn json<T: DeserializeOwned>(path: &Path) -> Result<T, String> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let raw = fs::read(path).map_err(|error| format!("{name}: {error}"))?;
    serde_json::from_slice(&raw).map_err(|error| format!("{name}: {error}"))
}

/// Whether a name is one that the pattern stands for: `*` is any text, `?` any character.
pub fn matches(pattern: &str, name: &str) -> bool {
    let (mut pattern, mut name) = (pattern.chars(), name.chars());
    // Where to go on when the text after the last `*` does not fit: let the `*` take one more.
    let mut retry = None;
    loop {
        let at_name = name.clone();
        match (pattern.next(), name.next()) {
            (None, None) => return true,
            (Some('*'), _) => {
                name = at_name;
                retry = Some((pattern.clone(), name.clone()));
            }
            (Some('?'), Some(_)) => {}
            (Some(a), Some(b)) if a == b => {}
            _ => {
                let Some((after_star, mut skipped)) = retry.take() else {
                    return false;
                };
                if skipped.next().is_none() {
                    return false;
                }
                pattern = after_star.clone();
                name = skipped.clone();
                retry = Some((after_star, skipped));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pattern_stands_for_whole_names() {
        for (pattern, name, expected) in [
            ("", "", true),
            ("", "a", false),
            ("*", "", true),
            ("*", "abc", true),
            ("a*", "abc", true),
            ("*c", "abc", true),
            ("*b", "abc", false),
            ("a?c", "abc", true),
            ("a?", "abc", false),
            ("*-30-*", "canyon-block-30-45a56db", true),
            ("*a*b*c", "xaxbxbxc", true),
            ("*a*b*c", "xaxbxbx", false),
        ] {
            assert_eq!(matches(pattern, name), expected, "{pattern} {name}");
        }
    }

    #[test]
    fn archive_and_directory_hold_the_same_items() {
        let dir = TempDir::new().unwrap();
        for name in ["b", "a"] {
            let item = dir.path().join("data").join(name);
            fs::create_dir_all(&item).unwrap();
            fs::write(item.join("fixture.json"), "{}").unwrap();
        }
        let archive = dir.path().join("data.tar.zst");
        let file = zstd::Encoder::new(File::create(&archive).unwrap(), 1).unwrap();
        let mut tar = tar::Builder::new(file);
        tar.append_dir_all("data", dir.path().join("data")).unwrap();
        tar.into_inner().unwrap().finish().unwrap();
        let names = |path: &Path, filter| -> Vec<String> {
            let fixture = Fixture::open(path).unwrap();
            let cases = fixture.directories_with("fixture.json", filter).unwrap();
            cases.into_iter().map(|case| case.name).collect()
        };
        assert_eq!(names(&archive, None), ["a", "b"]);
        assert_eq!(names(&dir.path().join("data"), None), ["a", "b"]);
        assert_eq!(names(&archive, Some("b*")), ["b"]);
    }

    #[test]
    fn nothing_to_run_is_an_error_and_so_is_a_file_that_is_no_archive() {
        let dir = TempDir::new().unwrap();
        let empty = Fixture::open(dir.path()).unwrap();
        assert!(matches!(
            empty.directories_with("fixture.json", None),
            Err(ConformanceError::Empty { .. })
        ));
        let file = dir.path().join("text");
        fs::write(&file, "no archive").unwrap();
        assert!(matches!(
            Fixture::open(&file),
            Err(ConformanceError::Read { .. })
        ));
        assert!(Fixture::open(&dir.path().join("absent")).is_err());
    }
}
