// Which system calls a container may make: what dockerd 26.1 allows by default (read from the specifications that it
// hands to its runtime, for each capability), no filter, or a profile of the user's own (docs.docker.com/engine/security/seccomp).

import { apiError } from '../api-error.ts';

/** In every container. */
const ALWAYS = `
_llseek _newselect accept accept4 access adjtimex alarm bind brk cachestat capget capset chdir chmod chown chown32 clock_adjtime clock_adjtime64
clock_getres clock_getres_time64 clock_gettime clock_gettime64 clock_nanosleep clock_nanosleep_time64 close close_range connect copy_file_range creat
dup dup2 dup3 epoll_create epoll_create1 epoll_ctl epoll_ctl_old epoll_pwait epoll_pwait2 epoll_wait epoll_wait_old eventfd eventfd2 execve execveat
exit exit_group faccessat faccessat2 fadvise64 fadvise64_64 fallocate fanotify_mark fchdir fchmod fchmodat fchmodat2 fchown fchown32 fchownat fcntl
fcntl64 fdatasync fgetxattr flistxattr flock fork fremovexattr fsetxattr fstat fstat64 fstatat64 fstatfs fstatfs64 fsync ftruncate ftruncate64 futex
futex_requeue futex_time64 futex_wait futex_waitv futex_wake futimesat get_robust_list get_thread_area getcpu getcwd getdents getdents64 getegid
getegid32 geteuid geteuid32 getgid getgid32 getgroups getgroups32 getitimer getpeername getpgid getpgrp getpid getppid getpriority getrandom getresgid
getresgid32 getresuid getresuid32 getrlimit getrusage getsid getsockname getsockopt gettid gettimeofday getuid getuid32 getxattr inotify_add_watch
inotify_init inotify_init1 inotify_rm_watch io_cancel io_destroy io_getevents io_pgetevents io_pgetevents_time64 io_setup io_submit ioctl ioprio_get
ioprio_set ipc kill landlock_add_rule landlock_create_ruleset landlock_restrict_self lchown lchown32 lgetxattr link linkat listen listxattr llistxattr
lremovexattr lseek lsetxattr lstat lstat64 madvise map_shadow_stack membarrier memfd_create memfd_secret mincore mkdir mkdirat mknod mknodat mlock
mlock2 mlockall mmap mmap2 mprotect mq_getsetattr mq_notify mq_open mq_timedreceive mq_timedreceive_time64 mq_timedsend mq_timedsend_time64 mq_unlink
mremap msgctl msgget msgrcv msgsnd msync munlock munlockall munmap name_to_handle_at nanosleep newfstatat open openat openat2 pause pidfd_open
pidfd_send_signal pipe pipe2 pkey_alloc pkey_free pkey_mprotect poll ppoll ppoll_time64 prctl pread64 preadv preadv2 prlimit64 process_mrelease
process_vm_readv process_vm_writev pselect6 pselect6_time64 ptrace pwrite64 pwritev pwritev2 read readahead readlink readlinkat readv recv recvfrom
recvmmsg recvmmsg_time64 recvmsg remap_file_pages removexattr rename renameat renameat2 restart_syscall rmdir rseq rt_sigaction rt_sigpending
rt_sigprocmask rt_sigqueueinfo rt_sigreturn rt_sigsuspend rt_sigtimedwait rt_sigtimedwait_time64 rt_tgsigqueueinfo sched_get_priority_max
sched_get_priority_min sched_getaffinity sched_getattr sched_getparam sched_getscheduler sched_rr_get_interval sched_rr_get_interval_time64
sched_setaffinity sched_setattr sched_setparam sched_setscheduler sched_yield seccomp select semctl semget semop semtimedop semtimedop_time64 send
sendfile sendfile64 sendmmsg sendmsg sendto set_robust_list set_thread_area set_tid_address setfsgid setfsgid32 setfsuid setfsuid32 setgid setgid32
setgroups setgroups32 setitimer setpgid setpriority setregid setregid32 setresgid setresgid32 setresuid setresuid32 setreuid setreuid32 setrlimit
setsid setsockopt setuid setuid32 setxattr shmat shmctl shmdt shmget shutdown sigaltstack signalfd signalfd4 sigprocmask sigreturn socketcall
socketpair splice stat stat64 statfs statfs64 statx symlink symlinkat sync sync_file_range syncfs sysinfo tee tgkill time timer_create timer_delete
timer_getoverrun timer_gettime timer_gettime64 timer_settime timer_settime64 timerfd_create timerfd_gettime timerfd_gettime64 timerfd_settime
timerfd_settime64 times tkill truncate truncate64 ugetrlimit umask uname unlink unlinkat utime utimensat utimensat_time64 utimes vfork vmsplice wait4
waitid waitpid write writev`;

const MACHINES: Readonly<Record<string, { readonly name: string; readonly architectures: readonly string[]; readonly calls: string }>> = {
  x86_64: { name: 'amd64', architectures: ['SCMP_ARCH_X86_64', 'SCMP_ARCH_X86', 'SCMP_ARCH_X32'], calls: 'arch_prctl modify_ldt' },
  aarch64: { name: 'arm64', architectures: ['SCMP_ARCH_AARCH64', 'SCMP_ARCH_ARM'], calls: 'arm_fadvise64_64 arm_sync_file_range sync_file_range2 breakpoint cacheflush set_tls' },
};

