//! What a program needs of a fault proof VM: system calls, memory, the preimage oracle.
//!
//! A guest names its main function with [`entry!`], which also makes the allocator and the panic
//! handler. This crate is for MIPS64 (Cannon's system calls) and RV64 (Asterisc's).
#![no_std]
#![cfg_attr(target_arch = "mips64", feature(asm_experimental_arch))]

extern crate alloc;

mod memory;
mod oracle;
mod syscall;

pub use memory::Allocator;
pub use oracle::FdOracle;
pub use syscall::exit;

use core::fmt::{self, Write};

/// The VM's standard output (1) or error (2).
#[derive(Clone, Copy, Debug)]
pub struct Output(usize);

/// Standard output.
pub const fn stdout() -> Output {
    Output(1)
}

/// Standard error.
pub const fn stderr() -> Output {
    Output(2)
}

impl Write for Output {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let mut rest = text.as_bytes();
        while !rest.is_empty() {
            let written = syscall::write(self.0, rest).map_err(|_| fmt::Error)?;
            rest = rest.get(written..).ok_or(fmt::Error)?;
        }
        Ok(())
    }
}

/// Reports a panic and ends the program with code 2.
pub fn panic(info: &core::panic::PanicInfo<'_>) -> ! {
    let _ = writeln!(stderr(), "{info}");
    exit(2)
}

/// Makes a guest of `$main: fn() -> u8`, whose value is the exit code.
#[macro_export]
macro_rules! entry {
    ($main:path) => {
        #[global_allocator]
        static ALLOCATOR: $crate::Allocator = $crate::Allocator::new();

        #[panic_handler]
        fn panic(info: &core::panic::PanicInfo<'_>) -> ! {
            $crate::panic(info)
        }

        /// Where the loader starts the program.
        #[unsafe(no_mangle)]
        pub extern "C" fn _start() -> ! {
            $crate::exit($main())
        }
    };
}
