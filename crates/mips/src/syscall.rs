//! Numbers of the system call interface: MIPS n64 Linux, as far as the VM knows it.

/// read
pub const READ: u64 = 5000;
/// write
pub const WRITE: u64 = 5001;
/// open: always fails
pub const OPEN: u64 = 5002;
/// mmap
pub const MMAP: u64 = 5009;
/// brk
pub const BRK: u64 = 5012;
/// sched_yield
pub const SCHED_YIELD: u64 = 5023;
/// nanosleep: yields
pub const NANOSLEEP: u64 = 5034;
/// getpid
pub const GETPID: u64 = 5038;
/// clone: starts a thread
pub const CLONE: u64 = 5055;
/// exit: ends a thread
pub const EXIT: u64 = 5058;
/// fcntl
pub const FCNTL: u64 = 5070;
/// gettid
pub const GETTID: u64 = 5178;
/// futex
pub const FUTEX: u64 = 5194;
/// exit_group: ends the run
pub const EXIT_GROUP: u64 = 5205;
/// clock_gettime
pub const CLOCK_GETTIME: u64 = 5222;
/// eventfd2
pub const EVENTFD2: u64 = 5284;
/// getrandom
pub const GETRANDOM: u64 = 5313;

/// System calls that do nothing and succeed, in the order of their numbers: close, stat, fstat,
/// lseek, mprotect, munmap, rt_sigaction, rt_sigprocmask, ioctl, pread64, mincore, madvise,
/// setitimer, uname, readlink, getrlimit, getuid, getgid, sigaltstack, sched_getaffinity,
/// epoll_ctl, timer_create, timer_settime, timer_delete, tgkill, openat, readlinkat,
/// epoll_pwait, epoll_create1, pipe2, prlimit64.
pub const IGNORED: [u64; 31] = [
    5003, 5004, 5005, 5008, 5010, 5011, 5013, 5014, 5015, 5016, 5026, 5027, 5036, 5061, 5087, 5095,
    5100, 5102, 5129, 5196, 5208, 5216, 5217, 5220, 5225, 5247, 5257, 5272, 5285, 5287, 5297,
];

/// Bad file descriptor.
pub const EBADF: u64 = 9;
/// Try again.
pub const EAGAIN: u64 = 11;
/// Invalid argument.
pub const EINVAL: u64 = 22;

/// Standard input: always at its end.
pub const FD_STDIN: u64 = 0;
/// Standard output.
pub const FD_STDOUT: u64 = 1;
/// Standard error.
pub const FD_STDERR: u64 = 2;
/// Acknowledgements of hints.
pub const FD_HINT_READ: u64 = 3;
/// Hints.
pub const FD_HINT_WRITE: u64 = 4;
/// Preimages.
pub const FD_PREIMAGE_READ: u64 = 5;
/// Preimage keys.
pub const FD_PREIMAGE_WRITE: u64 = 6;
/// The one event descriptor, never ready.
pub const FD_EVENT: u64 = 100;

/// The flags that clone must have: what Go passes for a thread.
pub const CLONE_FLAGS: u64 = 0x50f00;
/// eventfd2 must have this flag.
pub const EFD_NONBLOCK: u64 = 0x80;
/// futex operation: wait, private.
pub const FUTEX_WAIT_PRIVATE: u64 = 128;
/// futex operation: wake, private.
pub const FUTEX_WAKE_PRIVATE: u64 = 129;
/// Steps a second, as far as the guest's clock goes.
pub const CLOCK_HZ: u64 = 10_000_000;

/// Where the guest prints to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    /// Standard output.
    Out,
    /// Standard error.
    Err,
}
