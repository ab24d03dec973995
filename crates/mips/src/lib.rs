//! The MIPS64 fault proof VM, compatible with Cannon multithreaded64-5.
