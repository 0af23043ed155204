/* ros:unpack - tar archives into a folder that is the root of this process. Ustar, pax and GNU headers; hard links,
   devices, extended attributes. Of a layer also: whiteouts become overlayfs's own, the digest of the archive is
   worked out on the way, and a journal of everything that is not content of files is kept, from which mod_pack.c puts
   the very same archive together again.
   The caller has changed the root: no name of an archive leads out of it. */
#include "ros.h"

#include <fcntl.h>
#include <limits.h>
#include <mbedtls/sha256.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#define BLOCK 512
#define LONGEST_HEADER (1 << 20) /* of one pax or GNU header */
#define MOST_ATTRIBUTES 64

typedef struct {
    char *name, *value;
    size_t length;
} Attribute;

/* One member of the archive: its own header with what pax and GNU headers before it said. */
typedef struct {
    char *path, *link;
    int64_t size, uid, gid, mtime, mtime_nsec;
    uint32_t mode, major, minor;
    char type;
    bool has_size, has_uid, has_gid, has_mtime;
    Attribute attributes[MOST_ATTRIBUTES];
    int attribute_count;
} Member;

typedef struct {
    char *path;
    struct timespec mtime;
} FolderTime;

typedef struct {
    int input, journal;
    bool layer, keep_kinds;
    mbedtls_sha256_context digest;
    int64_t total, content;
    uint8_t buffer[65536];
    size_t at, filled;
    FolderTime *folders;
    size_t folder_count, folder_capacity;
    const char *what; /* of the failure */
    char where[PATH_MAX];
} Unpacking;

static int fail(Unpacking *u, const char *what, const char *where) {
    u->what = what;
    snprintf(u->where, sizeof u->where, "%s", where ? where : "");
    return -1;
}

static int fail_as(Unpacking *u, int error, const char *what, const char *where) {
    errno = error;
    return fail(u, what, where);
}

/* Returns how many bytes there are, fewer than wanted only at the end of the input; -1 on failure. */
static ssize_t take(Unpacking *u, uint8_t *into, size_t wanted) {
    size_t done = 0;
    while (done < wanted) {
        if (u->at == u->filled) {
            ssize_t got = read(u->input, u->buffer, sizeof u->buffer);
            if (got < 0 && errno == EINTR) continue;
            if (got < 0) return fail(u, "read", "archive");
            if (got == 0) break;
            if (mbedtls_sha256_update(&u->digest, u->buffer, (size_t)got)) return fail_as(u, EIO, "sha256", "archive");
            u->total += got;
            u->at = 0;
            u->filled = (size_t)got;
        }
        size_t part = u->filled - u->at < wanted - done ? u->filled - u->at : wanted - done;
        memcpy(into + done, u->buffer + u->at, part);
        u->at += part;
        done += part;
    }
    return (ssize_t)done;
}

static int take_all(Unpacking *u, uint8_t *into, size_t wanted) {
    ssize_t got = take(u, into, wanted);
    if (got < 0) return -1;
    return (size_t)got == wanted ? 0 : fail_as(u, EBADMSG, "unexpected EOF", "archive");
}

static int write_all(int fd, const void *bytes, size_t length) {
    for (size_t done = 0; done < length;) {
        ssize_t put = write(fd, (const uint8_t *)bytes + done, length - done);
        if (put < 0 && errno == EINTR) continue;
        if (put < 0) return -1;
        done += (size_t)put;
    }
    return 0;
}

/* ---- the journal: records 'B' (length, zeros after it, bytes) and 'F' (size, length of the path, path), numbers as
   little-endian 32 and 64 bits */

static int journal_bytes(Unpacking *u, const uint8_t *bytes, size_t length) {
    if (u->journal < 0) return 0;
    while (length > 0) {
        size_t used = length;
        while (used > 0 && bytes[used - 1] == 0) used--;
        /* Up to the last byte that is not zero, in pieces that a 32-bit number counts. */
        uint32_t counts[2] = {(uint32_t)used, (uint32_t)(length - used)};
        if (write_all(u->journal, "B", 1) || write_all(u->journal, counts, sizeof counts) ||
            write_all(u->journal, bytes, used))
            return fail(u, "write", "journal");
        length = 0;
    }
    return 0;
}

