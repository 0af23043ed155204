/* The archive as a stream: buffered, digested, written; and the headers of members. */
#include "packing.h"

#include <stdio.h>
#include <stdlib.h>

int pack_flush(Packing *p) {
    if (archive_count(&p->archive, p->buffer, p->filled)) return -1;
    if (write_all(p->output, p->buffer, p->filled)) return archive_fail(&p->archive, "write", "archive");
    p->filled = 0;
    return 0;
}

int pack_bytes(Packing *p, const void *bytes, size_t length) {
    for (size_t done = 0; done < length;) {
        if (p->filled == sizeof p->buffer && pack_flush(p)) return -1;
        size_t part = sizeof p->buffer - p->filled < length - done ? sizeof p->buffer - p->filled : length - done;
        if (bytes) memcpy(p->buffer + p->filled, (const uint8_t *)bytes + done, part);
        else memset(p->buffer + p->filled, 0, part);
        p->filled += part;
        done += part;
    }
    return 0;
}

int pack_padding(Packing *p, int64_t size) {
    return pack_bytes(p, NULL, archive_padding(size));
}

int pack_content(Packing *p, int fd, int64_t size, const char *name) {
    uint8_t chunk[65536];
    for (int64_t left = size; left > 0;) {
        ssize_t got = read_some(fd, chunk, left < (int64_t)sizeof chunk ? (size_t)left : sizeof chunk);
        if (got < 0) return archive_fail(&p->archive, "read", name);
        if (got == 0) return archive_fail_as(&p->archive, EBADMSG, "file became shorter", name);
        if (pack_bytes(p, chunk, (size_t)got)) return -1;
        left -= got;
    }
    return 0;
}

static void put_number(uint8_t *field, size_t length, uint64_t value) {
    if (value < (uint64_t)1 << (3 * (length - 1))) {
        snprintf((char *)field, length, "%0*llo", (int)length - 1, (unsigned long long)value);
        return;
    }
    for (size_t i = length; i-- > 1; value >>= 8) field[i] = (uint8_t)value; /* GNU: base 256 */
    field[0] = 0x80;
}

int pack_header(Packing *p, const Header *h) {
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
    memcpy(block + 257,
           "ustar\0"
           "00",
           8);
    put_number(block + 329, 8, h->major);
    put_number(block + 337, 8, h->minor);
    unsigned sum = 0;
    for (int i = 0; i < BLOCK; i++) sum += block[i];
    snprintf((char *)block + 148, 8, "%06o", sum);
    block[155] = ' ';
    return pack_bytes(p, block, BLOCK);
}

/* "LENGTH KEY=VALUE\n", where the length counts itself. */
size_t pack_record(char *into, size_t room, const char *key, const void *value, size_t length) {
    size_t rest = strlen(key) + length + 3, total = rest + 1;
    for (size_t digits = 1, power = 10; total >= power; digits++, power *= 10) total = rest + digits + 1;
    total = rest + (size_t)snprintf(NULL, 0, "%zu", total);
    if (total + 1 > room) return 0;
    int head = snprintf(into, room, "%zu %s=", total, key);
    memcpy(into + head, value, length);
    into[total - 1] = '\n';
    return total;
}

int pack_extension(Packing *p, const Header *h, const char *attributes, size_t attributes_length) {
    char *text = malloc(3 * PATH_LIMIT + attributes_length);
    if (!text) return archive_fail(&p->archive, "malloc", h->name);
    size_t length = 0, room = 3 * PATH_LIMIT;
    if (strlen(h->name) > 100) length += pack_record(text + length, room - length, "path", h->name, strlen(h->name));
    if (strlen(h->link) > 100)
        length += pack_record(text + length, room - length, "linkpath", h->link, strlen(h->link));
    memcpy(text + length, attributes, attributes_length);
    length += attributes_length;
    Header extension = {.name = "PaxHeaders.0/x", .mode = 0644, .size = (int64_t)length, .type = 'x'};
    int failed =
        length > 0 && (pack_header(p, &extension) || pack_bytes(p, text, length) || pack_padding(p, (int64_t)length));
    free(text);
    return failed ? -1 : 0;
}
