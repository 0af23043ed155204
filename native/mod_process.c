/* ros:process - starting, waiting for and signalling processes; identity and limits of this one. */
#include "ros.h"

#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* What a child does between fork and exec, in this order. */
typedef struct {
    char **argv, **env;
    char *file, *cwd, *root;
    int fds[32][2], fd_count; /* [number in the child, descriptor here] */
    int namespaces[8], namespace_count;
    int cgroup; /* descriptor of a cgroup.procs file, or -1 */
    int64_t uid, gid;
    bool new_session, controlling_tty;
    int death_signal;
} Spawn;

static int64_t int_property(JSContext *ctx, JSValueConst object, const char *name, int64_t fallback) {
    JSValue value = JS_GetPropertyStr(ctx, object, name);
    int64_t result = fallback;
    if (!JS_IsUndefined(value) && !JS_IsNull(value)) JS_ToInt64Ext(ctx, &result, value);
    JS_FreeValue(ctx, value);
    return result;
}

static char *string_property(JSContext *ctx, JSValueConst object, const char *name) {
    JSValue value = JS_GetPropertyStr(ctx, object, name);
    char *result = NULL;
    if (JS_IsString(value)) {
        const char *text = JS_ToCString(ctx, value);
        if (text) result = strdup(text);
        JS_FreeCString(ctx, text);
    }
    JS_FreeValue(ctx, value);
    return result;
}

static char **strings_property(JSContext *ctx, JSValueConst object, const char *name, bool *failed) {
    JSValue value = JS_GetPropertyStr(ctx, object, name);
    char **result = NULL;
    if (!JS_IsUndefined(value) && !JS_IsNull(value)) {
        result = strings_from(ctx, value);
        if (!result) *failed = true;
    }
    JS_FreeValue(ctx, value);
    return result;
}

static int ints_property(JSContext *ctx, JSValueConst object, const char *name, int *into, int limit) {
    JSValue list = JS_GetPropertyStr(ctx, object, name);
    int count = 0;
    if (JS_IsObject(list)) {
        int64_t length = int_property(ctx, list, "length", 0);
        for (; count < length && count < limit; count++) {
            JSValue item = JS_GetPropertyUint32(ctx, list, (uint32_t)count);
            JS_ToInt32(ctx, &into[count], item);
            JS_FreeValue(ctx, item);
        }
    }
    JS_FreeValue(ctx, list);
    return count;
}

/* Runs in the child, in the memory of the parent (vfork): it changes nothing there that the parent still needs.
   Returns only on failure, the name of the call that failed. */
static const char *become(Spawn *spawn) {
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGPIPE, SIG_DFL);
    if (spawn->death_signal) prctl(PR_SET_PDEATHSIG, spawn->death_signal);
    if (spawn->new_session && setsid() < 0) return "setsid";
    if (spawn->cgroup >= 0 && write(spawn->cgroup, "0", 1) != 1) return "cgroup";
    /* Two passes, so that no target overwrites a source that is still needed. */
    for (int i = 0; i < spawn->fd_count; i++)
        if ((spawn->fds[i][1] = fcntl(spawn->fds[i][1], F_DUPFD_CLOEXEC, 64)) < 0) return "dup";
    for (int i = 0; i < spawn->fd_count; i++)
        if (dup2(spawn->fds[i][1], spawn->fds[i][0]) < 0) return "dup2";
    if (spawn->controlling_tty && ioctl(0, TIOCSCTTY, 1) < 0) return "ioctl(TIOCSCTTY)";
    for (int i = 0; i < spawn->namespace_count; i++)
        if (setns(spawn->namespaces[i], 0) < 0) return "setns";
    if (spawn->root && (chroot(spawn->root) < 0 || chdir("/") < 0)) return "chroot";
    if (spawn->cwd && chdir(spawn->cwd) < 0) return "chdir";
    if (spawn->gid >= 0 && (setgroups(0, NULL) < 0 || setgid((gid_t)spawn->gid) < 0)) return "setgid";
    if (spawn->uid >= 0 && setuid((uid_t)spawn->uid) < 0) return "setuid";
    execvpe(spawn->file, spawn->argv, spawn->env ? spawn->env : environ);
    return "execve";
}

typedef struct {
    int error;
    char call[28];
} SpawnFailure;

