/* The headers of members: ustar, pax and GNU. */
#include "unpacking.h"

#include <stdio.h>
#include <stdlib.h>

#define LONGEST_HEADER (1 << 20) /* of one pax or GNU header */

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

void unpack_clear(Member *m) {
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

int unpack_replace_text(Unpacking *u, char **place, const char *text, size_t length) {
    free(*place);
    *place = copy_of(text, length);
    return *place ? 0 : archive_fail(&u->archive, "malloc", "archive");
}

static int pax_record(Unpacking *u, Member *m, const char *key, const char *value, size_t length) {
    if (!strcmp(key, "path")) return unpack_replace_text(u, &m->path, value, length);
    if (!strcmp(key, "linkpath")) return unpack_replace_text(u, &m->link, value, length);
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
        if (!attribute->name || !attribute->value) return archive_fail(&u->archive, "malloc", "archive");
    }
    if (!strncmp(key, "GNU.sparse.", 11)) return archive_fail_as(&u->archive, ENOTSUP, "sparse file", m->path);
    return 0;
}

/* "LENGTH KEY=VALUE\n", one after the other. */
static int pax_records(Unpacking *u, Member *m, char *text, size_t length) {
    for (size_t at = 0; at < length;) {
        char *end;
        unsigned long record = strtoul(text + at, &end, 10);
        char *equals = memchr(text + at, '=', length - at);
        if (*end != ' ' || record < 5 || record > length - at || !equals || equals < end ||
            text[at + record - 1] != '\n')
            return archive_fail_as(&u->archive, EBADMSG, "invalid tar header", "pax");
        char *value = equals + 1, *stop = text + at + record - 1;
        if (value > stop) return archive_fail_as(&u->archive, EBADMSG, "invalid tar header", "pax");
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
        archive_fail_as(&u->archive, EFBIG, "invalid tar header", "extension");
        return NULL;
    }
    size_t padded = ((size_t)size + BLOCK - 1) / BLOCK * BLOCK;
    char *text = malloc(padded + 1);
    if (!text) {
        archive_fail(&u->archive, "malloc", "archive");
        return NULL;
    }
    text[size] = 0;
    if (unpack_take_all(u, text, padded) || unpack_note_bytes(u, text, padded)) {
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
        if (unpack_replace_text(u, &m->path, name, length + own)) return -1;
    }
    return m->link ? 0 : unpack_replace_text(u, &m->link, block + 157, strnlen(block + 157, 100));
}

int unpack_next(Unpacking *u, Member *m) {
    uint8_t block[BLOCK];
    for (;;) {
        ssize_t got = unpack_take(u, block, BLOCK);
        if (got <= 0) return (int)got;
        if (got < BLOCK) return archive_fail_as(&u->archive, EBADMSG, "unexpected EOF", "archive");
        if (unpack_note_bytes(u, block, BLOCK)) return -1;
        bool zero = true;
        for (int i = 0; i < BLOCK && zero; i++) zero = block[i] == 0;
        if (zero) return 0;
        if (!is_sum_right(block)) return archive_fail_as(&u->archive, EBADMSG, "invalid tar header", "archive");
        char type = (char)block[156];
        int64_t size = number_of((char *)block + 124, 12);
        if (type == 'x' || type == 'g' || type == 'L' || type == 'K') {
            char *text = take_extension(u, size);
            if (!text) return -1;
            int failed = 0;
            if (type == 'x') failed = pax_records(u, m, text, (size_t)size);
            if (type == 'L') failed = unpack_replace_text(u, &m->path, text, strlen(text));
            if (type == 'K') failed = unpack_replace_text(u, &m->link, text, strlen(text));
            free(text);
            if (failed) return -1;
            continue;
        }
        if (take_names(u, m, (char *)block)) return -1;
        if (type == 'S') return archive_fail_as(&u->archive, ENOTSUP, "sparse file", m->path);
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
        if (m->size < 0) return archive_fail_as(&u->archive, EBADMSG, "invalid tar header", m->path);
        return 1;
    }
}
