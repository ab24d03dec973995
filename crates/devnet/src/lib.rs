//! A whole rollup on this machine: anvil as L1, an L2 in process, a sequencer and a batcher.
