/* ros:pack - tar archives out of folders, and layers put together again from the journals of mod_unpack.c.
   Members are in the order of their names, so that the same folder gives the same archive. */
#include "ros.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <mbedtls/sha256.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#define BLOCK 512
#define PATH_LIMIT (2 * PATH_MAX)

typedef struct {
    dev_t device;
    ino_t inode;
    char *name;
} Seen;

typedef struct {
    int output;
    bool layer;
    mbedtls_sha256_context digest;
    int64_t total;
    uint8_t buffer[65536];
    size_t filled;
    Seen *seen; /* files with several names: an open hash table */
    size_t seen_count, seen_capacity;
    const char *what; /* of the failure */
    char where[PATH_LIMIT];
} Packing;

static int fail(Packing *p, const char *what, const char *where) {
    p->what = what;
    snprintf(p->where, sizeof p->where, "%s", where);
    return -1;
}

static int fail_as(Packing *p, int error, const char *what, const char *where) {
    errno = error;
    return fail(p, what, where);
}

static int flush(Packing *p) {
    if (mbedtls_sha256_update(&p->digest, p->buffer, p->filled)) return fail_as(p, EIO, "sha256", "archive");
    for (size_t done = 0; done < p->filled;) {
        ssize_t put = write(p->output, p->buffer + done, p->filled - done);
        if (put < 0 && errno == EINTR) continue;
        if (put < 0) return fail(p, "write", "archive");
        done += (size_t)put;
    }
    p->total += (int64_t)p->filled;
    p->filled = 0;
    return 0;
}

/* `bytes` may be NULL: zeros. */
static int give(Packing *p, const void *bytes, size_t length) {
    for (size_t done = 0; done < length;) {
        if (p->filled == sizeof p->buffer && flush(p)) return -1;
        size_t part = sizeof p->buffer - p->filled < length - done ? sizeof p->buffer - p->filled : length - done;
        if (bytes) memcpy(p->buffer + p->filled, (const uint8_t *)bytes + done, part);
        else memset(p->buffer + p->filled, 0, part);
        p->filled += part;
        done += part;
    }
    return 0;
}

static int give_padding(Packing *p, int64_t size) {
    return give(p, NULL, (size_t)((BLOCK - size % BLOCK) % BLOCK));
}

/* Exactly `size` bytes of a file: one that grows meanwhile is cut, one that shrinks is an error. */
static int give_file(Packing *p, int fd, int64_t size, const char *name) {
    uint8_t chunk[65536];
    for (int64_t left = size; left > 0;) {
        ssize_t got = read(fd, chunk, left < (int64_t)sizeof chunk ? (size_t)left : sizeof chunk);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return fail(p, "read", name);
        if (got == 0) return fail_as(p, EBADMSG, "file became shorter", name);
        if (give(p, chunk, (size_t)got)) return -1;
        left -= got;
    }
    return 0;
}

/* ---- headers */

typedef struct {
    char name[PATH_LIMIT], link[PATH_MAX];
    uint32_t mode, uid, gid, major, minor;
    int64_t size, mtime;
    char type;
} Header;

static void put_number(uint8_t *field, size_t length, uint64_t value) {
    if (value < (uint64_t)1 << (3 * (length - 1))) {
        snprintf((char *)field, length, "%0*llo", (int)length - 1, (unsigned long long)value);
        return;
    }
    for (size_t i = length; i-- > 1; value >>= 8) field[i] = (uint8_t)value; /* GNU: base 256 */
    field[0] = 0x80;
}

static int give_header(Packing *p, const Header *h) {
    uint8_t block[BLOCK] = {0};
    memcpy(block, h->name, strnlen(h->name, 100));
    put_number(block + 100, 8, h->mode);
    put_number(block + 108, 8, h->uid);
    put_number(block + 116, 8, h->gid);
    put_number(block + 124, 12, (uint64_t)h->size);
    put_number(block + 136, 12, h->mtime < 0 ? 0 : (uint64_t)h->mtime);
    memset(block + 148, ' ', 8);
    block[156] = (uint8_t)h->type;
    memcpy(block + 157, h->link, strnlen(h->link, 100));
    memcpy(block + 257, "ustar\0" "00", 8);
    put_number(block + 329, 8, h->major);
    put_number(block + 337, 8, h->minor);
    unsigned sum = 0;
    for (int i = 0; i < BLOCK; i++) sum += block[i];
    snprintf((char *)block + 148, 8, "%06o", sum);
    block[155] = ' ';
    return give(p, block, BLOCK);
}

