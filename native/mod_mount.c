/* ros:mount - mounts, mount namespaces' helpers, loop devices, sizes of partitions. */
#include "ros.h"

#include <fcntl.h>
#include <stdio.h>
#include <linux/blkpg.h>
#include <linux/loop.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

//: mount(source: string | null, target: string, type: string | null, flags: number, data: string | null): void
FUNCTION(ros_mount) {
    UNUSED_ARGS;
    Args args = ARGS;
    const char *source = args_string_or_null(&args, 0), *target = args_string(&args, 1);
    const char *type = args_string_or_null(&args, 2);
    unsigned long flags = (unsigned long)args_int(&args, 3);
    const char *data = args_string_or_null(&args, 4);
    if (args.failed) return args_fail(&args);
    return args_void(&args, "mount", mount(source, target, type, flags, data));
}

//: unmount(target: string, flags: number): void
FUNCTION(ros_unmount) {
    UNUSED_ARGS;
    Args args = ARGS;
    const char *target = args_string(&args, 0);
    int flags = (int)args_int(&args, 1);
    if (args.failed) return args_fail(&args);
    return args_void(&args, "umount2", umount2(target, flags));
}

//: pivotRoot(newRoot: string, putOld: string): void
FUNCTION(ros_pivotRoot) {
    UNUSED_ARGS;
    Args args = ARGS;
    const char *new_root = args_string(&args, 0), *put_old = args_string(&args, 1);
    if (args.failed) return args_fail(&args);
    return args_void(&args, "pivot_root", syscall(SYS_pivot_root, new_root, put_old));
}

/* A detached copy of the mount tree at `path`: it can be attached in another mount namespace. */
//: cloneTree(path: string, recursive: boolean): number
FUNCTION(ros_cloneTree) {
    UNUSED_ARGS;
    Args args = ARGS;
    const char *path = args_string(&args, 0);
    bool recursive = args_bool(&args, 1);
    if (args.failed) return args_fail(&args);
    unsigned flags = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | (recursive ? AT_RECURSIVE : 0);
    return args_number(&args, "open_tree", open_tree(AT_FDCWD, path, flags));
}

//: attachTree(fd: number, target: string): void
FUNCTION(ros_attachTree) {
    UNUSED_ARGS;
    Args args = ARGS;
    int fd = (int)args_int(&args, 0);
    const char *target = args_string(&args, 1);
    if (args.failed) return args_fail(&args);
    return args_void(&args, "move_mount", move_mount(fd, "", AT_FDCWD, target, MOVE_MOUNT_F_EMPTY_PATH));
}

/* Attaches `file` from `offset` for `size` bytes (0: to its end) to a free loop device, which detaches itself
   when the last user is gone. Returns the number of the device. */
//: loopAttach(file: string, offset: number, size: number, readOnly: boolean): number
FUNCTION(ros_loopAttach) {
    UNUSED_ARGS;
    Args args = ARGS;
    const char *file = args_string(&args, 0);
    struct loop_config config = {.block_size = 0};
    config.info.lo_offset = (uint64_t)args_int(&args, 1);
    config.info.lo_sizelimit = (uint64_t)args_int(&args, 2);
    bool read_only = args_bool(&args, 3);
    if (args.failed) return args_fail(&args);
    config.info.lo_flags = LO_FLAGS_AUTOCLEAR | (read_only ? LO_FLAGS_READ_ONLY : 0);
    int mode = (read_only ? O_RDONLY : O_RDWR) | O_CLOEXEC, number = -1, error = 0;
    int backing = open(file, mode);
    if (backing < 0) return args_void(&args, "open", -1);
    config.fd = (uint32_t)backing;
    int control = open("/dev/loop-control", O_RDWR | O_CLOEXEC);
    /* Another process may take the free device between the two calls: then take the next one. */
    for (int attempt = 0; control >= 0 && attempt < 16; attempt++) {
        char path[32];
        number = ioctl(control, LOOP_CTL_GET_FREE);
        if (number < 0) break;
        snprintf(path, sizeof path, "/dev/loop%d", number);
        int device = open(path, mode);
        if (device < 0) {
            number = -1;
            break;
        }
        if (ioctl(device, LOOP_CONFIGURE, &config) == 0) {
            /* Keep it open until it is mounted, or autoclear would detach it now. */
            int64_t result = ((int64_t)device << 32) | (uint32_t)number;
            close(control);
            close(backing);
            return args_value(&args, JS_NewInt64(ctx, result));
        }
        error = errno;
        close(device);
        number = -1;
        if (error != EBUSY) break;
        errno = error;
    }
    error = errno;
    if (control >= 0) close(control);
    close(backing);
    errno = error;
    return args_void(&args, "loop", -1);
}

/* The kernel's idea of a partition that is in use; the table on the disk is the caller's business. */
//: resizePartition(disk: number, number: number, startBytes: number, sizeBytes: number): void
FUNCTION(ros_resizePartition) {
    UNUSED_ARGS;
    Args args = ARGS;
    int disk = (int)args_int(&args, 0);
    struct blkpg_partition partition = {.pno = (int)args_int(&args, 1)};
    partition.start = args_int(&args, 2);
    partition.length = args_int(&args, 3);
    if (args.failed) return args_fail(&args);
    struct blkpg_ioctl_arg request = {.op = BLKPG_RESIZE_PARTITION, .datalen = sizeof partition, .data = &partition};
    return args_void(&args, "ioctl(BLKPG_RESIZE_PARTITION)", ioctl(disk, BLKPG, &request));
}

/* `request` on `fd` with an integer, or with a structure that the call may change. */
//: ioctl(fd: number, request: number, argument: number | Uint8Array): number
FUNCTION(ros_ioctl) {
    UNUSED_ARGS;
    Args args = ARGS;
    int fd = (int)args_int(&args, 0);
    unsigned long request = (unsigned long)args_int(&args, 1);
    if (JS_IsObject(argv[2])) {
        size_t length;
        uint8_t *bytes = args_bytes(&args, 2, &length);
        if (args.failed) return args_fail(&args);
        return args_number(&args, "ioctl", ioctl(fd, request, bytes));
    }
    unsigned long value = (unsigned long)args_int(&args, 2);
    if (args.failed) return args_fail(&args);
    return args_number(&args, "ioctl", ioctl(fd, request, value));
}

/* clang-format off */
static const JSCFunctionListEntry exports[] = {
    EXPORT(mount, 5),         EXPORT(unmount, 2),     EXPORT(pivotRoot, 2),
    EXPORT(cloneTree, 2),     EXPORT(attachTree, 2),  EXPORT(loopAttach, 4),
    EXPORT(ioctl, 3),         EXPORT(resizePartition, 4),
    CONSTANT(MS_RDONLY),      CONSTANT(MS_NOSUID),    CONSTANT(MS_NODEV),
    CONSTANT(MS_NOEXEC),      CONSTANT(MS_REMOUNT),   CONSTANT(MS_NOATIME),
    CONSTANT(MS_RELATIME),    CONSTANT(MS_BIND),      CONSTANT(MS_MOVE),
    CONSTANT(MS_REC),         CONSTANT(MS_PRIVATE),   CONSTANT(MS_SLAVE),
    CONSTANT(MS_SHARED),      CONSTANT(MS_STRICTATIME), CONSTANT(MS_SYNCHRONOUS),
    CONSTANT(MS_DIRSYNC),     CONSTANT(MNT_DETACH),   CONSTANT(MNT_FORCE),
    CONSTANT(UMOUNT_NOFOLLOW),
};
/* clang-format on */

NATIVE_MODULE(mount);
