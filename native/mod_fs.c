/* ros:fs - files, directories and attributes, by path. Blocking calls: the files of an operating system are
   small and local; whatever may take long (unpacking, hashing) runs in a child process. */
#include "ros.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

static void free_buffer(JSRuntime *rt, void *opaque, void *ptr) {
    (void)rt, (void)opaque;
    free(ptr);
}

/* Reads until end of file, whatever stat says of the size: files of /proc and /sys have none.
   With limit > 0 it stops after that many bytes. */
//: readFile(path: string, limit: number): ArrayBuffer
FUNCTION(ros_readFile) {
    UNUSED_ARGS;
    Args args = ARGS;
    const char *path = args_string(&args, 0);
    int64_t limit = args_int(&args, 1);
    if (args.failed) return args_fail(&args);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return args_void(&args, "open", -1);
    struct stat status;
    size_t capacity =
        fstat(fd, &status) == 0 && status.st_size > 0 && status.st_size < INT_MAX ? (size_t)status.st_size + 1 : 4096;
    if (limit > 0 && capacity > (size_t)limit) capacity = (size_t)limit;
    size_t used = 0;
    uint8_t *buffer = malloc(capacity);
    ssize_t got = buffer ? 0 : -1;
    while (buffer && (limit <= 0 || used < (size_t)limit)) {
        if (used == capacity) {
            size_t larger = capacity * 2;
            if (limit > 0 && larger > (size_t)limit) larger = (size_t)limit;
            uint8_t *grown = realloc(buffer, larger);
            if (!grown) {
                got = -1;
                break;
            }
            buffer = grown;
            capacity = larger;
        }
        got = read_some(fd, buffer + used, capacity - used);
        if (got <= 0) break;
        used += (size_t)got;
    }
    int error = errno;
    close(fd);
    if (got < 0) {
        free(buffer);
        errno = error;
        return args_void(&args, "read", -1);
    }
    return args_value(&args, JS_NewArrayBuffer(ctx, buffer, used, free_buffer, NULL, false));
}

static JSValue stat_object(JSContext *ctx, const struct stat *s) {
    JSValue object = JS_NewObject(ctx);
#define FIELD(name, value) JS_SetPropertyStr(ctx, object, name, JS_NewInt64(ctx, (int64_t)(value)))
    FIELD("dev", s->st_dev);
    FIELD("ino", s->st_ino);
    FIELD("mode", s->st_mode);
    FIELD("nlink", s->st_nlink);
    FIELD("uid", s->st_uid);
    FIELD("gid", s->st_gid);
    FIELD("major", major(s->st_rdev));
    FIELD("minor", minor(s->st_rdev));
    FIELD("size", s->st_size);
    FIELD("blocks", s->st_blocks);
    FIELD("mtimeMs", s->st_mtim.tv_sec * 1000 + s->st_mtim.tv_nsec / 1000000);
    FIELD("ctimeMs", s->st_ctim.tv_sec * 1000 + s->st_ctim.tv_nsec / 1000000);
#undef FIELD
    return object;
}

//: stat(path: string): Stat
FUNCTION(ros_stat) {
    UNUSED_ARGS;
    Args args = ARGS;
    struct stat status;
    const char *path = args_string(&args, 0);
    if (args.failed) return args_fail(&args);
    if (stat(path, &status)) return args_void(&args, "stat", -1);
    return args_value(&args, stat_object(ctx, &status));
}

//: lstat(path: string): Stat
FUNCTION(ros_lstat) {
    UNUSED_ARGS;
    Args args = ARGS;
    struct stat status;
    const char *path = args_string(&args, 0);
    if (args.failed) return args_fail(&args);
    if (lstat(path, &status)) return args_void(&args, "lstat", -1);
    return args_value(&args, stat_object(ctx, &status));
}

//: fstat(fd: number): Stat
FUNCTION(ros_fstat) {
    UNUSED_ARGS;
    Args args = ARGS;
    struct stat status;
    int fd = (int)args_int(&args, 0);
    if (args.failed) return args_fail(&args);
    if (fstat(fd, &status)) return args_void(&args, "fstat", -1);
    return args_value(&args, stat_object(ctx, &status));
}

/* Names only, in directory order, without "." and "..". */
//: readDir(path: string): string[]
FUNCTION(ros_readDir) {
    UNUSED_ARGS;
    Args args = ARGS;
    const char *path = args_string(&args, 0);
    if (args.failed) return args_fail(&args);
    DIR *directory = opendir(path);
    if (!directory) return args_void(&args, "opendir", -1);
    JSValue list = JS_NewArray(ctx);
    uint32_t count = 0;
    struct dirent *entry;
    while (errno = 0, (entry = readdir(directory))) {
        if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..")) continue;
        JS_SetPropertyUint32(ctx, list, count++, JS_NewString(ctx, entry->d_name));
    }
    int error = errno;
    closedir(directory);
    if (error) {
        JS_FreeValue(ctx, list);
        errno = error;
        return args_void(&args, "readdir", -1);
    }
    return args_value(&args, list);
}

