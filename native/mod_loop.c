/* ros:loop - the event loop: epoll, timers, the job queue, and what happens to rejections nobody handles.
   epoll instead of QuickJS's own select(): no limit of 1024 descriptors, and waiting costs nothing. */
#include "ros.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

typedef struct {
    JSValue callback;
    bool used;
} Watch;

typedef struct {
    double due;
    int id;
    JSValue callback;
} Timer;

static struct {
    int epoll;
    Watch *watches; /* by descriptor */
    int watch_capacity, watch_count;
    Timer *timers; /* binary heap, earliest first */
    int timer_count, timer_capacity, next_timer;
    bool exiting;
    int exit_code;
    JSValue on_rejection;
    JSValue *rejections; /* pairs promise, reason */
    int rejection_count, rejection_capacity;
} loop = {.epoll = -1, .next_timer = 1};

static double now_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1000.0 + (double)now.tv_nsec / 1e6;
}

void loop_start(JSContext *ctx) {
    (void)ctx;
    loop.epoll = epoll_create1(EPOLL_CLOEXEC);
    loop.on_rejection = JS_UNDEFINED;
}

void loop_request_exit(int code) {
    loop.exiting = true;
    loop.exit_code = code;
}

/* events: 1 readable, 2 writable; hang-up and errors are reported as both. One watch for a descriptor. */
//: watch(fd: number, events: number, callback: (events: number) => void): void
FUNCTION(ros_watch) {
    UNUSED_ARGS;
    Args args = ARGS;
    int fd = (int)args_int(&args, 0), events = (int)args_int(&args, 1);
    if (args.failed) return args_fail(&args);
    if (fd < 0) {
        errno = EBADF;
        return args_void(&args, "epoll_ctl", -1);
    }
    if (fd >= loop.watch_capacity) {
        int capacity = fd + 64;
        Watch *grown = realloc(loop.watches, (size_t)capacity * sizeof *grown);
        if (!grown) return args_value(&args, JS_ThrowOutOfMemory(ctx));
        memset(grown + loop.watch_capacity, 0, (size_t)(capacity - loop.watch_capacity) * sizeof *grown);
        loop.watches = grown;
        loop.watch_capacity = capacity;
    }
    Watch *watch = &loop.watches[fd];
    struct epoll_event event = {.events = (events & 1 ? EPOLLIN | EPOLLRDHUP : 0) | (events & 2 ? EPOLLOUT : 0),
                                .data.fd = fd};
    if (epoll_ctl(loop.epoll, watch->used ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, fd, &event) < 0)
        return args_void(&args, "epoll_ctl", -1);
    if (watch->used) JS_FreeValue(ctx, watch->callback);
    else loop.watch_count++;
    watch->used = true;
    watch->callback = JS_DupValue(ctx, argv[2]);
    return args_value(&args, JS_UNDEFINED);
}

/* Must come before the descriptor is closed. */
//: unwatch(fd: number): void
FUNCTION(ros_unwatch) {
    UNUSED_ARGS;
    Args args = ARGS;
    int fd = (int)args_int(&args, 0);
    if (args.failed) return args_fail(&args);
    if (fd >= 0 && fd < loop.watch_capacity && loop.watches[fd].used) {
        epoll_ctl(loop.epoll, EPOLL_CTL_DEL, fd, NULL);
        loop.watches[fd].used = false;
        JS_FreeValue(ctx, loop.watches[fd].callback);
        loop.watch_count--;
    }
    return args_value(&args, JS_UNDEFINED);
}

static bool earlier(int a, int b) {
    Timer *x = &loop.timers[a], *y = &loop.timers[b];
    return x->due < y->due || (x->due == y->due && x->id < y->id);
}

static void swap_timers(int a, int b) {
    Timer kept = loop.timers[a];
    loop.timers[a] = loop.timers[b];
    loop.timers[b] = kept;
}

