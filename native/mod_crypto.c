/* ros:crypto - SHA-256 and random bytes. */
#include "ros.h"

#include <fcntl.h>
#include <mbedtls/error.h>
#include <mbedtls/sha256.h>
#include <stdlib.h>
#include <sys/random.h>
#include <unistd.h>

/* Throws an Error whose code is the number mbedTLS gave, with its own words as the message. */
JSValue throw_mbedtls(JSContext *ctx, const char *step, int error) {
    char text[160];
    mbedtls_strerror(error, text, sizeof text);
    JS_ThrowInternalError(ctx, "%s: %s", step, text);
    JSValue object = JS_GetException(ctx);
    JS_SetPropertyStr(ctx, object, "code", JS_NewString(ctx, "ETLS"));
    JS_SetPropertyStr(ctx, object, "errno", JS_NewInt32(ctx, error));
    return JS_Throw(ctx, object);
}

//: sha256(bytes: Uint8Array): ArrayBuffer
FUNCTION(ros_sha256) {
    UNUSED_ARGS;
    Args args = ARGS;
    size_t length;
    uint8_t digest[32], *bytes = args_bytes(&args, 0, &length);
    if (args.failed) return args_fail(&args);
    if (mbedtls_sha256(bytes, length, digest, 0)) return args_value(&args, JS_ThrowInternalError(ctx, "sha256 failed"));
    return args_value(&args, JS_NewArrayBufferCopy(ctx, digest, sizeof digest));
}

/* Reads `fd` from where it stands to its end. */
//: sha256Descriptor(fd: number): ArrayBuffer
FUNCTION(ros_sha256Descriptor) {
    UNUSED_ARGS;
    Args args = ARGS;
    static uint8_t buffer[65536];
    uint8_t digest[32];
    int fd = (int)args_int(&args, 0);
    if (args.failed) return args_fail(&args);
    mbedtls_sha256_context context;
    mbedtls_sha256_init(&context);
    int failed = mbedtls_sha256_starts(&context, 0);
    ssize_t got = 0;
    while (!failed && (got = read_some(fd, buffer, sizeof buffer)) > 0)
        failed = mbedtls_sha256_update(&context, buffer, (size_t)got);
    int error = errno;
    if (!failed) failed = mbedtls_sha256_finish(&context, digest);
    mbedtls_sha256_free(&context);
    errno = error;
    if (got < 0) return args_void(&args, "read", -1);
    if (failed) return args_value(&args, JS_ThrowInternalError(ctx, "sha256 failed"));
    return args_value(&args, JS_NewArrayBufferCopy(ctx, digest, sizeof digest));
}

//: random(into: Uint8Array): void
FUNCTION(ros_random) {
    UNUSED_ARGS;
    Args args = ARGS;
    size_t length;
    uint8_t *bytes = args_bytes(&args, 0, &length);
    if (args.failed) return args_fail(&args);
    for (size_t done = 0; done < length;) {
        ssize_t got = getrandom(bytes + done, length - done, 0);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return args_void(&args, "getrandom", -1);
        done += (size_t)got;
    }
    return args_value(&args, JS_UNDEFINED);
}

/* clang-format off */
static const JSCFunctionListEntry exports[] = {
    EXPORT(sha256, 1),
    EXPORT(sha256Descriptor, 1),
    EXPORT(random, 1),
};
/* clang-format on */

NATIVE_MODULE(crypto);
