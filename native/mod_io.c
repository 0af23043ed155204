/* ros:io - what one does with a descriptor: open, read, write, lock, pipes. */
#include "ros.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

//: open(path: string, flags: number, mode: number): number
FUNCTION(ros_open) {
    UNUSED_ARGS;
    Args args = ARGS;
    const char *path = args_string(&args, 0);
    int flags = (int)args_int(&args, 1), mode = (int)args_int(&args, 2);
    if (args.failed) return args_fail(&args);
    return args_number(&args, "open", open(path, flags | O_CLOEXEC, mode));
}

//: close(fd: number): void
FUNCTION(ros_close) {
    UNUSED_ARGS;
    Args args = ARGS;
    int fd = (int)args_int(&args, 0);
    if (args.failed) return args_fail(&args);
    return args_void(&args, "close", close(fd));
}

//: read(fd: number, into: Uint8Array): number | null
BYTES_CALL(ros_read, "read", read(fd, bytes, length))

//: write(fd: number, bytes: Uint8Array): number | null
BYTES_CALL(ros_write, "write", write(fd, bytes, length))

//: readAt(fd: number, into: Uint8Array, position: number): number
FUNCTION(ros_readAt) {
    UNUSED_ARGS;
    Args args = ARGS;
    size_t length;
    int fd = (int)args_int(&args, 0);
    uint8_t *bytes = args_bytes(&args, 1, &length);
    int64_t position = args_int(&args, 2);
    if (args.failed) return args_fail(&args);
    return args_number(&args, "pread", pread(fd, bytes, length, position));
}

//: fsync(fd: number): void
FUNCTION(ros_fsync) {
    UNUSED_ARGS;
    Args args = ARGS;
    int fd = (int)args_int(&args, 0);
    if (args.failed) return args_fail(&args);
    return args_void(&args, "fsync", fsync(fd));
}

//: lock(fd: number, operation: number): number | null
FUNCTION(ros_lock) {
    UNUSED_ARGS;
    Args args = ARGS;
    int fd = (int)args_int(&args, 0), operation = (int)args_int(&args, 1);
    if (args.failed) return args_fail(&args);
    return args_io(&args, "flock", flock(fd, operation));
}

/* Copies one file's bytes inside the kernel; returns how many. */
//: copyBytes(from: number, to: number): number
FUNCTION(ros_copyBytes) {
    UNUSED_ARGS;
    Args args = ARGS;
    int from = (int)args_int(&args, 0), to = (int)args_int(&args, 1);
    if (args.failed) return args_fail(&args);
    static char buffer[65536];
    int64_t total = 0;
    for (ssize_t got; (got = read_some(from, buffer, sizeof buffer)) != 0; total += got) {
        if (got < 0) return args_void(&args, "read", -1);
        if (write_all(to, buffer, (size_t)got)) return args_void(&args, "write", -1);
    }
    return args_number(&args, "copy", total);
}

//: pipe(flags: number): [number, number]
FUNCTION(ros_pipe) {
    UNUSED_ARGS;
    Args args = ARGS;
    int ends[2], flags = (int)args_int(&args, 0);
    if (args.failed) return args_fail(&args);
    if (pipe2(ends, flags | O_CLOEXEC)) return args_void(&args, "pipe2", -1);
    JSValue pair = JS_NewArray(ctx);
    JS_SetPropertyUint32(ctx, pair, 0, JS_NewInt32(ctx, ends[0]));
    JS_SetPropertyUint32(ctx, pair, 1, JS_NewInt32(ctx, ends[1]));
    return args_value(&args, pair);
}

//: duplicate(fd: number): number
FUNCTION(ros_duplicate) {
    UNUSED_ARGS;
    Args args = ARGS;
    int fd = (int)args_int(&args, 0);
    if (args.failed) return args_fail(&args);
    return args_number(&args, "fcntl", fcntl(fd, F_DUPFD_CLOEXEC, 3));
}

//: setNonBlocking(fd: number, on: boolean): void
FUNCTION(ros_setNonBlocking) {
    UNUSED_ARGS;
    Args args = ARGS;
    int fd = (int)args_int(&args, 0);
    bool on = args_bool(&args, 1);
    if (args.failed) return args_fail(&args);
    int flags = fcntl(fd, F_GETFL);
    if (flags < 0) return args_void(&args, "fcntl", -1);
    return args_void(&args, "fcntl", fcntl(fd, F_SETFL, on ? flags | O_NONBLOCK : flags & ~O_NONBLOCK));
}

/* clang-format off */
static const JSCFunctionListEntry exports[] = {
    EXPORT(open, 3),           EXPORT(close, 1),          EXPORT(read, 2),
    EXPORT(write, 2),          EXPORT(readAt, 3),         EXPORT(fsync, 1),
    EXPORT(lock, 2),           EXPORT(copyBytes, 2),      EXPORT(pipe, 1),
    EXPORT(duplicate, 1),      EXPORT(setNonBlocking, 2),
    CONSTANT(O_RDONLY),        CONSTANT(O_WRONLY),        CONSTANT(O_RDWR),
    CONSTANT(O_CREAT),         CONSTANT(O_EXCL),          CONSTANT(O_TRUNC),
    CONSTANT(O_APPEND),        CONSTANT(O_NONBLOCK),      CONSTANT(O_DIRECTORY),
    CONSTANT(O_NOFOLLOW),      CONSTANT(O_PATH),          CONSTANT(O_NOCTTY),
    CONSTANT(LOCK_EX),         CONSTANT(LOCK_SH),         CONSTANT(LOCK_UN),
    CONSTANT(LOCK_NB),
};
/* clang-format on */

NATIVE_MODULE(io);
