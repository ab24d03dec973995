//! What both fault proof VMs share: paged memory, merkle commitment, snapshots.