static int journal_file(Unpacking *u, const char *path, int64_t size) {
    if (u->journal < 0 || size == 0) return 0;
    uint32_t length = (uint32_t)strlen(path);
    if (write_all(u->journal, "F", 1) || write_all(u->journal, &size, sizeof size) ||
        write_all(u->journal, &length, sizeof length) || write_all(u->journal, path, length))
        return fail(u, "write", "journal");
    return 0;
}

/* ---- headers */

static int64_t number_of(const char *field, size_t length) {
    const uint8_t *bytes = (const uint8_t *)field;
    if (bytes[0] & 0x80) { /* GNU: base 256 */
        int64_t value = bytes[0] & 0x40 ? -1 : bytes[0] & 0x3f;
        for (size_t i = 1; i < length; i++) value = (int64_t)(((uint64_t)value << 8) | bytes[i]);
        return value;
    }
    int64_t value = 0;
    size_t i = 0;
    while (i < length && (field[i] == ' ' || field[i] == 0)) i++;
    for (; i < length && field[i] >= '0' && field[i] <= '7'; i++) value = value * 8 + (field[i] - '0');
    return value;
}

static bool is_sum_right(const uint8_t *block) {
    int64_t plain = 0, with_sign = 0, wanted = number_of((const char *)block + 148, 8);
    for (int i = 0; i < BLOCK; i++) {
        uint8_t byte = i >= 148 && i < 156 ? ' ' : block[i];
        plain += byte;
        with_sign += (int8_t)byte;
    }
    return wanted == plain || wanted == with_sign;
}

static void member_clear(Member *m) {
    free(m->path);
    free(m->link);
    for (int i = 0; i < m->attribute_count; i++) {
        free(m->attributes[i].name);
        free(m->attributes[i].value);
    }
    memset(m, 0, sizeof *m);
}

static char *copy_of(const char *text, size_t length) {
    char *copy = malloc(length + 1);
    if (!copy) return NULL;
    memcpy(copy, text, length);
    copy[length] = 0;
    return copy;
}

static int replace_text(Unpacking *u, char **place, const char *text, size_t length) {
    free(*place);
    *place = copy_of(text, length);
    return *place ? 0 : fail(u, "malloc", "archive");
}

static int pax_record(Unpacking *u, Member *m, const char *key, const char *value, size_t length) {
    if (!strcmp(key, "path")) return replace_text(u, &m->path, value, length);
    if (!strcmp(key, "linkpath")) return replace_text(u, &m->link, value, length);
    if (!strcmp(key, "size")) m->size = strtoll(value, NULL, 10), m->has_size = true;
    if (!strcmp(key, "uid")) m->uid = strtoll(value, NULL, 10), m->has_uid = true;
    if (!strcmp(key, "gid")) m->gid = strtoll(value, NULL, 10), m->has_gid = true;
    if (!strcmp(key, "mtime")) {
        char *rest;
        m->mtime = strtoll(value, &rest, 10);
        m->mtime_nsec = 0;
        if (*rest == '.') {
            int64_t unit = 100000000;
            for (rest++; *rest >= '0' && *rest <= '9' && unit > 0; rest++, unit /= 10)
                m->mtime_nsec += (*rest - '0') * unit;
        }
        m->has_mtime = true;
    }
    const char *prefix = "SCHILY.xattr.";
    if (!strncmp(key, prefix, strlen(prefix)) && m->attribute_count < MOST_ATTRIBUTES) {
        Attribute *attribute = &m->attributes[m->attribute_count];
        attribute->name = copy_of(key + strlen(prefix), strlen(key) - strlen(prefix));
        attribute->value = copy_of(value, length);
        attribute->length = length;
        m->attribute_count++;
        if (!attribute->name || !attribute->value) return fail(u, "malloc", "archive");
    }
    if (!strncmp(key, "GNU.sparse.", 11)) return fail_as(u, ENOTSUP, "sparse file", m->path);
    return 0;
}

