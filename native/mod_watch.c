/* ros:watch - inotify: what changes in folders and files. */
#include "ros.h"

#include <sys/inotify.h>
#include <unistd.h>

//: open(): number
FUNCTION(ros_open) {
    UNUSED_ARGS;
    Args args = ARGS;
    return args_number(&args, "inotify_init1", inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
}

//: add(fd: number, path: string, mask: number): number
FUNCTION(ros_add) {
    UNUSED_ARGS;
    Args args = ARGS;
    int fd = (int)args_int(&args, 0);
    const char *path = args_string(&args, 1);
    uint32_t mask = (uint32_t)args_int(&args, 2);
    if (args.failed) return args_fail(&args);
    return args_number(&args, "inotify_add_watch", inotify_add_watch(fd, path, mask));
}

/* All events that are ready: [watch, mask, name] each. */
//: take(fd: number): [number, number, string][]
FUNCTION(ros_take) {
    UNUSED_ARGS;
    Args args = ARGS;
    char buffer[16384] __attribute__((aligned(__alignof__(struct inotify_event))));
    int fd = (int)args_int(&args, 0);
    if (args.failed) return args_fail(&args);
    ssize_t length = read(fd, buffer, sizeof buffer);
    if (length < 0 && errno != EAGAIN) return args_void(&args, "read", -1);
    JSValue list = JS_NewArray(ctx);
    uint32_t count = 0;
    for (char *at = buffer; length > 0 && at < buffer + length;) {
        struct inotify_event *event = (struct inotify_event *)at;
        JSValue row = JS_NewArray(ctx);
        JS_SetPropertyUint32(ctx, row, 0, JS_NewInt32(ctx, event->wd));
        JS_SetPropertyUint32(ctx, row, 1, JS_NewInt64(ctx, event->mask));
        JS_SetPropertyUint32(ctx, row, 2, JS_NewString(ctx, event->len ? event->name : ""));
        JS_SetPropertyUint32(ctx, list, count++, row);
        at += sizeof *event + event->len;
    }
    return args_value(&args, list);
}

/* clang-format off */
static const JSCFunctionListEntry exports[] = {
    EXPORT(open, 0),          EXPORT(add, 3),             EXPORT(take, 1),
    CONSTANT(IN_CREATE),      CONSTANT(IN_MOVED_TO),      CONSTANT(IN_CLOSE_WRITE),
    CONSTANT(IN_MODIFY),
};
/* clang-format on */

NATIVE_MODULE(watch);
