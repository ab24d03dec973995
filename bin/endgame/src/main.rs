//! The endgame command line.
fn main() {}