/* "LENGTH KEY=VALUE\n", where the length counts itself. */
static size_t pax_record(char *into, size_t room, const char *key, const void *value, size_t length) {
    size_t rest = strlen(key) + length + 3, total = rest + 1;
    for (size_t digits = 1, power = 10; total >= power; digits++, power *= 10) total = rest + digits + 1;
    total = rest + (size_t)snprintf(NULL, 0, "%zu", total);
    if (total + 1 > room) return 0;
    int head = snprintf(into, room, "%zu %s=", total, key);
    memcpy(into + head, value, length);
    into[total - 1] = '\n';
    return total;
}

/* What does not fit into a header, in one before it. */
static int give_extension(Packing *p, const Header *h, const char *attributes, size_t attributes_length) {
    char *text = malloc(3 * PATH_LIMIT + attributes_length);
    if (!text) return fail(p, "malloc", h->name);
    size_t length = 0, room = 3 * PATH_LIMIT;
    if (strlen(h->name) > 100) length += pax_record(text + length, room - length, "path", h->name, strlen(h->name));
    if (strlen(h->link) > 100) length += pax_record(text + length, room - length, "linkpath", h->link, strlen(h->link));
    memcpy(text + length, attributes, attributes_length);
    length += attributes_length;
    Header extension = {.name = "PaxHeaders.0/x", .mode = 0644, .size = (int64_t)length, .type = 'x'};
    int failed = length > 0 && (give_header(p, &extension) || give(p, text, length) || give_padding(p, (int64_t)length));
    free(text);
    return failed ? -1 : 0;
}

/* Extended attributes as records, `*length` bytes; to be freed. NULL when there are none. */
static char *read_attributes(const char *path, size_t *length) {
    static const char *kept[] = {"security.capability", "user."};
    char names[8192], value[65536], key[512], *text = NULL;
    ssize_t size = llistxattr(path, names, sizeof names);
    *length = 0;
    for (ssize_t at = 0; at < size; at += (ssize_t)strlen(names + at) + 1) {
        bool wanted = false;
        for (int i = 0; i < COUNT_OF(kept); i++) wanted = wanted || !strncmp(names + at, kept[i], strlen(kept[i]));
        ssize_t got = wanted ? lgetxattr(path, names + at, value, sizeof value) : -1;
        if (got < 0) continue;
        size_t room = strlen(names + at) + (size_t)got + 64;
        char *grown = realloc(text, *length + room);
        if (!grown) break;
        text = grown;
        snprintf(key, sizeof key, "SCHILY.xattr.%s", names + at);
        *length += pax_record(text + *length, room, key, value, (size_t)got);
    }
    return text;
}

/* ---- folders */

/* The name under which the file was packed before, or NULL after noting this one. */
static const char *seen_before(Packing *p, const struct stat *status, const char *name) {
    if (p->seen_count * 2 >= p->seen_capacity) {
        size_t larger = p->seen_capacity ? p->seen_capacity * 2 : 256;
        Seen *grown = calloc(larger, sizeof *grown);
        if (!grown) return NULL; /* then it is packed twice */
        for (size_t i = 0; i < p->seen_capacity; i++) {
            if (!p->seen[i].name) continue;
            size_t at = p->seen[i].inode & (larger - 1);
            while (grown[at].name) at = (at + 1) & (larger - 1);
            grown[at] = p->seen[i];
        }
        free(p->seen);
        p->seen = grown;
        p->seen_capacity = larger;
    }
    size_t at = status->st_ino & (p->seen_capacity - 1);
    for (; p->seen[at].name; at = (at + 1) & (p->seen_capacity - 1))
        if (p->seen[at].inode == status->st_ino && p->seen[at].device == status->st_dev) return p->seen[at].name;
    p->seen[at] = (Seen){status->st_dev, status->st_ino, strdup(name)};
    if (p->seen[at].name) p->seen_count++;
    return NULL;
}