static void sift(int at) {
    while (at > 0 && earlier(at, (at - 1) / 2)) {
        swap_timers(at, (at - 1) / 2);
        at = (at - 1) / 2;
    }
    for (;;) {
        int child = 2 * at + 1;
        if (child >= loop.timer_count) return;
        if (child + 1 < loop.timer_count && earlier(child + 1, child)) child++;
        if (!earlier(child, at)) return;
        swap_timers(at, child);
        at = child;
    }
}

static JSValue remove_timer(int at) {
    JSValue callback = loop.timers[at].callback;
    loop.timers[at] = loop.timers[--loop.timer_count];
    if (at < loop.timer_count) sift(at);
    return callback;
}

//: setTimer(callback: () => void, ms: number): number
FUNCTION(ros_setTimer) {
    UNUSED_ARGS;
    double delay = 0;
    if (JS_ToFloat64(ctx, &delay, argv[1])) return JS_EXCEPTION;
    if (loop.timer_count == loop.timer_capacity) {
        int capacity = loop.timer_capacity ? loop.timer_capacity * 2 : 16;
        Timer *grown = realloc(loop.timers, (size_t)capacity * sizeof *grown);
        if (!grown) return JS_ThrowOutOfMemory(ctx);
        loop.timers = grown;
        loop.timer_capacity = capacity;
    }
    int id = loop.next_timer++;
    loop.timers[loop.timer_count] = (Timer){now_ms() + (delay > 0 ? delay : 0), id, JS_DupValue(ctx, argv[0])};
    sift(loop.timer_count++);
    return JS_NewInt32(ctx, id);
}

//: clearTimer(id: number): void
FUNCTION(ros_clearTimer) {
    UNUSED_ARGS;
    int id = 0;
    if (JS_ToInt32(ctx, &id, argv[0])) return JS_EXCEPTION;
    for (int i = 0; i < loop.timer_count; i++)
        if (loop.timers[i].id == id) {
            JS_FreeValue(ctx, remove_timer(i));
            break;
        }
    return JS_UNDEFINED;
}

//: monotonicMs(): number
FUNCTION(ros_monotonicMs) {
    UNUSED_ARGS;
    return JS_NewFloat64(ctx, now_ms());
}

/* Ends the loop after the current callback; the process exits with `code`. */
//: exit(code: number): void
FUNCTION(ros_exit) {
    UNUSED_ARGS;
    int code = 0;
    if (JS_ToInt32(ctx, &code, argv[0])) return JS_EXCEPTION;
    loop_request_exit(code);
    return JS_UNDEFINED;
}

/* Called for each promise that was rejected and that nobody handles; without it the process ends with 70. */
//: onRejection(handler: (reason: unknown) => void): void
FUNCTION(ros_onRejection) {
    UNUSED_ARGS;
    JS_FreeValue(ctx, loop.on_rejection);
    loop.on_rejection = JS_DupValue(ctx, argv[0]);
    return JS_UNDEFINED;
}

/* Collects cyclic garbage now: worth it once a phase with many short-lived objects is over. */
//: collectGarbage(): void
FUNCTION(ros_collectGarbage) {
    UNUSED_ARGS;
    JS_RunGC(JS_GetRuntime(ctx));
    return JS_UNDEFINED;
}

void loop_track_rejection(JSContext *ctx, JSValueConst promise, JSValueConst reason, JS_BOOL is_handled, void *opaque) {
    (void)opaque;
    if (is_handled) { /* a handler came later: forget it */
        for (int i = 0; i < loop.rejection_count; i += 2)
            if (JS_VALUE_GET_PTR(loop.rejections[i]) == JS_VALUE_GET_PTR(promise)) {
                JS_FreeValue(ctx, loop.rejections[i]);
                JS_FreeValue(ctx, loop.rejections[i + 1]);
                loop.rejection_count -= 2;
                loop.rejections[i] = loop.rejections[loop.rejection_count];
                loop.rejections[i + 1] = loop.rejections[loop.rejection_count + 1];
                return;
            }
        return;
    }
    if (loop.rejection_count + 2 > loop.rejection_capacity) {
        int capacity = loop.rejection_capacity ? loop.rejection_capacity * 2 : 16;
        JSValue *grown = realloc(loop.rejections, (size_t)capacity * sizeof *grown);
        if (!grown) return;
        loop.rejections = grown;
        loop.rejection_capacity = capacity;
    }
    loop.rejections[loop.rejection_count++] = JS_DupValue(ctx, promise);
    loop.rejections[loop.rejection_count++] = JS_DupValue(ctx, reason);
}

