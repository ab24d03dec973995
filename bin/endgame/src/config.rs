//! The configuration file: values for flags that neither the command line nor the environment has.

use std::{ffi::OsString, path::PathBuf};

use anyhow::{Context, bail};
use clap::Command;
use toml::{Table, Value};

/// The arguments, with those of the configuration file put in where a flag is missing.
///
/// A flag counts as given if it stands on the command line or its variable is set, so the file
/// has the last word only over defaults.
pub(crate) fn with_file(args: Vec<OsString>, root: &Command) -> anyhow::Result<Vec<OsString>> {
    let Some(path) = config_path(&args) else {
        return Ok(args);
    };
    let text = std::fs::read_to_string(&path)
        .with_context(|| format!("cannot read the configuration file {}", path.display()))?;
    let table: Table = text
        .parse()
        .with_context(|| format!("the configuration file {} is not TOML", path.display()))?;
    insert(args, root, &table).with_context(|| format!("in {}", path.display()))
}

fn config_path(args: &[OsString]) -> Option<PathBuf> {
    let mut rest = args
        .iter()
        .skip(1)
        .map_while(|a| a.to_str())
        .take_while(|a| *a != "--");
    while let Some(arg) = rest.next() {
        if arg == "--config" {
            return rest.next().map(PathBuf::from);
        }
        if let Some(value) = arg.strip_prefix("--config=") {
            return Some(value.into());
        }
    }
    std::env::var_os("ENDGAME_CONFIG").map(PathBuf::from)
}

/// Follows the subcommands' names through `args`, then appends what the tables say for them.
fn insert(mut args: Vec<OsString>, root: &Command, table: &Table) -> anyhow::Result<Vec<OsString>> {
    let mut command = root;
    let mut tables = vec![table];
    for arg in args
        .iter()
        .skip(1)
        .filter_map(|a| a.to_str())
        .take_while(|a| *a != "--")
    {
        if let Some(sub) = command.find_subcommand(arg) {
            command = sub;
            if let Some(inner) = tables.last().and_then(|t| t.get(sub.get_name())) {
                let Value::Table(inner) = inner else {
                    bail!("{arg} must be a table")
                };
                tables.push(inner);
            }
        }
    }
    let mut extra = Vec::new();
    for (depth, table) in tables.iter().enumerate() {
        for (key, value) in table.iter().filter(|(_, v)| !v.is_table()) {
            let known = command
                .get_arguments()
                .chain(root.get_arguments())
                .find(|a| a.get_long() == Some(key.as_str()));
            let Some(flag) = known else {
                // A key for all commands may be meant for another one.
                if depth + 1 == tables.len() && depth > 0 {
                    bail!("`{}` has no flag --{key}", command.get_name());
                }
                continue;
            };
            let given = args.iter().filter_map(|a| a.to_str()).any(|a| {
                a.strip_prefix("--")
                    .is_some_and(|a| a.split('=').next() == Some(key.as_str()))
            });
            let in_environment = flag
                .get_env()
                .is_some_and(|v| std::env::var_os(v).is_some());
            if !given && !in_environment && key != "config" {
                push(&mut extra, key, value)?;
            }
        }
    }
    let end = args.iter().position(|a| a == "--").unwrap_or(args.len());
    args.splice(end..end, extra);
    Ok(args)
}

fn push(extra: &mut Vec<OsString>, key: &str, value: &Value) -> anyhow::Result<()> {
    match value {
        Value::Boolean(true) => extra.push(format!("--{key}").into()),
        Value::Boolean(false) => {}
        Value::String(text) => extra.push(format!("--{key}={text}").into()),
        Value::Integer(number) => extra.push(format!("--{key}={number}").into()),
        Value::Float(number) => extra.push(format!("--{key}={number}").into()),
        Value::Array(items) => {
            for item in items {
                push(extra, key, item)?;
            }
        }
        Value::Datetime(_) | Value::Table(_) => bail!("{key} must be text, a number or a list"),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Arg;

    fn root() -> Command {
        Command::new("endgame")
            .arg(Arg::new("log").long("log"))
            .subcommand(
                Command::new("challenge")
                    .arg(Arg::new("l1-rpc").long("l1-rpc"))
                    .arg(Arg::new("dry").long("dry").num_args(0)),
            )
    }

    fn inserted(args: &[&str], file: &str) -> anyhow::Result<Vec<String>> {
        let args = args.iter().map(OsString::from).collect();
        let table = file.parse()?;
        Ok(insert(args, &root(), &table)?
            .into_iter()
            .map(|a| a.into_string().unwrap())
            .collect())
    }

    #[test]
    fn file_fills_in_missing_flags() {
        let file = "log = \"info\"\n[challenge]\nl1-rpc = \"http://a\"\ndry = true";
        let args = inserted(&["endgame", "challenge"], file).unwrap();
        assert_eq!(
            args,
            [
                "endgame",
                "challenge",
                "--log=info",
                "--dry",
                "--l1-rpc=http://a"
            ]
        );
    }

    #[test]
    fn command_line_wins_over_the_file() {
        let file = "[challenge]\nl1-rpc = \"http://a\"";
        let args = inserted(&["endgame", "challenge", "--l1-rpc", "http://b"], file).unwrap();
        assert_eq!(args, ["endgame", "challenge", "--l1-rpc", "http://b"]);
    }

    #[test]
    fn unknown_flag_in_a_command_s_table_is_an_error() {
        let error = inserted(&["endgame", "challenge"], "[challenge]\nl2 = 1").unwrap_err();
        assert!(error.to_string().contains("--l2"), "{error}");
    }
}
