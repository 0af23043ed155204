/* What the C files of the shim share: argument access, errors, the module table.
   C exposes what the kernel can do and decides nothing: an errno becomes an Error with a `code`. */
#ifndef ROS_H
#define ROS_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include <quickjs/quickjs.h>

/* A native function. The table entry carries its arity, the comment above the function its TypeScript
   signature (`//: name(a: string): number`); tools/native-types.mjs compares the two and writes the types. */
#define FUNCTION(name) static JSValue name(JSContext *ctx, JSValueConst this_val, int argc, JSValueConst *argv)
#define UNUSED_ARGS (void)this_val, (void)argc, (void)argv
#define EXPORT(name, arity) JS_CFUNC_DEF(#name, arity, ros_##name)
#define CONSTANT(name) JS_PROP_INT32_DEF(#name, name, JS_PROP_ENUMERABLE)

/* A call that takes a descriptor `fd` and `length` bytes at `bytes`, and returns how many went; "would block" is null. */
#define BYTES_CALL(function, syscall, expression)       \
    FUNCTION(function) {                                \
        UNUSED_ARGS;                                    \
        Args args = ARGS;                               \
        size_t length;                                  \
        int fd = (int)args_int(&args, 0);               \
        uint8_t *bytes = args_bytes(&args, 1, &length); \
        if (args.failed) return args_fail(&args);       \
        return args_io(&args, syscall, expression);     \
    }

/* The arguments of one call. Strings taken from it are freed by the function that ends the call. */
typedef struct {
    JSContext *ctx;
    JSValueConst *argv;
    const char *strings[8];
    int count;
    bool failed;
} Args;

#define ARGS \
    { ctx, argv, {NULL}, 0, false }

/* Each take reports a bad value by setting `failed` with an exception pending. */
const char *args_string(Args *args, int index);
const char *args_string_or_null(Args *args, int index);
int64_t args_int(Args *args, int index);
bool args_bool(Args *args, int index);
uint8_t *args_bytes(Args *args, int index, size_t *length);
/* A list of strings as a NULL-terminated array; release it with strings_free. */
char **args_strings(Args *args, int index);
char **strings_from(JSContext *ctx, JSValueConst list);
void strings_free(char **strings);

/* Each end frees the strings; `result` < 0 throws errno as an Error {code, errno, syscall}. */
JSValue args_fail(Args *args);
JSValue args_number(Args *args, const char *syscall, int64_t result);
JSValue args_void(Args *args, const char *syscall, int64_t result);
/* As args_number, but "would block" is null. */
JSValue args_io(Args *args, const char *syscall, int64_t result);
JSValue args_value(Args *args, JSValue value);

JSValue throw_errno(JSContext *ctx, const char *syscall, int error);
JSValue throw_mbedtls(JSContext *ctx, const char *step, int error);

/* Whole transfers (transfer.c): signals interrupt none of them. */
int write_all(int fd, const void *bytes, size_t length);
/* As read(2). */
ssize_t read_some(int fd, void *into, size_t room);
/* Fewer than wanted only at the end of the input; -1 on failure. */
ssize_t read_all(int fd, void *into, size_t wanted);

/* The module table (main.c). */
typedef struct {
    const char *name;
    const JSCFunctionListEntry *entries;
    int count;
} NativeModule;

extern const NativeModule module_fs, module_io, module_process, module_mount, module_kernel, module_socket, module_tty,
    module_crypto, module_certificate, module_tls, module_text, module_loop, module_watch,
    module_unpack, module_pack;

#define COUNT_OF(array) ((int)(sizeof(array) / sizeof((array)[0])))
#define NATIVE_MODULE(area) const NativeModule module_##area = {"ros:" #area, exports, COUNT_OF(exports)}

/* The event loop (mod_loop.c). Runs until exit_requested or until nothing is left to wait for. */
void loop_start(JSContext *ctx);
int loop_run(JSContext *ctx);
void loop_request_exit(int code);
void loop_track_rejection(JSContext *ctx, JSValueConst promise, JSValueConst reason, JS_BOOL is_handled, void *opaque);
void print_error(JSContext *ctx, JSValueConst error);

#endif