static int by_name(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Sorted and ended by NULL; to be freed with its names. */
static char **names_in(const char *path) {
    DIR *folder = opendir(path);
    if (!folder) return NULL;
    size_t count = 0, capacity = 64;
    char **names = malloc(capacity * sizeof *names);
    for (struct dirent *entry; names && (entry = readdir(folder));) {
        if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..")) continue;
        if (count + 1 == capacity) {
            char **grown = realloc(names, (capacity *= 2) * sizeof *names);
            if (!grown) break;
            names = grown;
        }
        names[count++] = strdup(entry->d_name);
    }
    closedir(folder);
    if (!names) return NULL;
    names[count] = NULL;
    qsort(names, count, sizeof *names, by_name);
    return names;
}

static int pack_folder(Packing *p, const char *path, const char *name);

/* overlayfs's whiteouts in the words of layers. */
static bool is_whiteout(const struct stat *s) {
    return S_ISCHR(s->st_mode) && s->st_rdev == makedev(0, 0);
}

static int pack_member(Packing *p, const char *path, const char *name) {
    struct stat s;
    if (lstat(path, &s)) return errno == ENOENT ? 0 : fail(p, "lstat", path);
    if (S_ISSOCK(s.st_mode)) return 0; /* tar has no such thing */
    Header *h = calloc(1, sizeof *h);
    if (!h) return fail(p, "malloc", path);
    h->mode = s.st_mode & 07777, h->uid = s.st_uid, h->gid = s.st_gid, h->mtime = s.st_mtim.tv_sec;
    snprintf(h->name, sizeof h->name, "%s%s", name, S_ISDIR(s.st_mode) ? "/" : "");
    h->type = S_ISREG(s.st_mode) ? '0' : S_ISLNK(s.st_mode) ? '2' : S_ISDIR(s.st_mode) ? '5' : S_ISFIFO(s.st_mode) ? '6' : S_ISCHR(s.st_mode) ? '3' : '4';
    if (p->layer && is_whiteout(&s)) {
        const char *slash = strrchr(name, '/');
        snprintf(h->name, sizeof h->name, "%.*s.wh.%s", slash ? (int)(slash - name + 1) : 0, name, slash ? slash + 1 : name);
        h->type = '0', h->mode = 0;
        s.st_mode = S_IFREG, s.st_size = 0;
    }
    if (h->type == '3' || h->type == '4') h->major = major(s.st_rdev), h->minor = minor(s.st_rdev);
    if (h->type == '2') {
        ssize_t length = readlink(path, h->link, sizeof h->link - 1);
        if (length < 0) fail(p, "readlink", path);
        h->link[length < 0 ? 0 : length] = 0;
    }
    const char *before = S_ISREG(s.st_mode) && s.st_nlink > 1 ? seen_before(p, &s, name) : NULL;
    if (before) h->type = '1', snprintf(h->link, sizeof h->link, "%s", before);
    int fd = -1, failed = p->what != NULL;
    if (!failed && h->type == '0' && s.st_size > 0) {
        h->size = s.st_size;
        fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
        if (fd < 0) failed = fail(p, "open", path);
    }
    size_t length = 0;
    char *attributes = before ? NULL : read_attributes(path, &length);
    failed = failed || give_extension(p, h, attributes ? attributes : "", length) || give_header(p, h);
    failed = failed || (fd >= 0 && (give_file(p, fd, h->size, path) || give_padding(p, h->size)));
    free(attributes);
    if (fd >= 0) close(fd);
    bool is_folder = h->type == '5';
    free(h);
    return failed ? -1 : is_folder ? pack_folder(p, path, name) : 0;
}

static int pack_folder(Packing *p, const char *path, const char *name) {
    char **names = names_in(path);
    if (!names) return fail(p, "opendir", path);
    char opaque[2] = "", *below_path = malloc(PATH_LIMIT), *below_name = malloc(PATH_LIMIT);
    int failed = below_path && below_name ? 0 : fail(p, "malloc", path);
    if (!failed && p->layer && lgetxattr(path, "trusted.overlay.opaque", opaque, 1) == 1 && opaque[0] == 'y') {
        Header h = {.type = '0'};
        snprintf(h.name, sizeof h.name, "%s%s.wh..wh..opq", name, *name ? "/" : "");
        failed = give_header(p, &h);
    }
    for (char **one = names; *one; one++) {
        if (!failed) {
            snprintf(below_path, PATH_LIMIT, "%s%s%s", path, path[strlen(path) - 1] == '/' ? "" : "/", *one);
            snprintf(below_name, PATH_LIMIT, "%s%s%s", name, *name == 0 || name[strlen(name) - 1] == '/' ? "" : "/", *one);
            failed = pack_member(p, below_path, below_name);
        }
        free(*one);
    }
    free(names);
    free(below_path);
    free(below_name);
    return failed ? -1 : 0;
}

/* ---- layers from journals */

static int take_all(Packing *p, int fd, void *into, size_t wanted) {
    for (size_t done = 0; done < wanted;) {
        ssize_t got = read(fd, (uint8_t *)into + done, wanted - done);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return fail(p, "read", "journal");
        if (got == 0) return fail_as(p, EBADMSG, "unexpected EOF", "journal");
        done += (size_t)got;
    }
    return 0;
}

static int assemble_bytes(Packing *p, int journal) {
    uint32_t counts[2];
    if (take_all(p, journal, counts, sizeof counts)) return -1;
    uint8_t chunk[4096];
    for (uint32_t left = counts[0]; left > 0;) {
        size_t part = left < sizeof chunk ? left : sizeof chunk;
        if (take_all(p, journal, chunk, part) || give(p, chunk, part)) return -1;
        left -= (uint32_t)part;
    }
    return give(p, NULL, counts[1]);
}

/* The path is resolved inside the layer, whatever links are in it. */
static int assemble_file(Packing *p, int journal, int root) {
    int64_t size;
    uint32_t length;
    char path[PATH_MAX];
    if (take_all(p, journal, &size, sizeof size) || take_all(p, journal, &length, sizeof length)) return -1;
    if (length >= sizeof path || size < 0) return fail_as(p, EBADMSG, "invalid record", "journal");
    if (take_all(p, journal, path, length)) return -1;
    path[length] = 0;
    struct open_how how = {.flags = O_RDONLY | O_CLOEXEC | O_NOFOLLOW, .resolve = RESOLVE_IN_ROOT};
    int fd = (int)syscall(SYS_openat2, root, path, &how, sizeof how);
    if (fd < 0) return fail(p, "open", path);
    int failed = give_file(p, fd, size, path);
    close(fd);
    return failed;
}

static int assemble(Packing *p, int journal, const char *path) {
    int root = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (root < 0) return fail(p, "open", path);
    int failed = 0;
    char kind;
    for (ssize_t got; !failed && (got = read(journal, &kind, 1)) != 0;) {
        if (got < 0 && errno != EINTR) failed = fail(p, "read", "journal");
        else if (got < 0) continue;
        else if (kind == 'B') failed = assemble_bytes(p, journal);
        else if (kind == 'F') failed = assemble_file(p, journal, root);
        else failed = fail_as(p, EBADMSG, "invalid record", "journal");
    }
    close(root);
    return failed;
}

/* ---- calls */

static Packing *begin(int output, bool layer) {
    Packing *p = calloc(1, sizeof *p);
    if (!p) return NULL;
    p->output = output;
    p->layer = layer;
    mbedtls_sha256_init(&p->digest);
    if (mbedtls_sha256_starts(&p->digest, 0)) fail_as(p, EIO, "sha256", "archive");
    return p;
}

static JSValue end(JSContext *ctx, Packing *p, int failed) {
    uint8_t digest[32];
    failed = failed || flush(p) || mbedtls_sha256_finish(&p->digest, digest);
    int error = errno;
    mbedtls_sha256_free(&p->digest);
    for (size_t i = 0; i < p->seen_capacity; i++) free(p->seen[i].name);
    free(p->seen);
    JSValue result;
    if (failed) {
        char what[PATH_LIMIT + 64];
        snprintf(what, sizeof what, "%s %s", p->what ? p->what : "sha256", p->where);
        result = throw_errno(ctx, what, error);
    } else {
        result = JS_NewObject(ctx);
        JS_SetPropertyStr(ctx, result, "digest", JS_NewArrayBufferCopy(ctx, digest, sizeof digest));
        JS_SetPropertyStr(ctx, result, "archiveBytes", JS_NewInt64(ctx, p->total));
    }
    free(p);
    return result;
}

/* `path` and what is below it as `name`; with an empty name a folder's content only. `layer`: whiteouts of overlayfs
   become those of layers. */
//: pack(output: number, path: string, name: string, layer: boolean): Packed
FUNCTION(ros_pack) {
    UNUSED_ARGS;
    Args args = ARGS;
    int output = (int)args_int(&args, 0);
    const char *path = args_string(&args, 1), *name = args_string(&args, 2);
    bool layer = args_bool(&args, 3);
    if (args.failed) return args_fail(&args);
    Packing *p = begin(output, layer);
    if (!p) return args_void(&args, "malloc", -1);
    int failed = p->what || (*name ? pack_member(p, path, name) : pack_folder(p, path, name)) || give(p, NULL, 2 * BLOCK);
    return args_value(&args, end(ctx, p, failed));
}

/* The archive that was unpacked into the folder `path`, byte by byte. */
//: assemble(output: number, journal: number, path: string): Packed
FUNCTION(ros_assemble) {
    UNUSED_ARGS;
    Args args = ARGS;
    int output = (int)args_int(&args, 0), journal = (int)args_int(&args, 1);
    const char *path = args_string(&args, 2);
    if (args.failed) return args_fail(&args);
    Packing *p = begin(output, false);
    if (!p) return args_void(&args, "malloc", -1);
    return args_value(&args, end(ctx, p, p->what || assemble(p, journal, path)));
}

/* A header alone: of a file whose content, padded to 512 bytes, the caller writes; a name with a slash at its end is a folder's. */
//: header(output: number, name: string, sizeBytes: number): void
FUNCTION(ros_header) {
    UNUSED_ARGS;
    Args args = ARGS;
    int output = (int)args_int(&args, 0);
    const char *name = args_string(&args, 1);
    int64_t size = args_int(&args, 2);
    if (args.failed) return args_fail(&args);
    Packing *p = begin(output, false);
    if (!p) return args_void(&args, "malloc", -1);
    Header h = {.mode = 0644, .size = size, .type = '0'};
    snprintf(h.name, sizeof h.name, "%s", name);
    if (*name && name[strlen(name) - 1] == '/') h.mode = 0755, h.type = '5';
    JSValue result = end(ctx, p, p->what || give_extension(p, &h, "", 0) || give_header(p, &h));
    if (JS_IsException(result)) return args_value(&args, result);
    JS_FreeValue(ctx, result);
    return args_value(&args, JS_UNDEFINED);
}

/* Bytes, padded to 512: the content of a file after its header. */
//: content(output: number, bytes: Uint8Array): void
FUNCTION(ros_content) {
    UNUSED_ARGS;
    Args args = ARGS;
    size_t length;
    int output = (int)args_int(&args, 0);
    uint8_t *bytes = args_bytes(&args, 1, &length);
    if (args.failed) return args_fail(&args);
    Packing *p = begin(output, false);
    if (!p) return args_void(&args, "malloc", -1);
    JSValue result = end(ctx, p, p->what || give(p, bytes, length) || give_padding(p, (int64_t)length));
    if (JS_IsException(result)) return args_value(&args, result);
    JS_FreeValue(ctx, result);
    return args_value(&args, JS_UNDEFINED);
}

/* clang-format off */
static const JSCFunctionListEntry exports[] = {
    EXPORT(pack, 4),
    EXPORT(assemble, 3),
    EXPORT(header, 3),
    EXPORT(content, 2),
};
/* clang-format on */

NATIVE_MODULE(pack);