/* The child's pid once exec has succeeded; throws what failed before it. */
//: spawn(options: SpawnOptions): number
FUNCTION(ros_spawn) {
    UNUSED_ARGS;
    Args args = ARGS;
    JSValueConst options = argv[0];
    Spawn spawn = {0};
    spawn.cgroup = (int)int_property(ctx, options, "cgroup", -1);
    spawn.uid = int_property(ctx, options, "uid", -1);
    spawn.gid = int_property(ctx, options, "gid", -1);
    spawn.new_session = int_property(ctx, options, "newSession", 0) != 0;
    spawn.controlling_tty = int_property(ctx, options, "controllingTty", 0) != 0;
    spawn.death_signal = (int)int_property(ctx, options, "deathSignal", 0);
    int pairs[64];
    int numbers = ints_property(ctx, options, "fds", pairs, 64);
    for (int i = 0; i + 1 < numbers; i += 2) {
        spawn.fds[spawn.fd_count][0] = pairs[i];
        spawn.fds[spawn.fd_count++][1] = pairs[i + 1];
    }
    spawn.namespace_count = ints_property(ctx, options, "namespaces", spawn.namespaces, 8);
    spawn.argv = strings_property(ctx, options, "argv", &args.failed);
    spawn.env = strings_property(ctx, options, "env", &args.failed);
    spawn.file = string_property(ctx, options, "file");
    spawn.cwd = string_property(ctx, options, "cwd");
    spawn.root = string_property(ctx, options, "root");

    SpawnFailure failure = {0, ""};
    pid_t pid = -1;
    int report[2] = {-1, -1};
    if (args.failed) goto done;
    if (!spawn.argv || !spawn.argv[0]) {
        JS_ThrowTypeError(ctx, "spawn needs argv");
        args.failed = true;
        goto done;
    }
    if (!spawn.file) spawn.file = strdup(spawn.argv[0]);
    if (pipe2(report, O_CLOEXEC) < 0) {
        failure.error = errno;
        strcpy(failure.call, "pipe2");
        goto done;
    }
    /* Copying the page tables of the heap is most of what starting a process costs; vfork does without. */
    pid = vfork();
    if (pid < 0) {
        failure.error = errno;
        strcpy(failure.call, "vfork");
        goto done;
    }
    if (pid == 0) {
        int report_fd = fcntl(report[1], F_DUPFD_CLOEXEC, 128); /* out of the way of the child's fds */
        const char *call = become(&spawn);
        failure.error = errno;
        snprintf(failure.call, sizeof failure.call, "%s", call);
        ssize_t ignored = write(report_fd, &failure, sizeof failure);
        (void)ignored;
        _exit(127);
    }
    close(report[1]);
    report[1] = -1;
    ssize_t got;
    while ((got = read(report[0], &failure, sizeof failure)) < 0 && errno == EINTR) {}
    if (got == (ssize_t)sizeof failure) waitpid(pid, NULL, 0);
    else failure.error = 0;
done:
    if (report[0] >= 0) close(report[0]);
    if (report[1] >= 0) close(report[1]);
    strings_free(spawn.argv);
    strings_free(spawn.env);
    free(spawn.file);
    free(spawn.cwd);
    free(spawn.root);
    if (args.failed) return args_fail(&args);
    if (failure.error) return throw_errno(ctx, failure.call, failure.error);
    return JS_NewInt32(ctx, pid);
}

/* Replaces this process; returns only by throwing. */
//: exec(file: string, argv: string[], env: string[]): never
FUNCTION(ros_exec) {
    UNUSED_ARGS;
    Args args = ARGS;
    const char *file = args_string(&args, 0);
    char **argument_list = args_strings(&args, 1), **environment = args_strings(&args, 2);
    if (!args.failed) {
        sigset_t none;
        sigemptyset(&none);
        sigprocmask(SIG_SETMASK, &none, NULL);
        signal(SIGPIPE, SIG_DFL);
        execve(file, argument_list, environment);
        signal(SIGPIPE, SIG_IGN);
    }
    int error = errno;
    strings_free(argument_list);
    strings_free(environment);
    if (args.failed) return args_fail(&args);
    errno = error;
    return args_void(&args, "execve", -1);
}

/* One ended child as [pid, wait status], or null when none has ended. pid -1 means any. */
//: wait(pid: number): [number, number] | null
FUNCTION(ros_wait) {
    UNUSED_ARGS;
    Args args = ARGS;
    int status = 0;
    pid_t pid = (pid_t)args_int(&args, 0);
    if (args.failed) return args_fail(&args);
    pid_t ended = waitpid(pid, &status, WNOHANG);
    if (ended < 0 && errno != ECHILD) return args_void(&args, "waitpid", -1);
    if (ended <= 0) return args_value(&args, JS_NULL);
    JSValue pair = JS_NewArray(ctx);
    JS_SetPropertyUint32(ctx, pair, 0, JS_NewInt32(ctx, ended));
    JS_SetPropertyUint32(ctx, pair, 1, JS_NewInt32(ctx, status));
    return args_value(&args, pair);
}

