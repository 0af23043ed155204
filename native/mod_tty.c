/* ros:tty - terminals: modes, window size, pseudo terminals. */
#include "ros.h"

#include <fcntl.h>
#include <pty.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

//: isTerminal(fd: number): boolean
FUNCTION(ros_isTerminal) {
    UNUSED_ARGS;
    Args args = ARGS;
    int fd = (int)args_int(&args, 0);
    if (args.failed) return args_fail(&args);
    return args_value(&args, JS_NewBool(ctx, isatty(fd)));
}

/* [columns, rows] */
//: windowSize(fd: number): [number, number]
FUNCTION(ros_windowSize) {
    UNUSED_ARGS;
    Args args = ARGS;
    struct winsize size;
    int fd = (int)args_int(&args, 0);
    if (args.failed) return args_fail(&args);
    if (ioctl(fd, TIOCGWINSZ, &size)) return args_void(&args, "ioctl", -1);
    JSValue pair = JS_NewArray(ctx);
    JS_SetPropertyUint32(ctx, pair, 0, JS_NewInt32(ctx, size.ws_col));
    JS_SetPropertyUint32(ctx, pair, 1, JS_NewInt32(ctx, size.ws_row));
    return args_value(&args, pair);
}

//: setWindowSize(fd: number, columns: number, rows: number): void
FUNCTION(ros_setWindowSize) {
    UNUSED_ARGS;
    Args args = ARGS;
    struct winsize size = {0};
    int fd = (int)args_int(&args, 0);
    size.ws_col = (unsigned short)args_int(&args, 1);
    size.ws_row = (unsigned short)args_int(&args, 2);
    if (args.failed) return args_fail(&args);
    return args_void(&args, "ioctl", ioctl(fd, TIOCSWINSZ, &size));
}

/* The terminal's settings as opaque bytes, for restore. */
//: settings(fd: number): ArrayBuffer
FUNCTION(ros_settings) {
    UNUSED_ARGS;
    Args args = ARGS;
    struct termios settings;
    int fd = (int)args_int(&args, 0);
    if (args.failed) return args_fail(&args);
    if (tcgetattr(fd, &settings)) return args_void(&args, "tcgetattr", -1);
    return args_value(&args, JS_NewArrayBufferCopy(ctx, (uint8_t *)&settings, sizeof settings));
}

//: restore(fd: number, settings: Uint8Array): void
FUNCTION(ros_restore) {
    UNUSED_ARGS;
    Args args = ARGS;
    size_t length;
    int fd = (int)args_int(&args, 0);
    uint8_t *bytes = args_bytes(&args, 1, &length);
    if (!args.failed && length != sizeof(struct termios)) {
        JS_ThrowRangeError(ctx, "not terminal settings");
        args.failed = true;
    }
    if (args.failed) return args_fail(&args);
    struct termios settings;
    memcpy(&settings, bytes, sizeof settings);
    return args_void(&args, "tcsetattr", tcsetattr(fd, TCSADRAIN, &settings));
}

//: setRaw(fd: number): void
FUNCTION(ros_setRaw) {
    UNUSED_ARGS;
    Args args = ARGS;
    struct termios settings;
    int fd = (int)args_int(&args, 0);
    if (args.failed) return args_fail(&args);
    if (tcgetattr(fd, &settings)) return args_void(&args, "tcgetattr", -1);
    cfmakeraw(&settings);
    return args_void(&args, "tcsetattr", tcsetattr(fd, TCSADRAIN, &settings));
}

/* Sane line settings with echo, whatever the last program left behind. */
//: setSane(fd: number): void
FUNCTION(ros_setSane) {
    UNUSED_ARGS;
    Args args = ARGS;
    struct termios settings;
    int fd = (int)args_int(&args, 0);
    if (args.failed) return args_fail(&args);
    if (tcgetattr(fd, &settings)) return args_void(&args, "tcgetattr", -1);
    settings.c_iflag = (settings.c_iflag & ~(tcflag_t)(IGNBRK | INLCR | IGNCR | IXOFF)) | ICRNL | IXON | BRKINT;
    settings.c_oflag |= OPOST | ONLCR;
    settings.c_lflag |= ISIG | ICANON | ECHO | ECHOE | ECHOK | IEXTEN;
    settings.c_cflag |= CREAD | HUPCL | CLOCAL;
    return args_void(&args, "tcsetattr", tcsetattr(fd, TCSADRAIN, &settings));
}

/* A new pseudo terminal: [master, slave]. */
//: openPty(): [number, number]
FUNCTION(ros_openPty) {
    UNUSED_ARGS;
    Args args = ARGS;
    int master, slave;
    if (openpty(&master, &slave, NULL, NULL, NULL)) return args_void(&args, "openpty", -1);
    fcntl(master, F_SETFD, FD_CLOEXEC);
    fcntl(slave, F_SETFD, FD_CLOEXEC);
    JSValue pair = JS_NewArray(ctx);
    JS_SetPropertyUint32(ctx, pair, 0, JS_NewInt32(ctx, master));
    JS_SetPropertyUint32(ctx, pair, 1, JS_NewInt32(ctx, slave));
    return args_value(&args, pair);
}

/* clang-format off */
static const JSCFunctionListEntry exports[] = {
    EXPORT(isTerminal, 1), EXPORT(windowSize, 1), EXPORT(setWindowSize, 3), EXPORT(settings, 1),
    EXPORT(restore, 2),    EXPORT(setRaw, 1),     EXPORT(setSane, 1),       EXPORT(openPty, 0),
};
/* clang-format on */

NATIVE_MODULE(tty);