/* Calls that take one path and an optional number. */
#define PATH_CALL(function, syscall, expression)      \
    FUNCTION(function) {                              \
        UNUSED_ARGS;                                  \
        Args args = ARGS;                             \
        const char *path = args_string(&args, 0);     \
        if (args.failed) return args_fail(&args);     \
        return args_void(&args, syscall, expression); \
    }
#define PATH_NUMBER_CALL(function, syscall, expression) \
    FUNCTION(function) {                                \
        UNUSED_ARGS;                                    \
        Args args = ARGS;                               \
        const char *path = args_string(&args, 0);       \
        int64_t number = args_int(&args, 1);            \
        if (args.failed) return args_fail(&args);       \
        return args_void(&args, syscall, expression);   \
    }
#define TWO_PATHS_CALL(function, syscall, expression)                          \
    FUNCTION(function) {                                                       \
        UNUSED_ARGS;                                                           \
        Args args = ARGS;                                                      \
        const char *from = args_string(&args, 0), *to = args_string(&args, 1); \
        if (args.failed) return args_fail(&args);                              \
        return args_void(&args, syscall, expression);                          \
    }

//: rmdir(path: string): void
PATH_CALL(ros_rmdir, "rmdir", rmdir(path))
//: unlink(path: string): void
PATH_CALL(ros_unlink, "unlink", unlink(path))
//: mkdir(path: string, mode: number): void
PATH_NUMBER_CALL(ros_mkdir, "mkdir", mkdir(path, (mode_t)number))
//: chmod(path: string, mode: number): void
PATH_NUMBER_CALL(ros_chmod, "chmod", chmod(path, (mode_t)number))
//: truncate(path: string, length: number): void
PATH_NUMBER_CALL(ros_truncate, "truncate", truncate(path, number))
//: access(path: string, mode: number): void
PATH_NUMBER_CALL(ros_access, "access", access(path, (int)number))
//: rename(from: string, to: string): void
TWO_PATHS_CALL(ros_rename, "rename", rename(from, to))
//: link(from: string, to: string): void
TWO_PATHS_CALL(ros_link, "link", link(from, to))
//: symlink(target: string, path: string): void
TWO_PATHS_CALL(ros_symlink, "symlink", symlink(from, to))

//: readLink(path: string): string
FUNCTION(ros_readLink) {
    UNUSED_ARGS;
    Args args = ARGS;
    char target[PATH_MAX];
    const char *path = args_string(&args, 0);
    if (args.failed) return args_fail(&args);
    ssize_t length = readlink(path, target, sizeof target);
    if (length < 0) return args_void(&args, "readlink", -1);
    return args_value(&args, JS_NewStringLen(ctx, target, (size_t)length));
}

//: realPath(path: string): string
FUNCTION(ros_realPath) {
    UNUSED_ARGS;
    Args args = ARGS;
    char resolved[PATH_MAX];
    const char *path = args_string(&args, 0);
    if (args.failed) return args_fail(&args);
    if (!realpath(path, resolved)) return args_void(&args, "realpath", -1);
    return args_value(&args, JS_NewString(ctx, resolved));
}

/* Does not follow a symbolic link at `path`. */
//: chown(path: string, uid: number, gid: number): void
FUNCTION(ros_chown) {
    UNUSED_ARGS;
    Args args = ARGS;
    const char *path = args_string(&args, 0);
    uid_t uid = (uid_t)args_int(&args, 1);
    gid_t gid = (gid_t)args_int(&args, 2);
    if (args.failed) return args_fail(&args);
    return args_void(&args, "lchown", lchown(path, uid, gid));
}

//: makeNode(path: string, mode: number, major: number, minor: number): void
FUNCTION(ros_makeNode) {
    UNUSED_ARGS;
    Args args = ARGS;
    const char *path = args_string(&args, 0);
    mode_t mode = (mode_t)args_int(&args, 1);
    unsigned major_number = (unsigned)args_int(&args, 2), minor_number = (unsigned)args_int(&args, 3);
    if (args.failed) return args_fail(&args);
    return args_void(&args, "mknod", mknod(path, mode, makedev(major_number, minor_number)));
}