static void report_failure(JSContext *ctx, JSValue error) {
    if (JS_IsFunction(ctx, loop.on_rejection)) {
        JSValue result = JS_Call(ctx, loop.on_rejection, JS_UNDEFINED, 1, &error);
        if (JS_IsException(result)) {
            JSValue second = JS_GetException(ctx);
            print_error(ctx, second);
            JS_FreeValue(ctx, second);
        }
        JS_FreeValue(ctx, result);
    } else {
        print_error(ctx, error);
        loop_request_exit(70);
    }
    JS_FreeValue(ctx, error);
}

static void call(JSContext *ctx, JSValue callback, int argc, JSValue *argv) {
    JSValue result = JS_Call(ctx, callback, JS_UNDEFINED, argc, argv);
    if (JS_IsException(result)) report_failure(ctx, JS_GetException(ctx));
    JS_FreeValue(ctx, result);
}

static void run_jobs(JSContext *ctx) {
    JSContext *of_job;
    int result;
    while (!loop.exiting && (result = JS_ExecutePendingJob(JS_GetRuntime(ctx), &of_job)) != 0)
        if (result < 0) report_failure(of_job, JS_GetException(of_job));
    while (!loop.exiting && loop.rejection_count > 0) {
        loop.rejection_count -= 2;
        JSValue reason = loop.rejections[loop.rejection_count + 1];
        JS_FreeValue(ctx, loop.rejections[loop.rejection_count]);
        report_failure(ctx, reason);
    }
}

int loop_run(JSContext *ctx) {
    for (;;) {
        run_jobs(ctx);
        if (loop.exiting) return loop.exit_code;
        if (JS_IsJobPending(JS_GetRuntime(ctx))) continue;
        if (loop.watch_count == 0 && loop.timer_count == 0) return -1;

        int timeout = -1;
        if (loop.timer_count > 0) {
            double left = loop.timers[0].due - now_ms();
            timeout = left <= 0 ? 0 : left > 3600000 ? 3600000 : (int)left + 1;
        }
        struct epoll_event events[64];
        int count = epoll_wait(loop.epoll, events, COUNT_OF(events), timeout);
        for (int i = 0; i < count && !loop.exiting; i++) {
            int fd = events[i].data.fd;
            if (fd >= loop.watch_capacity || !loop.watches[fd].used) continue; /* removed by an earlier callback */
            uint32_t bits = events[i].events;
            int ready = (bits & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR) ? 1 : 0) |
                        (bits & (EPOLLOUT | EPOLLHUP | EPOLLERR) ? 2 : 0);
            JSValue callback = JS_DupValue(ctx, loop.watches[fd].callback), argument = JS_NewInt32(ctx, ready);
            call(ctx, callback, 1, &argument);
            JS_FreeValue(ctx, callback);
            run_jobs(ctx);
        }
        double now = now_ms();
        while (!loop.exiting && loop.timer_count > 0 && loop.timers[0].due <= now) {
            JSValue callback = remove_timer(0);
            call(ctx, callback, 0, NULL);
            JS_FreeValue(ctx, callback);
            run_jobs(ctx);
        }
    }
}

/* clang-format off */
static const JSCFunctionListEntry exports[] = {
    EXPORT(watch, 3),       EXPORT(unwatch, 1), EXPORT(setTimer, 2),    EXPORT(clearTimer, 1),
    EXPORT(monotonicMs, 0), EXPORT(exit, 1),    EXPORT(onRejection, 1), EXPORT(collectGarbage, 0),
};
/* clang-format on */

NATIVE_MODULE(loop);
