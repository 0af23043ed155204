/* What packing and unpacking share: a run's digest, its failure, its result. */
#ifndef ARCHIVE_H
#define ARCHIVE_H

#include "../ros.h"

#include <limits.h>
#include <mbedtls/sha256.h>

#define BLOCK 512
#define PATH_LIMIT (2 * PATH_MAX)

typedef struct {
    mbedtls_sha256_context digest;
    int64_t total;    /* bytes of the archive */
    const char *what; /* of the failure */
    char where[PATH_LIMIT];
} Archive;

/* Each notes a failure, with errno or with `error`, and returns -1. */
int archive_fail(Archive *a, const char *what, const char *where);
int archive_fail_as(Archive *a, int error, const char *what, const char *where);

/* Of a struct of zeros. */
int archive_begin(Archive *a);
/* These bytes are the next of the archive. */
int archive_count(Archive *a, const void *bytes, size_t length);
/* Ends the run: {digest, archiveBytes}, or an exception that says what failed; errno is that of the failure. */
JSValue archive_end(JSContext *ctx, Archive *a, int failed);

/* How many zeros follow content of that size. */
static inline size_t archive_padding(int64_t size) {
    return (size_t)((BLOCK - size % BLOCK) % BLOCK);
}

#endif
