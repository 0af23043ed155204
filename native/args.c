/* Argument access and error construction for every native function. */
#include "ros.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

static const char *take_string(Args *args, JSValueConst value) {
    size_t length;
    const char *text = JS_ToCStringLen(args->ctx, &length, value);
    if (!text) {
        args->failed = true;
        return NULL;
    }
    args->strings[args->count++] = text;
    if (strlen(text) != length) { /* a NUL would silently shorten a path */
        JS_ThrowTypeError(args->ctx, "string contains a NUL byte");
        args->failed = true;
    }
    return text;
}

const char *args_string(Args *args, int index) {
    if (args->failed) return NULL;
    if (!JS_IsString(args->argv[index])) {
        JS_ThrowTypeError(args->ctx, "argument %d must be a string", index + 1);
        args->failed = true;
        return NULL;
    }
    return take_string(args, args->argv[index]);
}

const char *args_string_or_null(Args *args, int index) {
    JSValueConst value = args->argv[index];
    if (args->failed || JS_IsNull(value) || JS_IsUndefined(value)) return NULL;
    return args_string(args, index);
}

int64_t args_int(Args *args, int index) {
    int64_t value = 0;
    if (!args->failed && JS_ToInt64Ext(args->ctx, &value, args->argv[index])) args->failed = true;
    return value;
}

bool args_bool(Args *args, int index) {
    return !args->failed && JS_ToBool(args->ctx, args->argv[index]) == 1;
}

uint8_t *args_bytes(Args *args, int index, size_t *length) {
    *length = 0;
    if (args->failed) return NULL;
    size_t offset, size;
    JSValue buffer = JS_GetTypedArrayBuffer(args->ctx, args->argv[index], &offset, length, NULL);
    uint8_t *base = JS_IsException(buffer) ? NULL : JS_GetArrayBuffer(args->ctx, &size, buffer);
    JS_FreeValue(args->ctx, buffer);
    if (!base) {
        args->failed = true;
        return NULL;
    }
    return base + offset;
}

char **strings_from(JSContext *ctx, JSValueConst list) {
    int64_t length = 0;
    JSValue property = JS_GetPropertyStr(ctx, list, "length");
    if (JS_IsException(property) || JS_ToInt64(ctx, &length, property)) return NULL;
    char **strings = calloc((size_t)length + 1, sizeof *strings);
    if (!strings) {
        JS_ThrowOutOfMemory(ctx);
        return NULL;
    }
    for (int64_t i = 0; i < length; i++) {
        JSValue item = JS_GetPropertyUint32(ctx, list, (uint32_t)i);
        size_t size;
        const char *text = JS_ToCStringLen(ctx, &size, item);
        JS_FreeValue(ctx, item);
        if (text && strlen(text) == size) strings[i] = strdup(text);
        else if (text) JS_ThrowTypeError(ctx, "string contains a NUL byte");
        JS_FreeCString(ctx, text);
        if (!strings[i]) {
            strings_free(strings);
            return NULL;
        }
    }
    return strings;
}

char **args_strings(Args *args, int index) {
    if (args->failed) return NULL;
    char **strings = strings_from(args->ctx, args->argv[index]);
    if (!strings) args->failed = true;
    return strings;
}

void strings_free(char **strings) {
    for (char **s = strings; s && *s; s++) free(*s);
    free(strings);
}

static void release(Args *args) {
    while (args->count > 0) JS_FreeCString(args->ctx, args->strings[--args->count]);
}

JSValue args_fail(Args *args) {
    release(args);
    return JS_EXCEPTION;
}

JSValue args_value(Args *args, JSValue value) {
    release(args);
    return value;
}

/* Throws errno, with the path that the call was about: "open /etc/motd: ENOENT". Other strings may be secrets. */
static JSValue throw_failure(Args *args, const char *syscall) {
    int error = errno;
    bool is_path = args->count > 0 && *args->strings[0] == '/';
    char call[512];
    snprintf(call, sizeof call, "%s%s%s", syscall, is_path ? " " : "", is_path ? args->strings[0] : "");
    release(args);
    return throw_errno(args->ctx, call, error);
}

JSValue args_number(Args *args, const char *syscall, int64_t result) {
    return result < 0 ? throw_failure(args, syscall) : args_value(args, JS_NewInt64(args->ctx, result));
}

JSValue args_void(Args *args, const char *syscall, int64_t result) {
    return result < 0 ? throw_failure(args, syscall) : args_value(args, JS_UNDEFINED);
}

JSValue args_io(Args *args, const char *syscall, int64_t result) {
    if (result < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return args_value(args, JS_NULL);
    return args_number(args, syscall, result);
}

JSValue throw_errno(JSContext *ctx, const char *syscall, int error) {
    const char *code = strerrorname_np(error);
    char text[PATH_MAX + 160];
    snprintf(text, sizeof text, "%s: %s", syscall, code ? code : "EUNKNOWN");
    /* Through the constructor, because only that records a stack. */
    JSValue global = JS_GetGlobalObject(ctx);
    JSValue constructor = JS_GetPropertyStr(ctx, global, "Error");
    JSValue message = JS_NewString(ctx, text);
    JSValue object = JS_CallConstructor(ctx, constructor, 1, &message);
    JS_FreeValue(ctx, message);
    JS_FreeValue(ctx, constructor);
    JS_FreeValue(ctx, global);
    if (JS_IsException(object)) return object;
    JS_SetPropertyStr(ctx, object, "code", JS_NewString(ctx, code ? code : "EUNKNOWN"));
    JS_SetPropertyStr(ctx, object, "errno", JS_NewInt32(ctx, error));
    JS_SetPropertyStr(ctx, object, "syscall", JS_NewString(ctx, syscall));
    return JS_Throw(ctx, object);
}
