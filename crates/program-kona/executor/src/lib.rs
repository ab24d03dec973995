//! A stateless OP Stack block builder on op-revm.
