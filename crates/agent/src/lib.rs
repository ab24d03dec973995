//! Proposer, challenger and withdrawer: chain I/O around the pure game model.