const WITH_CAPABILITY: Readonly<Record<string, string>> = {
  CAP_BPF: 'bpf',
  CAP_DAC_READ_SEARCH: 'open_by_handle_at',
  CAP_PERFMON: 'perf_event_open',
  CAP_SYSLOG: 'syslog',
  CAP_SYS_ADMIN:
    'bpf clone clone3 fanotify_init fsconfig fsmount fsopen fspick lookup_dcookie mount mount_setattr move_mount open_tree perf_event_open quotactl quotactl_fd setdomainname sethostname setns syslog umount umount2 unshare',
  CAP_SYS_BOOT: 'reboot',
  CAP_SYS_CHROOT: 'chroot',
  CAP_SYS_MODULE: 'delete_module finit_module init_module',
  CAP_SYS_NICE: 'get_mempolicy mbind set_mempolicy set_mempolicy_home_node',
  CAP_SYS_PACCT: 'acct',
  CAP_SYS_PTRACE: 'kcmp pidfd_getfd process_madvise',
  CAP_SYS_RAWIO: 'ioperm iopl',
  CAP_SYS_TIME: 'clock_settime clock_settime64 settimeofday stime',
  CAP_SYS_TTY_CONFIG: 'vhangup',
};

export interface SeccompRule {
  readonly names: readonly string[];
  readonly action: string;
  readonly errnoRet?: number;
  readonly args?: readonly { readonly index: number; readonly value: number; readonly valueTwo?: number; readonly op: string }[];
}

/** linux.seccomp of the OCI specification. */
export interface SeccompFilter {
  readonly defaultAction: string;
  readonly defaultErrnoRet?: number;
  readonly architectures?: readonly string[];
  readonly flags?: readonly string[];
  readonly syscalls: readonly SeccompRule[];
}

const ALLOW = 'SCMP_ACT_ALLOW';
const REFUSE = 'SCMP_ACT_ERRNO';
const EPERM = 1;
const ENOSYS = 38;
/** CLONE_NEWNS and its like. */
const NAMESPACE_FLAGS = 0x7e020000;
/** Linux, its 32-bit address space, UNAME26, both, and asking. */
const PERSONALITIES = [0x0, 0x8, 0x20000, 0x20008, 0xffffffff];
const AF_VSOCK = 40;

/** `machine` as uname(2) names it. */
export function defaultFilter(capabilities: readonly string[], machine: string): SeccompFilter {
  const { architectures = [], calls = '' } = MACHINES[machine] ?? {};
  const granted = capabilities.map((name) => WITH_CAPABILITY[name] ?? '').join(' ');
  const allow = (name: string, op: string, index: number, value: number): SeccompRule => ({ names: [name], action: ALLOW, args: [{ index, value, op }] });
  return {
    defaultAction: REFUSE,
    defaultErrnoRet: EPERM,
    architectures,
    syscalls: [
      { names: [...new Set(`${ALWAYS} ${calls} ${granted}`.split(/\s+/).filter((name) => name !== ''))], action: ALLOW },
      allow('socket', 'SCMP_CMP_NE', 0, AF_VSOCK),
      ...PERSONALITIES.map((value) => allow('personality', 'SCMP_CMP_EQ', 0, value)),
      // Without CAP_SYS_ADMIN no new namespaces; of clone3, whose flags no filter sees, libraries must fall back to clone.
      ...(capabilities.includes('CAP_SYS_ADMIN') ? [] : [allow('clone', 'SCMP_CMP_MASKED_EQ', 0, NAMESPACE_FLAGS), { names: ['clone3'], action: REFUSE, errnoRet: ENOSYS }]),
    ],
  };
}

interface Condition {
  readonly caps?: readonly string[];
  readonly arches?: readonly string[];
}

interface Profile {
  readonly defaultAction?: string;
  readonly defaultErrnoRet?: number;
  readonly architectures?: readonly string[];
  readonly archMap?: readonly { readonly architecture: string; readonly subArchitectures?: readonly string[] | null }[];
  readonly flags?: readonly string[];
  readonly syscalls?: readonly (Partial<SeccompRule> & { readonly name?: string; readonly includes?: Condition; readonly excludes?: Condition })[] | null;
}

/** The profile is JSON. Throws `invalid-parameter`. */
export function parseProfile(text: string, capabilities: readonly string[], machine: string): SeccompFilter {
  const profile = readProfile(text);
  const { name: architecture = '', architectures = [] } = MACHINES[machine] ?? {};
  const holds = ({ caps, arches }: Condition): boolean => (caps ?? []).every((name) => capabilities.includes(name)) && (arches === undefined || arches.includes(architecture));
  const excluded = ({ caps = [], arches = [] }: Condition): boolean => caps.some((name) => capabilities.includes(name)) || arches.includes(architecture);
  const rules = (profile.syscalls ?? []).filter(({ includes, excludes }) => (includes === undefined || holds(includes)) && (excludes === undefined || !excluded(excludes)));
  const mapped = profile.archMap?.find((one) => one.architecture === architectures[0]);
  return {
    defaultAction: profile.defaultAction!,
    ...(profile.defaultErrnoRet !== undefined && { defaultErrnoRet: profile.defaultErrnoRet }),
    architectures: profile.architectures ?? (mapped === undefined ? [] : [mapped.architecture, ...(mapped.subArchitectures ?? [])]),
    ...(profile.flags !== undefined && { flags: profile.flags }),
    syscalls: rules.map(({ names, name, action = ALLOW, errnoRet, args }) => ({ names: names ?? [name ?? ''], action, ...(errnoRet !== undefined && { errnoRet }), ...(args?.length && { args }) })),
  };
}

function readProfile(text: string): Profile {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw apiError('invalid-parameter', 'Decoding seccomp profile failed: it is not JSON', { cause: error });
  }
  if (typeof value !== 'object' || value === null || typeof (value as Profile).defaultAction !== 'string') throw apiError('invalid-parameter', 'Decoding seccomp profile failed: it has no defaultAction');
  return value;
}
