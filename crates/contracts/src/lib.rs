//! Rust bindings of the contracts, generated from the committed Foundry artifacts.