/* "LENGTH KEY=VALUE\n", one after the other. */
static int pax_records(Unpacking *u, Member *m, char *text, size_t length) {
    for (size_t at = 0; at < length;) {
        char *end;
        unsigned long record = strtoul(text + at, &end, 10);
        char *equals = memchr(text + at, '=', length - at);
        if (*end != ' ' || record < 5 || record > length - at || !equals || equals < end || text[at + record - 1] != '\n')
            return fail_as(u, EBADMSG, "invalid tar header", "pax");
        char *value = equals + 1, *stop = text + at + record - 1;
        if (value > stop) return fail_as(u, EBADMSG, "invalid tar header", "pax");
        *equals = 0;
        *stop = 0;
        if (pax_record(u, m, end + 1, value, (size_t)(stop - value))) return -1;
        at += record;
    }
    return 0;
}

/* The content of a header that speaks about the next member. The result is to be freed. */
static char *take_extension(Unpacking *u, int64_t size) {
    if (size < 0 || size > LONGEST_HEADER) {
        fail_as(u, EFBIG, "invalid tar header", "extension");
        return NULL;
    }
    size_t padded = ((size_t)size + BLOCK - 1) / BLOCK * BLOCK;
    char *text = malloc(padded + 1);
    if (!text) {
        fail(u, "malloc", "archive");
        return NULL;
    }
    text[size] = 0;
    if (take_all(u, (uint8_t *)text, padded) || journal_bytes(u, (uint8_t *)text, padded)) {
        free(text);
        return NULL;
    }
    text[size] = 0;
    return text;
}

static int take_names(Unpacking *u, Member *m, const char *block) {
    if (!m->path) {
        char name[BLOCK];
        size_t length = 0, own = strnlen(block, 100);
        if (!memcmp(block + 257, "ustar\0", 6) && block[345]) {
            length = strnlen(block + 345, 155);
            memcpy(name, block + 345, length);
            name[length++] = '/';
        }
        memcpy(name + length, block, own);
        if (replace_text(u, &m->path, name, length + own)) return -1;
    }
    return m->link ? 0 : replace_text(u, &m->link, block + 157, strnlen(block + 157, 100));
}

/* 1: a member, 0: the end of the archive, -1: a failure. */
static int next_member(Unpacking *u, Member *m) {
    uint8_t block[BLOCK];
    for (;;) {
        ssize_t got = take(u, block, BLOCK);
        if (got <= 0) return (int)got;
        if (got < BLOCK) return fail_as(u, EBADMSG, "unexpected EOF", "archive");
        if (journal_bytes(u, block, BLOCK)) return -1;
        bool zero = true;
        for (int i = 0; i < BLOCK && zero; i++) zero = block[i] == 0;
        if (zero) return 0;
        if (!is_sum_right(block)) return fail_as(u, EBADMSG, "invalid tar header", "archive");
        char type = (char)block[156];
        int64_t size = number_of((char *)block + 124, 12);
        if (type == 'x' || type == 'g' || type == 'L' || type == 'K') {
            char *text = take_extension(u, size);
            if (!text) return -1;
            int failed = 0;
            if (type == 'x') failed = pax_records(u, m, text, (size_t)size);
            if (type == 'L') failed = replace_text(u, &m->path, text, strlen(text));
            if (type == 'K') failed = replace_text(u, &m->link, text, strlen(text));
            free(text);
            if (failed) return -1;
            continue;
        }
        if (type == 'S') return fail_as(u, ENOTSUP, "sparse file", (char *)block);
        if (take_names(u, m, (char *)block)) return -1;
        if (!m->has_size) m->size = size;
        if (!m->has_uid) m->uid = number_of((char *)block + 108, 8);
        if (!m->has_gid) m->gid = number_of((char *)block + 116, 8);
        if (!m->has_mtime) m->mtime = number_of((char *)block + 136, 12);
        m->mode = (uint32_t)number_of((char *)block + 100, 8) & 07777;
        m->major = (uint32_t)number_of((char *)block + 329, 8);
        m->minor = (uint32_t)number_of((char *)block + 337, 8);
        m->type = type == 0 || type == '7' ? '0' : type;
        size_t length = strlen(m->path);
        if (m->type == '0' && length > 0 && m->path[length - 1] == '/') m->type = '5';
        if (strchr("123456", m->type)) m->size = 0; /* whatever their headers say, nothing follows */
        if (m->size < 0) return fail_as(u, EBADMSG, "invalid tar header", m->path);
        return 1;
    }
}

