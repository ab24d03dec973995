//! What a contract imports.

use std::{collections::BTreeSet, fs, path::Path};

/// The contracts, all of our sources that they import, and the libraries' sources that these import
/// (whose own imports are not followed).
pub(crate) fn closure(sources: &Path, contracts: &[String]) -> Vec<String> {
    let mut open: Vec<String> = contracts.to_vec();
    let mut seen = BTreeSet::new();
    while let Some(path) = open.pop() {
        if seen.contains(&path) {
            continue;
        }
        let file = sources.join(&path);
        if file.starts_with(sources) && file.exists() {
            let text = fs::read_to_string(&file).unwrap();
            open.extend(imports(&text).map(|import| {
                assert!(!import.starts_with('.'), "{path}: relative import {import}");
                import.strip_prefix("src/").unwrap_or(import).to_owned()
            }));
        } else {
            assert!(!contracts.contains(&path), "no contract {path}");
        }
        seen.insert(path);
    }
    seen.into_iter().collect()
}

/// The quoted paths of the import statements.
fn imports(source: &str) -> impl Iterator<Item = &str> {
    source
        .split("\nimport ")
        .skip(1)
        .filter_map(|rest| rest.split_once(';'))
        .filter_map(|(statement, _)| statement.split('"').nth(1))
}

#[test]
fn imports_are_found_over_several_lines() {
    let source =
        "// import \"no\";\n\nimport {\n    A,\n    B\n} from \"src/x.sol\";\nimport \"y.sol\";\n";
    assert_eq!(imports(source).collect::<Vec<_>>(), ["src/x.sol", "y.sol"]);
}