//: setTimes(path: string, mtimeMs: number): void
FUNCTION(ros_setTimes) {
    UNUSED_ARGS;
    Args args = ARGS;
    const char *path = args_string(&args, 0);
    int64_t ms = args_int(&args, 1);
    if (args.failed) return args_fail(&args);
    struct timespec time = {ms / 1000, (ms % 1000) * 1000000}, times[2] = {time, time};
    return args_void(&args, "utimensat", utimensat(AT_FDCWD, path, times, AT_SYMLINK_NOFOLLOW));
}

//: statFs(path: string): StatFs
FUNCTION(ros_statFs) {
    UNUSED_ARGS;
    Args args = ARGS;
    struct statfs status;
    const char *path = args_string(&args, 0);
    if (args.failed) return args_fail(&args);
    if (statfs(path, &status)) return args_void(&args, "statfs", -1);
    JSValue object = JS_NewObject(ctx);
#define FIELD(name, value) JS_SetPropertyStr(ctx, object, name, JS_NewInt64(ctx, (int64_t)(value)))
    FIELD("type", (uint32_t)status.f_type);
    FIELD("blockSize", status.f_bsize);
    FIELD("blocks", status.f_blocks);
    FIELD("blocksFree", status.f_bfree);
    FIELD("blocksAvailable", status.f_bavail);
    FIELD("files", status.f_files);
    FIELD("filesFree", status.f_ffree);
#undef FIELD
    return args_value(&args, object);
}

//: getAttribute(path: string, name: string): ArrayBuffer | null
FUNCTION(ros_getAttribute) {
    UNUSED_ARGS;
    Args args = ARGS;
    uint8_t value[65536];
    const char *path = args_string(&args, 0), *name = args_string(&args, 1);
    if (args.failed) return args_fail(&args);
    ssize_t length = lgetxattr(path, name, value, sizeof value);
    if (length < 0 && errno == ENODATA) return args_value(&args, JS_NULL);
    if (length < 0) return args_void(&args, "lgetxattr", -1);
    return args_value(&args, JS_NewArrayBufferCopy(ctx, value, (size_t)length));
}

//: setAttribute(path: string, name: string, value: Uint8Array): void
FUNCTION(ros_setAttribute) {
    UNUSED_ARGS;
    Args args = ARGS;
    size_t length;
    const char *path = args_string(&args, 0), *name = args_string(&args, 1);
    uint8_t *value = args_bytes(&args, 2, &length);
    if (args.failed) return args_fail(&args);
    return args_void(&args, "lsetxattr", lsetxattr(path, name, value, length, 0));
}

//: removeAttribute(path: string, name: string): void
TWO_PATHS_CALL(ros_removeAttribute, "lremovexattr", lremovexattr(from, to))

//: listAttributes(path: string): string[]
FUNCTION(ros_listAttributes) {
    UNUSED_ARGS;
    Args args = ARGS;
    char names[65536];
    const char *path = args_string(&args, 0);
    if (args.failed) return args_fail(&args);
    ssize_t length = llistxattr(path, names, sizeof names);
    if (length < 0) return args_void(&args, "llistxattr", -1);
    JSValue list = JS_NewArray(ctx);
    uint32_t count = 0;
    for (char *name = names; name < names + length; name += strlen(name) + 1)
        JS_SetPropertyUint32(ctx, list, count++, JS_NewString(ctx, name));
    return args_value(&args, list);
}

/* clang-format off */
static const JSCFunctionListEntry exports[] = {
    EXPORT(readFile, 2),       EXPORT(stat, 1),           EXPORT(lstat, 1),
    EXPORT(fstat, 1),          EXPORT(readDir, 1),        EXPORT(rmdir, 1),
    EXPORT(unlink, 1),         EXPORT(mkdir, 2),          EXPORT(chmod, 2),
    EXPORT(truncate, 2),       EXPORT(access, 2),         EXPORT(rename, 2),
    EXPORT(link, 2),           EXPORT(symlink, 2),        EXPORT(readLink, 1),
    EXPORT(realPath, 1),       EXPORT(chown, 3),          EXPORT(makeNode, 4),
    EXPORT(setTimes, 2),       EXPORT(statFs, 1),         EXPORT(getAttribute, 2),
    EXPORT(setAttribute, 3),   EXPORT(removeAttribute, 2), EXPORT(listAttributes, 1),
    CONSTANT(S_IFMT),          CONSTANT(S_IFREG),         CONSTANT(S_IFDIR),
    CONSTANT(S_IFLNK),         CONSTANT(S_IFBLK),         CONSTANT(S_IFCHR),
    CONSTANT(S_IFIFO),         CONSTANT(S_IFSOCK),        CONSTANT(X_OK),
    CONSTANT(R_OK),            CONSTANT(W_OK),
};
/* clang-format on */

NATIVE_MODULE(fs);
