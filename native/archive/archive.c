#include "archive.h"

#include <stdio.h>

int archive_fail(Archive *a, const char *what, const char *where) {
    a->what = what;
    snprintf(a->where, sizeof a->where, "%s", where ? where : "");
    return -1;
}

int archive_fail_as(Archive *a, int error, const char *what, const char *where) {
    errno = error;
    return archive_fail(a, what, where);
}

int archive_begin(Archive *a) {
    mbedtls_sha256_init(&a->digest);
    return mbedtls_sha256_starts(&a->digest, 0) ? archive_fail_as(a, EIO, "sha256", "archive") : 0;
}

int archive_count(Archive *a, const void *bytes, size_t length) {
    if (mbedtls_sha256_update(&a->digest, bytes, length)) return archive_fail_as(a, EIO, "sha256", "archive");
    a->total += (int64_t)length;
    return 0;
}

JSValue archive_end(JSContext *ctx, Archive *a, int failed) {
    uint8_t digest[32];
    if (!failed && mbedtls_sha256_finish(&a->digest, digest)) failed = archive_fail_as(a, EIO, "sha256", "archive");
    int error = errno;
    mbedtls_sha256_free(&a->digest);
    if (failed) {
        char what[PATH_LIMIT + 64];
        snprintf(what, sizeof what, "%s %s", a->what, a->where);
        return throw_errno(ctx, what, error);
    }
    JSValue result = JS_NewObject(ctx);
    JS_SetPropertyStr(ctx, result, "digest", JS_NewArrayBufferCopy(ctx, digest, sizeof digest));
    JS_SetPropertyStr(ctx, result, "archiveBytes", JS_NewInt64(ctx, a->total));
    return result;
}
