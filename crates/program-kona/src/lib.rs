//! The fault proof program kona: kona-derive for derivation, op-revm for execution.
