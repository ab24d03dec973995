//! A comparison for people.

use std::fmt;

use crate::{Kind, Pair, SharedCrate};

const WIDTH: usize = 110;

impl fmt::Display for Pair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [first, second] = &self.mechanisms;
        writeln!(f, "{first} and {second}\n")?;
        writeln!(f, "  {:<10} {first:<18} {second:<18}", "")?;
        for row in &self.components {
            let [one, two] = row.names.each_ref().map(|names| names.join(", "));
            let shared = if row.shared { "shared" } else { "" };
            writeln!(f, "  {:<10} {one:<18} {two:<18} {shared}", row.kind)?;
        }
        if self.shares_program_and_vm() {
            writeln!(
                f,
                "  Both the program and the VM are shared: S2-AGG-5 refuses such a pair."
            )?;
        }
        self.crates(f)?;
        self.contracts(f)?;
        self.cryptography(f)
    }
}

impl Pair {
    fn crates(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [first, second] = self.crate_counts;
        writeln!(
            f,
            "\n  crates: both use {} of {first} and {second}",
            self.crates.len()
        )?;
        let of = |independent: bool, build_only: bool| {
            self.crates
                .iter()
                .filter(move |one| one.in_independent_parts == independent)
                .filter(move |one| !independent || one.build_only == build_only)
                .map(SharedCrate::words)
        };
        let groups = [
            (
                "compiled into parts that are not shared: a mistake in one of these can make both wrong alike",
                of(true, false).collect::<Vec<_>>(),
            ),
            (
                "at build only there, macros and what they are made of: such a mistake has to survive as code",
                of(true, true).collect(),
            ),
            ("through a part that both share", of(false, false).collect()),
        ];
        for (title, names) in groups {
            list(f, title, &names)?;
        }
        Ok(())
    }

    fn contracts(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [first, second] = self.contract_counts;
        writeln!(
            f,
            "\n  contracts: both use {} of {first} and {second} sources",
            self.contracts.len()
        )?;
        list(
            f,
            "what these do is the same in both, right or wrong",
            &self.contracts,
        )
    }

    fn cryptography(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shared = self
            .cryptography
            .iter()
            .filter(|row| !row.shared.is_empty());
        writeln!(
            f,
            "\n  cryptography: one library computes for both {} of {} primitives",
            shared.count(),
            self.cryptography.len()
        )?;
        for row in &self.cryptography {
            let [one, two] = row.libraries.each_ref().map(|names| names.join(", "));
            let shared = match row.shared.as_slice() {
                [] => String::new(),
                shared => format!("shared: {}", shared.join(", ")),
            };
            let place = if row.kind == Kind::Program {
                ""
            } else {
                "in the VM"
            };
            writeln!(
                f,
                "    {:<21} {place:<9} {one:<30} {two:<34} {shared}",
                row.primitive
            )?;
        }
        let below: Vec<_> = self
            .crates
            .iter()
            .filter(|one| one.cryptographic && one.in_independent_parts)
            .map(SharedCrate::words)
            .collect();
        list(
            f,
            "cryptography or what it is built on, in parts that are not shared",
            &below,
        )
    }
}

impl SharedCrate {
    fn words(&self) -> String {
        let [one, two] = self.versions.each_ref().map(|versions| versions.join("/"));
        if one == two {
            format!("{} {one}", self.name)
        } else {
            format!("{} {one} and {two}", self.name)
        }
    }
}

/// Prints a title and the names below it, a line as full as fits.
fn list(f: &mut fmt::Formatter<'_>, title: &str, names: &[String]) -> fmt::Result {
    writeln!(f, "    {title} ({}):", names.len())?;
    let mut line = String::new();
    for (at, name) in names.iter().enumerate() {
        let comma = if at + 1 < names.len() { "," } else { "" };
        if !line.is_empty() && line.len() + name.len() + 2 > WIDTH {
            writeln!(f, "      {}", line.trim_end())?;
            line.clear();
        }
        line.push_str(name);
        line.push_str(comma);
        line.push(' ');
    }
    if line.is_empty() {
        return Ok(());
    }
    writeln!(f, "      {}", line.trim_end())
}
