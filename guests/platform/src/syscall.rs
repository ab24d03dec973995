//! System calls of the fault proof VMs.

use core::arch::asm;

#[cfg(target_arch = "riscv64")]
mod number {
    pub(super) const READ: usize = 63;
    pub(super) const WRITE: usize = 64;
    pub(super) const EXIT_GROUP: usize = 94;
    pub(super) const MMAP: usize = 222;
    /// `MAP_PRIVATE | MAP_ANONYMOUS`.
    pub(super) const MAP_FLAGS: usize = 0x22;
}

#[cfg(target_arch = "mips64")]
mod number {
    pub(super) const READ: usize = 5000;
    pub(super) const WRITE: usize = 5001;
    pub(super) const EXIT_GROUP: usize = 5205;
    pub(super) const MMAP: usize = 5009;
    /// `MAP_PRIVATE | MAP_ANONYMOUS`.
    pub(super) const MAP_FLAGS: usize = 0x802;
}

/// An error number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Errno(pub(crate) usize);

/// The largest error number; results above its negative are errors.
#[cfg(target_arch = "riscv64")]
const MAX_ERRNO: usize = 4095;

/// One call. Never inlined, so that a program has one such instruction.
#[cfg(target_arch = "riscv64")]
#[inline(never)]
fn call(number: usize, [a, b, c, d, e, f]: [usize; 6]) -> Result<usize, Errno> {
    let result: usize;
    // SAFETY: the VM's calls touch no memory but the buffers that the callers below own.
    unsafe {
        asm!("ecall", in("a7") number, inlateout("a0") a => result, inlateout("a1") b => _,
            in("a2") c, in("a3") d, in("a4") e, in("a5") f, options(nostack));
    }
    if result > usize::MAX - MAX_ERRNO {
        Err(Errno(result.wrapping_neg()))
    } else {
        Ok(result)
    }
}

/// One call. Never inlined, so that a program has one such instruction.
#[cfg(target_arch = "mips64")]
#[inline(never)]
fn call(number: usize, [a, b, c, d, e, f]: [usize; 6]) -> Result<usize, Errno> {
    let (result, error): (usize, usize);
    // SAFETY: the VM's calls touch no memory but the buffers that the callers below own.
    unsafe {
        asm!("syscall", inlateout("$2") number => result, inlateout("$7") d => error,
            in("$4") a, in("$5") b, in("$6") c, inlateout("$8") e => _, inlateout("$9") f => _,
            lateout("$10") _, lateout("$11") _, lateout("$12") _, lateout("$13") _,
            lateout("$14") _, lateout("$15") _, lateout("$24") _, lateout("$25") _,
            options(nostack));
    }
    if error == 0 { Ok(result) } else { Err(Errno(result)) }
}

/// Reads into `buffer`; the number of bytes read.
pub(crate) fn read(fd: usize, buffer: &mut [u8]) -> Result<usize, Errno> {
    let (at, len) = (buffer.as_mut_ptr() as usize, buffer.len());
    call(number::READ, [fd, at, len, 0, 0, 0])
}

/// Writes from `buffer`; the number of bytes written.
pub(crate) fn write(fd: usize, buffer: &[u8]) -> Result<usize, Errno> {
    let (at, len) = (buffer.as_ptr() as usize, buffer.len());
    call(number::WRITE, [fd, at, len, 0, 0, 0])
}

/// New zeroed memory of `size` bytes; its address.
pub(crate) fn map(size: usize) -> Result<usize, Errno> {
    call(number::MMAP, [0, size, 3, number::MAP_FLAGS, usize::MAX, 0])
}

/// Ends the program.
pub fn exit(code: u8) -> ! {
    loop {
        let _ = call(number::EXIT_GROUP, [usize::from(code), 0, 0, 0, 0, 0]);
    }
}