/* ---- files */

/* "./a//b/../c/" -> "a/c", in place. Above the root there is nothing. */
static void clean_path(char *path) {
    char *out = path;
    for (char *part = path; *part;) {
        while (*part == '/') part++;
        size_t length = strcspn(part, "/");
        if (length == 0 || (length == 1 && part[0] == '.')) {
            part += length;
        } else if (length == 2 && part[0] == '.' && part[1] == '.') {
            while (out > path && *--out != '/') continue;
            part += length;
        } else {
            if (out > path) *out++ = '/';
            memmove(out, part, length);
            out += length;
            part += length;
        }
    }
    *out = 0;
}

static int remove_tree(const char *path) {
    if (!unlink(path) || errno == ENOENT) return 0;
    if (errno != EISDIR && errno != EPERM) return -1;
    if (!rmdir(path) || errno == ENOENT) return 0;
    if (errno != ENOTEMPTY && errno != EEXIST) return -1;
    /* Not worth code of its own: an archive seldom puts a file where it had a full folder. */
    return -1;
}

static int make_parents(Unpacking *u, char *path) {
    for (char *slash = strchr(path, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = 0;
        int failed = mkdir(path, 0755) && errno != EEXIST;
        if (failed) fail(u, "mkdir", path);
        *slash = '/';
        if (failed) return -1;
    }
    return 0;
}

static int note_folder(Unpacking *u, const char *path, const Member *m) {
    if (u->folder_count == u->folder_capacity) {
        size_t larger = u->folder_capacity ? u->folder_capacity * 2 : 64;
        FolderTime *grown = realloc(u->folders, larger * sizeof *grown);
        if (!grown) return fail(u, "malloc", path);
        u->folders = grown;
        u->folder_capacity = larger;
    }
    FolderTime *folder = &u->folders[u->folder_count];
    folder->path = strdup(path);
    if (!folder->path) return fail(u, "malloc", path);
    folder->mtime = (struct timespec){m->mtime, m->mtime_nsec};
    u->folder_count++;
    return 0;
}

/* Content, or nothing at all when `fd` is negative. */
static int take_content(Unpacking *u, int fd, const Member *m) {
    uint8_t chunk[65536];
    for (int64_t left = m->size; left > 0;) {
        size_t part = left < (int64_t)sizeof chunk ? (size_t)left : sizeof chunk;
        if (take_all(u, chunk, part)) return -1;
        if (fd >= 0 ? write_all(fd, chunk, part) != 0 : journal_bytes(u, chunk, part) != 0)
            return fd >= 0 ? fail(u, "write", m->path) : -1;
        left -= (int64_t)part;
    }
    size_t padding = (size_t)((BLOCK - m->size % BLOCK) % BLOCK);
    if (padding == 0) return 0;
    if (take_all(u, chunk, padding)) return -1;
    return journal_bytes(u, chunk, padding);
}

static int unpack_file(Unpacking *u, const Member *m) {
    int fd = open(m->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) return fail(u, "open", m->path);
    int failed = journal_file(u, m->path, m->size) || take_content(u, fd, m);
    if (close(fd) && !failed) failed = fail(u, "close", m->path);
    u->content += m->size;
    return failed ? -1 : 0;
}

/* Owner first: changing it takes away the set-user-id bit and the capabilities. */
static int set_metadata(Unpacking *u, const Member *m) {
    if (lchown(m->path, (uid_t)m->uid, (gid_t)m->gid)) return fail(u, "lchown", m->path);
    if (m->type != '2' && chmod(m->path, m->mode)) return fail(u, "chmod", m->path);
    for (int i = 0; i < m->attribute_count; i++) {
        const Attribute *attribute = &m->attributes[i];
        if (!strncmp(attribute->name, "trusted.overlay.", 16)) continue; /* they would change what overlayfs shows */
        if (lsetxattr(m->path, attribute->name, attribute->value, attribute->length, 0) && errno != ENOTSUP && errno != EPERM)
            return fail(u, "lsetxattr", m->path);
    }
    if (m->type == '5') return note_folder(u, m->path, m);
    struct timespec times[2] = {{m->mtime, m->mtime_nsec}, {m->mtime, m->mtime_nsec}};
    return utimensat(AT_FDCWD, m->path, times, AT_SYMLINK_NOFOLLOW) ? fail(u, "utimensat", m->path) : 0;
}

#define WHITEOUT ".wh."
#define OPAQUE ".wh..wh..opq"

/* 1: it was one, 0: it was none, -1: failure. */
static int unpack_whiteout(Unpacking *u, Member *m) {
    char *slash = strrchr(m->path, '/'), *base = slash ? slash + 1 : m->path;
    if (strncmp(base, WHITEOUT, strlen(WHITEOUT))) return 0;
    if (!strcmp(base, OPAQUE)) {
        if (slash) *slash = 0;
        const char *folder = slash ? m->path : ".";
        return lsetxattr(folder, "trusted.overlay.opaque", "y", 1, 0) ? fail(u, "lsetxattr", folder) : 1;
    }
    if (!strncmp(base, ".wh..wh.", 8)) return 1; /* of aufs: of no use to others */
    memmove(base, base + strlen(WHITEOUT), strlen(base + strlen(WHITEOUT)) + 1);
    if (*base == 0 || !strcmp(base, ".") || !strcmp(base, "..")) return fail_as(u, EBADMSG, "invalid whiteout", m->path);
    struct stat status;
    if (!lstat(m->path, &status)) return 1;
    return mknod(m->path, S_IFCHR, makedev(0, 0)) ? fail(u, "mknod", m->path) : 1;
}

/* What is there already goes away, except a folder that stays one. */
static int make_place(Unpacking *u, const Member *m, bool *merges) {
    struct stat status;
    *merges = false;
    if (lstat(m->path, &status)) return errno == ENOENT ? 0 : fail(u, "lstat", m->path);
    bool was_folder = S_ISDIR(status.st_mode), is_folder = m->type == '5';
    *merges = was_folder && is_folder;
    if (*merges) return 0;
    if (u->keep_kinds && was_folder) return fail_as(u, EISDIR, "cannot overwrite directory with non-directory", m->path);
    if (u->keep_kinds && is_folder) return fail_as(u, ENOTDIR, "cannot overwrite non-directory with directory", m->path);
    return remove_tree(m->path) ? fail(u, "unlink", m->path) : 0;
}

static int unpack_member(Unpacking *u, Member *m) {
    clean_path(m->path);
    if (*m->path == 0) { /* the root itself */
        if (replace_text(u, &m->path, ".", 1)) return -1;
        return m->type == '5' ? set_metadata(u, m) || take_content(u, -1, m) ? -1 : 0 : fail_as(u, EBADMSG, "invalid tar header", ".");
    }
    if (make_parents(u, m->path)) return -1;
    if (u->layer) {
        int whiteout = unpack_whiteout(u, m);
        if (whiteout != 0) return whiteout < 0 ? -1 : take_content(u, -1, m);
    }
    bool merges;
    if (make_place(u, m, &merges)) return -1;
    switch (m->type) {
    case '0':
        return unpack_file(u, m) ? -1 : set_metadata(u, m);
    case '1':
        clean_path(m->link);
        if (link(m->link, m->path)) return fail(u, "link", m->path);
        return take_content(u, -1, m);
    case '2':
        if (symlink(m->link, m->path)) return fail(u, "symlink", m->path);
        break;
    case '3':
    case '4':
        if (mknod(m->path, m->type == '3' ? S_IFCHR : S_IFBLK, makedev(m->major, m->minor))) return fail(u, "mknod", m->path);
        break;
    case '5':
        if (!merges && mkdir(m->path, 0755)) return fail(u, "mkdir", m->path);
        break;
    case '6':
        if (mkfifo(m->path, 0600)) return fail(u, "mkfifo", m->path);
        break;
    default:
        return fail_as(u, ENOTSUP, "unknown kind of member", m->path);
    }
    return set_metadata(u, m) || take_content(u, -1, m) ? -1 : 0;
}

/* After the end of the archive there may be more blocks; they count for the digest and for the journal. */
static int take_rest(Unpacking *u) {
    uint8_t chunk[65536];
    for (;;) {
        ssize_t got = take(u, chunk, sizeof chunk);
        if (got <= 0) return (int)got;
        if (journal_bytes(u, chunk, (size_t)got)) return -1;
    }
}

static int set_folder_times(Unpacking *u) {
    for (size_t i = u->folder_count; i > 0; i--) {
        struct timespec times[2] = {u->folders[i - 1].mtime, u->folders[i - 1].mtime};
        if (utimensat(AT_FDCWD, u->folders[i - 1].path, times, AT_SYMLINK_NOFOLLOW) && errno != ENOENT)
            return fail(u, "utimensat", u->folders[i - 1].path);
    }
    return 0;
}

static int unpack(Unpacking *u) {
    Member member = {0};
    int failed = 0, more;
    while (!failed && (more = next_member(u, &member)) != 0) {
        failed = more < 0 || unpack_member(u, &member);
        member_clear(&member);
    }
    member_clear(&member);
    return failed || take_rest(u) || set_folder_times(u) ? -1 : 0;
}

/* Into the folder `path`, which becomes the working directory; reads `input` to its end. `journal`: a descriptor to
   write to, or -1. `keepKinds`: a folder does not replace a file, nor a file a folder. */
//: unpack(input: number, path: string, journal: number, layer: boolean, keepKinds: boolean): Unpacked
FUNCTION(ros_unpack) {
    UNUSED_ARGS;
    Args args = ARGS;
    Unpacking *u = calloc(1, sizeof *u);
    if (!u) return args_void(&args, "malloc", -1);
    u->input = (int)args_int(&args, 0);
    const char *path = args_string(&args, 1);
    u->journal = (int)args_int(&args, 2);
    u->layer = args_bool(&args, 3);
    u->keep_kinds = args_bool(&args, 4);
    if (args.failed) {
        free(u);
        return args_fail(&args);
    }
    if (chdir(path)) {
        free(u);
        return args_void(&args, "chdir", -1);
    }
    uint8_t digest[32];
    mbedtls_sha256_init(&u->digest);
    int failed = mbedtls_sha256_starts(&u->digest, 0);
    mode_t mask = umask(0);
    failed = failed || unpack(u) || mbedtls_sha256_finish(&u->digest, digest);
    int error = errno;
    umask(mask);
    mbedtls_sha256_free(&u->digest);
    for (size_t i = 0; i < u->folder_count; i++) free(u->folders[i].path);
    free(u->folders);
    JSValue result;
    if (failed) {
        char what[PATH_MAX + 64];
        snprintf(what, sizeof what, "%s %s", u->what ? u->what : "sha256", u->where);
        result = throw_errno(ctx, what, error);
    } else {
        result = JS_NewObject(ctx);
        JS_SetPropertyStr(ctx, result, "digest", JS_NewArrayBufferCopy(ctx, digest, sizeof digest));
        JS_SetPropertyStr(ctx, result, "archiveBytes", JS_NewInt64(ctx, u->total));
        JS_SetPropertyStr(ctx, result, "contentBytes", JS_NewInt64(ctx, u->content));
    }
    free(u);
    return args_value(&args, result);
}

/* clang-format off */
static const JSCFunctionListEntry exports[] = {
    EXPORT(unpack, 5),
};
/* clang-format on */

NATIVE_MODULE(unpack);
