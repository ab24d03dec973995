//! What a person sees of a scenario: acts, transactions, progress, and the table at the end.

use std::{
    fmt::{self, Write as _},
    io::{IsTerminal, Write as _},
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use alloy_primitives::B256;
use serde::Serialize;

/// One line of the summary.
#[derive(Clone, Debug, Serialize)]
pub struct Act {
    /// What happened, in a few words.
    pub title: String,
    /// Transactions that it took.
    pub transactions: u32,
    /// Gas of those transactions together.
    pub gas: u64,
    /// Wall time in seconds.
    pub seconds: f64,
    /// VM steps run, if the act ran a VM.
    pub vm_steps: u64,
}

/// Narrates a scenario on standard output, or keeps silent and only counts.
#[derive(Debug)]
pub struct Narrator {
    silent: bool,
    live: bool,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    started: Instant,
    acts: Vec<(Act, Instant)>,
    progress: bool,
}

impl Narrator {
    /// A narrator; a silent one prints nothing but still counts for the summary.
    pub fn new(silent: bool) -> Self {
        Self {
            silent,
            live: !silent && std::io::stdout().is_terminal(),
            state: Mutex::new(State {
                started: Instant::now(),
                acts: Vec::new(),
                progress: false,
            }),
        }
    }

    /// Begins the next act; the one before it ends here.
    pub fn act(&self, title: impl Into<String>) {
        let title = title.into();
        self.with(|state| {
            state.end_act();
            let act = Act {
                title: title.clone(),
                transactions: 0,
                gas: 0,
                seconds: 0.0,
                vm_steps: 0,
            };
            state.acts.push((act, Instant::now()));
            let number = state.acts.len();
            self.line(state, format_args!("\n{number}. {title}"));
        });
    }

    /// Says something within the act.
    pub fn say(&self, text: impl fmt::Display) {
        self.with(|state| self.line(state, format_args!("   {text}")));
    }

    /// Tells of a transaction and adds it to the act.
    pub fn transaction(&self, what: impl fmt::Display, hash: B256, gas: u64) {
        self.with(|state| {
            if let Some((act, _)) = state.acts.last_mut() {
                act.transactions = act.transactions.saturating_add(1);
                act.gas = act.gas.saturating_add(gas);
            }
            self.line(state, format_args!("   {what:<44} {hash} {gas:>9} gas"));
        });
    }

    /// Adds VM steps to the act.
    pub fn vm_steps(&self, steps: u64) {
        self.with(|state| {
            if let Some((act, _)) = state.acts.last_mut() {
                act.vm_steps = act.vm_steps.saturating_add(steps);
            }
        });
    }

    /// Shows progress of something long; on a terminal each replaces the one before.
    pub fn progress(&self, text: impl fmt::Display) {
        if !self.live {
            return;
        }
        self.with(|state| {
            state.progress = true;
            print!("\r\x1b[2K   … {text}");
            // A terminal that is gone is no reason to stop.
            let _ = std::io::stdout().flush();
        });
    }

    /// Ends the last act and returns the acts and the wall time.
    pub fn finish(&self) -> (Vec<Act>, Duration) {
        self.with(|state| {
            state.end_act();
            (
                state.acts.iter().map(|(act, _)| act.clone()).collect(),
                state.started.elapsed(),
            )
        })
    }

    fn with<T>(&self, f: impl FnOnce(&mut State) -> T) -> T {
        f(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn line(&self, state: &mut State, text: fmt::Arguments<'_>) {
        if self.silent {
            return;
        }
        if std::mem::take(&mut state.progress) {
            print!("\r\x1b[2K");
        }
        println!("{text}");
    }
}

impl State {
    fn end_act(&mut self) {
        if let Some((act, since)) = self.acts.last_mut()
            && act.seconds == 0.0
        {
            act.seconds = since.elapsed().as_secs_f64();
        }
    }
}

/// The summary as a table for a terminal.
pub fn table(acts: &[Act], wall: Duration) -> String {
    let width = acts
        .iter()
        .map(|a| a.title.chars().count())
        .max()
        .unwrap_or(0)
        .max(5);
    let mut text = String::new();
    // Writing to a `String` cannot fail.
    let _ = writeln!(
        text,
        "     {:width$}  {:>4}  {:>12}  {:>9}  {:>13}",
        "act", "txs", "gas", "seconds", "VM steps"
    );
    for (number, act) in acts.iter().enumerate() {
        let _ = writeln!(
            text,
            "{:>3}. {:width$}  {:>4}  {:>12}  {:>9.1}  {:>13}",
            number + 1,
            act.title,
            act.transactions,
            grouped(act.gas),
            act.seconds,
            grouped(act.vm_steps),
        );
    }
    let sum = |f: fn(&Act) -> u64| grouped(acts.iter().map(f).fold(0, u64::saturating_add));
    let _ = write!(
        text,
        "     {:width$}  {:>4}  {:>12}  {:>9.1}  {:>13}",
        "total",
        acts.iter().map(|a| a.transactions).sum::<u32>(),
        sum(|a| a.gas),
        wall.as_secs_f64(),
        sum(|a| a.vm_steps),
    );
    text
}

/// `1234567` as `1,234,567`; nothing for zero.
fn grouped(number: u64) -> String {
    if number == 0 {
        return String::new();
    }
    let digits = number.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn summary_adds_up_what_the_acts_did() {
        let narrator = Narrator::new(true);
        narrator.act("a deposit");
        narrator.transaction("deposit", B256::ZERO, 50_000);
        narrator.act("a dispute");
        narrator.transaction("attack", B256::ZERO, 150_000);
        narrator.transaction("step", B256::ZERO, 1_250_000);
        narrator.vm_steps(40_000_000);
        let (acts, wall) = narrator.finish();
        assert_eq!(acts.len(), 2);
        assert_eq!((acts[1].transactions, acts[1].gas), (2, 1_400_000));
        let table = table(&acts, wall);
        assert!(
            table.contains("1,450,000") && table.contains("40,000,000"),
            "{table}"
        );
    }

    #[test]
    fn numbers_are_grouped_by_thousands() {
        assert_eq!(grouped(0), "");
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(1_000), "1,000");
        assert_eq!(grouped(12_345_678), "12,345,678");
    }
}
