/* ros:kernel - modules, power, host name, kernel log, uptime. */
#include "ros.h"

#include <sys/reboot.h>
#include <sys/swap.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <sys/time.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

//: loadModule(fd: number, parameters: string): void
FUNCTION(ros_loadModule) {
    UNUSED_ARGS;
    Args args = ARGS;
    int fd = (int)args_int(&args, 0);
    const char *parameters = args_string(&args, 1);
    if (args.failed) return args_fail(&args);
    return args_void(&args, "finit_module", syscall(SYS_finit_module, fd, parameters, 0));
}

//: unloadModule(name: string): void
FUNCTION(ros_unloadModule) {
    UNUSED_ARGS;
    Args args = ARGS;
    const char *name = args_string(&args, 0);
    if (args.failed) return args_fail(&args);
    return args_void(&args, "delete_module", syscall(SYS_delete_module, name, 0x800 /* O_NONBLOCK */));
}

//: power(command: number): void
FUNCTION(ros_power) {
    UNUSED_ARGS;
    Args args = ARGS;
    int command = (int)args_int(&args, 0);
    if (args.failed) return args_fail(&args);
    return args_void(&args, "reboot", reboot(command));
}

//: sync(): void
FUNCTION(ros_sync) {
    UNUSED_ARGS;
    (void)ctx;
    sync();
    return JS_UNDEFINED;
}

//: setHostName(name: string): void
FUNCTION(ros_setHostName) {
    UNUSED_ARGS;
    Args args = ARGS;
    const char *name = args_string(&args, 0);
    if (args.failed) return args_fail(&args);
    return args_void(&args, "sethostname", sethostname(name, strlen(name)));
}

//: systemName(): SystemName
FUNCTION(ros_systemName) {
    UNUSED_ARGS;
    struct utsname name;
    uname(&name);
    JSValue object = JS_NewObject(ctx);
    JS_SetPropertyStr(ctx, object, "hostname", JS_NewString(ctx, name.nodename));
    JS_SetPropertyStr(ctx, object, "release", JS_NewString(ctx, name.release));
    JS_SetPropertyStr(ctx, object, "version", JS_NewString(ctx, name.version));
    JS_SetPropertyStr(ctx, object, "machine", JS_NewString(ctx, name.machine));
    return object;
}

/* Milliseconds since the kernel started. */
//: uptimeMs(): number
FUNCTION(ros_uptimeMs) {
    UNUSED_ARGS;
    struct timespec now;
    clock_gettime(CLOCK_BOOTTIME, &now);
    return JS_NewFloat64(ctx, (double)now.tv_sec * 1000.0 + (double)now.tv_nsec / 1e6);
}

//: setTime(epochMs: number): void
FUNCTION(ros_setTime) {
    UNUSED_ARGS;
    Args args = ARGS;
    int64_t ms = args_int(&args, 0);
    if (args.failed) return args_fail(&args);
    struct timespec time = {ms / 1000, (ms % 1000) * 1000000};
    return args_void(&args, "clock_settime", clock_settime(CLOCK_REALTIME, &time));
}

//: swapOn(path: string, flags: number): void
FUNCTION(ros_swapOn) {
    UNUSED_ARGS;
    Args args = ARGS;
    const char *path = args_string(&args, 0);
    int flags = (int)args_int(&args, 1);
    if (args.failed) return args_fail(&args);
    return args_void(&args, "swapon", swapon(path, flags));
}

//: swapOff(path: string): void
FUNCTION(ros_swapOff) {
    UNUSED_ARGS;
    Args args = ARGS;
    const char *path = args_string(&args, 0);
    if (args.failed) return args_fail(&args);
    return args_void(&args, "swapoff", swapoff(path));
}

/* clang-format off */
static const JSCFunctionListEntry exports[] = {
    EXPORT(loadModule, 2),
    EXPORT(unloadModule, 1),
    EXPORT(power, 1),
    EXPORT(sync, 0),
    EXPORT(setHostName, 1),
    EXPORT(systemName, 0),
    EXPORT(uptimeMs, 0),
    EXPORT(setTime, 1),
    EXPORT(swapOn, 2),
    EXPORT(swapOff, 1),
    CONSTANT(RB_AUTOBOOT),
    CONSTANT(RB_POWER_OFF),
    CONSTANT(RB_HALT_SYSTEM),
    CONSTANT(RB_DISABLE_CAD),
    CONSTANT(RB_ENABLE_CAD),
    CONSTANT(SWAP_FLAG_PREFER),
    CONSTANT(SWAP_FLAG_DISCARD),
};
/* clang-format on */

NATIVE_MODULE(kernel);
