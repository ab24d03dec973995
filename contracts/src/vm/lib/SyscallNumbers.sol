// SPDX-License-Identifier: MIT
pragma solidity ^0.8.22;

/// @title SyscallNumbers
/// @notice The system calls that the VM knows, by their numbers in the n64 table of Linux on MIPS.
library SyscallNumbers {
    uint64 internal constant READ = 5000;
    uint64 internal constant WRITE = 5001;
    uint64 internal constant OPEN = 5002;
    uint64 internal constant MMAP = 5009;
    uint64 internal constant BRK = 5012;
    uint64 internal constant SCHED_YIELD = 5023;
    uint64 internal constant NANOSLEEP = 5034;
    uint64 internal constant GETPID = 5038;
    uint64 internal constant CLONE = 5055;
    uint64 internal constant EXIT = 5058;
    uint64 internal constant FCNTL = 5070;
    uint64 internal constant GETTID = 5178;
    uint64 internal constant FUTEX = 5194;
    uint64 internal constant EXIT_GROUP = 5205;
    uint64 internal constant CLOCK_GETTIME = 5222;
    uint64 internal constant EVENTFD2 = 5284;
    uint64 internal constant GETRANDOM = 5313;

    /// @notice Whether a call does nothing and returns 0.
    function isIgnored(uint64 number) internal pure returns (bool) {
        if (number < 5100) {
            return number == 5003 // close
                || number == 5004 // stat
                || number == 5005 // fstat
                || number == 5008 // lseek
                || number == 5010 // mprotect
                || number == 5011 // munmap
                || number == 5013 // rt_sigaction
                || number == 5014 // rt_sigprocmask
                || number == 5015 // ioctl
                || number == 5016 // pread64
                || number == 5026 // mincore
                || number == 5027 // madvise
                || number == 5036 // setitimer
                || number == 5061 // uname
                || number == 5087 // readlink
                || number == 5095; // getrlimit
        }
        return number == 5100 // getuid
            || number == 5102 // getgid
            || number == 5129 // sigaltstack
            || number == 5196 // sched_getaffinity
            || number == 5208 // epoll_ctl
            || number == 5216 // timer_create
            || number == 5217 // timer_settime
            || number == 5220 // timer_delete
            || number == 5225 // tgkill
            || number == 5247 // openat
            || number == 5257 // readlinkat
            || number == 5272 // epoll_pwait
            || number == 5285 // epoll_create1
            || number == 5287 // pipe2
            || number == 5297; // prlimit64
    }
}