//: kill(pid: number, signal: number): void
FUNCTION(ros_kill) {
    UNUSED_ARGS;
    Args args = ARGS;
    pid_t pid = (pid_t)args_int(&args, 0);
    int number = (int)args_int(&args, 1);
    if (args.failed) return args_fail(&args);
    return args_void(&args, "kill", kill(pid, number));
}

/* Blocks the signals and returns a descriptor that becomes readable when one arrives. */
//: signalOpen(signals: number[]): number
FUNCTION(ros_signalOpen) {
    UNUSED_ARGS;
    Args args = ARGS;
    sigset_t set;
    sigemptyset(&set);
    int64_t length = int_property(ctx, argv[0], "length", 0);
    for (int64_t i = 0; i < length; i++) {
        int number = 0;
        JSValue item = JS_GetPropertyUint32(ctx, argv[0], (uint32_t)i);
        JS_ToInt32(ctx, &number, item);
        JS_FreeValue(ctx, item);
        sigaddset(&set, number);
    }
    sigprocmask(SIG_BLOCK, &set, NULL);
    return args_number(&args, "signalfd", signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
}

/* [signal, sender's pid], or null when none is pending. */
//: signalRead(fd: number): [number, number] | null
FUNCTION(ros_signalRead) {
    UNUSED_ARGS;
    Args args = ARGS;
    struct signalfd_siginfo info;
    int fd = (int)args_int(&args, 0);
    if (args.failed) return args_fail(&args);
    ssize_t got = read(fd, &info, sizeof info);
    if (got < 0 && errno == EAGAIN) return args_value(&args, JS_NULL);
    if (got < 0) return args_void(&args, "read", -1);
    JSValue pair = JS_NewArray(ctx);
    JS_SetPropertyUint32(ctx, pair, 0, JS_NewInt64(ctx, info.ssi_signo));
    JS_SetPropertyUint32(ctx, pair, 1, JS_NewInt64(ctx, info.ssi_pid));
    return args_value(&args, pair);
}

//: identity(): Identity
FUNCTION(ros_identity) {
    UNUSED_ARGS;
    JSValue object = JS_NewObject(ctx);
    JS_SetPropertyStr(ctx, object, "pid", JS_NewInt32(ctx, getpid()));
    JS_SetPropertyStr(ctx, object, "parent", JS_NewInt32(ctx, getppid()));
    JS_SetPropertyStr(ctx, object, "uid", JS_NewInt64(ctx, geteuid()));
    JS_SetPropertyStr(ctx, object, "gid", JS_NewInt64(ctx, getegid()));
    return object;
}

//: environment(): string[]
FUNCTION(ros_environment) {
    UNUSED_ARGS;
    JSValue list = JS_NewArray(ctx);
    for (uint32_t i = 0; environ && environ[i]; i++) JS_SetPropertyUint32(ctx, list, i, JS_NewString(ctx, environ[i]));
    return list;
}

/* Ends the process at once: no pending job runs. */
//: exitNow(code: number): never
FUNCTION(ros_exitNow) {
    UNUSED_ARGS;
    Args args = ARGS;
    int code = (int)args_int(&args, 0);
    if (args.failed) return args_fail(&args);
    _exit(code);
}

//: changeDirectory(path: string): void
FUNCTION(ros_changeDirectory) {
    UNUSED_ARGS;
    Args args = ARGS;
    const char *path = args_string(&args, 0);
    if (args.failed) return args_fail(&args);
    return args_void(&args, "chdir", chdir(path));
}

//: currentDirectory(): string
FUNCTION(ros_currentDirectory) {
    UNUSED_ARGS;
    Args args = ARGS;
    char path[4096];
    if (!getcwd(path, sizeof path)) return args_void(&args, "getcwd", -1);
    return args_value(&args, JS_NewString(ctx, path));
}

//: changeRoot(path: string): void
FUNCTION(ros_changeRoot) {
    UNUSED_ARGS;
    Args args = ARGS;
    const char *path = args_string(&args, 0);
    if (args.failed) return args_fail(&args);
    return args_void(&args, "chroot", chroot(path));
}

//: setUmask(mask: number): number
FUNCTION(ros_setUmask) {
    UNUSED_ARGS;
    Args args = ARGS;
    mode_t mask = (mode_t)args_int(&args, 0);
    if (args.failed) return args_fail(&args);
    return args_number(&args, "umask", umask(mask));
}

//: joinNamespace(fd: number, kind: number): void
FUNCTION(ros_joinNamespace) {
    UNUSED_ARGS;
    Args args = ARGS;
    int fd = (int)args_int(&args, 0), kind = (int)args_int(&args, 1);
    if (args.failed) return args_fail(&args);
    return args_void(&args, "setns", setns(fd, kind));
}

//: leaveNamespaces(flags: number): void
FUNCTION(ros_leaveNamespaces) {
    UNUSED_ARGS;
    Args args = ARGS;
    int flags = (int)args_int(&args, 0);
    if (args.failed) return args_fail(&args);
    return args_void(&args, "unshare", unshare(flags));
}

//: newSession(): void
FUNCTION(ros_newSession) {
    UNUSED_ARGS;
    Args args = ARGS;
    return args_void(&args, "setsid", setsid());
}

//: setProcess(option: number, value: number): number
FUNCTION(ros_setProcess) {
    UNUSED_ARGS;
    Args args = ARGS;
    int option = (int)args_int(&args, 0);
    unsigned long value = (unsigned long)args_int(&args, 1);
    if (args.failed) return args_fail(&args);
    return args_number(&args, "prctl", prctl(option, value, 0, 0, 0));
}

//: setLimit(resource: number, soft: number, hard: number): void
FUNCTION(ros_setLimit) {
    UNUSED_ARGS;
    Args args = ARGS;
    int resource = (int)args_int(&args, 0);
    struct rlimit limit = {(rlim_t)args_int(&args, 1), (rlim_t)args_int(&args, 2)};
    if (args.failed) return args_fail(&args);
    return args_void(&args, "setrlimit", setrlimit(resource, &limit));
}

//: setIdentity(uid: number, gid: number, groups: number[]): void
FUNCTION(ros_setIdentity) {
    UNUSED_ARGS;
    Args args = ARGS;
    gid_t groups[64];
    int numbers[64];
    uid_t uid = (uid_t)args_int(&args, 0);
    gid_t gid = (gid_t)args_int(&args, 1);
    if (args.failed) return args_fail(&args);
    JSValue holder = JS_NewObject(ctx);
    JS_SetPropertyStr(ctx, holder, "groups", JS_DupValue(ctx, argv[2]));
    int count = ints_property(ctx, holder, "groups", numbers, 64);
    JS_FreeValue(ctx, holder);
    for (int i = 0; i < count; i++) groups[i] = (gid_t)numbers[i];
    if (setgroups((size_t)count, groups) < 0) return args_void(&args, "setgroups", -1);
    if (setgid(gid) < 0) return args_void(&args, "setgid", -1);
    return args_void(&args, "setuid", setuid(uid));
}

/* clang-format off */
static const JSCFunctionListEntry exports[] = {
    EXPORT(spawn, 1),           EXPORT(exec, 3),
    EXPORT(wait, 1),            EXPORT(kill, 2),
    EXPORT(signalOpen, 1),      EXPORT(signalRead, 1),
    EXPORT(identity, 0),        EXPORT(environment, 0),
    EXPORT(exitNow, 1),         EXPORT(changeDirectory, 1),
    EXPORT(currentDirectory, 0), EXPORT(changeRoot, 1),
    EXPORT(setUmask, 1),        EXPORT(joinNamespace, 2),
    EXPORT(leaveNamespaces, 1), EXPORT(newSession, 0),
    EXPORT(setProcess, 2),      EXPORT(setLimit, 3),
    EXPORT(setIdentity, 3),
    CONSTANT(SIGHUP),           CONSTANT(SIGINT),
    CONSTANT(SIGQUIT),          CONSTANT(SIGKILL),
    CONSTANT(SIGUSR1),          CONSTANT(SIGUSR2),
    CONSTANT(SIGTERM),          CONSTANT(SIGCHLD),
    CONSTANT(SIGCONT),          CONSTANT(SIGSTOP),
    CONSTANT(SIGWINCH),         CONSTANT(SIGPWR),
    CONSTANT(CLONE_NEWNS),      CONSTANT(CLONE_NEWNET),
    CONSTANT(CLONE_NEWUTS),     CONSTANT(CLONE_NEWPID),
    CONSTANT(CLONE_NEWIPC),     CONSTANT(CLONE_NEWCGROUP),
    CONSTANT(PR_SET_CHILD_SUBREAPER), CONSTANT(PR_SET_PDEATHSIG),
    CONSTANT(RLIMIT_NOFILE),    CONSTANT(RLIMIT_CORE),
    CONSTANT(RLIMIT_NPROC),
};
/* clang-format on */

NATIVE_MODULE(process);
