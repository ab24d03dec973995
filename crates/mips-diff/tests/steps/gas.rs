//! What a step costs as a transaction.

use std::{env, fmt::Write as _, fs, path::Path};

use alloy_primitives::keccak256;
use endgame_mips_diff::{Bench, Catalog, Cost, Outcome, typical};
use endgame_preimage::PreimageKey;

/// Set to rewrite the snapshot.
const UPDATE: &str = "ENDGAME_UPDATE_SNAPSHOTS";

fn cost(bench: &mut Bench, name: &str, mut state: endgame_mips::State) -> Cost {
    match bench.step(&mut state) {
        Ok(Outcome::Advanced(cost)) => cost,
        other => panic!("{name}: {other:?}"),
    }
}

fn line(out: &mut String, name: &str, cost: Cost) {
    let (short, long) = (cost.compact, cost.standard);
    writeln!(
        out,
        "{name:<24}{:>9}{:>13}{:>14}{:>13}",
        short.execution, short.transaction, long.execution, long.transaction
    )
    .unwrap();
}

/// The value that so many percent of all are not above, each figure for itself.
fn percentile(costs: &[Cost], percent: usize) -> Cost {
    let of = |figure: fn(&Cost) -> u64| {
        let mut all: Vec<_> = costs.iter().map(figure).collect();
        all.sort_unstable();
        all[(all.len() - 1) * percent / 100]
    };
    let mut cost = costs[0];
    cost.compact.execution = of(|cost| cost.compact.execution);
    cost.compact.transaction = of(|cost| cost.compact.transaction);
    cost.standard.execution = of(|cost| cost.standard.execution);
    cost.standard.transaction = of(|cost| cost.standard.transaction);
    cost
}

#[test]
fn a_step_costs_what_the_snapshot_says() {
    let catalog = Catalog::new().unwrap();
    let key = catalog
        .keys()
        .into_iter()
        .find(|key| catalog.entry(*key).unwrap().0.len() == 1000)
        .unwrap();
    assert_ne!(key, PreimageKey::keccak256(keccak256([]).0));
    let mut bench = Bench::new(catalog).unwrap();

    let mut found = format!(
        "{:<24}{:>22}{:>27}\n{:<24}{:>9}{:>13}{:>14}{:>13}\n",
        "gas of MIPS64.step",
        "compact proof",
        "standard proof",
        "",
        "execution",
        "transaction",
        "execution",
        "transaction"
    );
    for (name, state) in typical::kinds(key) {
        let cost = cost(&mut bench, name, state);
        line(&mut found, name, cost);
    }
    let costs: Vec<_> = typical::mix(300)
        .into_iter()
        .map(|state| cost(&mut bench, "mix", state))
        .collect();
    let median = percentile(&costs, 50);
    line(&mut found, "computation, median", median);
    line(&mut found, "computation, 90 of 100", percentile(&costs, 90));
    assert!(median.compact.execution <= 40_000, "{median:?}");
    assert!(median.compact.transaction <= 100_000, "{median:?}");

    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("snapshots/steps.txt");
    if env::var_os(UPDATE).is_some() {
        fs::write(&path, &found).unwrap();
    }
    let kept = fs::read_to_string(&path).unwrap();
    assert!(
        kept == found,
        "gas has changed (`make gas` keeps it):\n{found}"
    );
}
