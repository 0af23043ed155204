/* The archive as a stream that is digested as it is read, and the journal: records 'B' (length, zeros after it, bytes)
   and 'F' (size, length of the path, path), numbers as little-endian 32 and 64 bits. pack_layers.c reads it. */
#include "unpacking.h"

ssize_t unpack_take(Unpacking *u, void *into, size_t wanted) {
    size_t done = 0;
    while (done < wanted) {
        if (u->at == u->filled) {
            ssize_t got = read_some(u->input, u->buffer, sizeof u->buffer);
            if (got < 0) return archive_fail(&u->archive, "read", "archive");
            if (got == 0) break;
            if (archive_count(&u->archive, u->buffer, (size_t)got)) return -1;
            u->at = 0;
            u->filled = (size_t)got;
        }
        size_t part = u->filled - u->at < wanted - done ? u->filled - u->at : wanted - done;
        memcpy((uint8_t *)into + done, u->buffer + u->at, part);
        u->at += part;
        done += part;
    }
    return (ssize_t)done;
}

int unpack_take_all(Unpacking *u, void *into, size_t wanted) {
    ssize_t got = unpack_take(u, into, wanted);
    if (got < 0) return -1;
    return (size_t)got == wanted ? 0 : archive_fail_as(&u->archive, EBADMSG, "unexpected EOF", "archive");
}

int unpack_note_bytes(Unpacking *u, const void *bytes, size_t length) {
    if (u->journal < 0 || length == 0) return 0;
    size_t used = length;
    while (used > 0 && ((const uint8_t *)bytes)[used - 1] == 0) used--;
    uint32_t counts[2] = {(uint32_t)used, (uint32_t)(length - used)};
    if (write_all(u->journal, "B", 1) || write_all(u->journal, counts, sizeof counts) ||
        write_all(u->journal, bytes, used))
        return archive_fail(&u->archive, "write", "journal");
    return 0;
}

int unpack_note_file(Unpacking *u, const char *path, int64_t size) {
    if (u->journal < 0 || size == 0) return 0;
    uint32_t length = (uint32_t)strlen(path);
    if (write_all(u->journal, "F", 1) || write_all(u->journal, &size, sizeof size) ||
        write_all(u->journal, &length, sizeof length) || write_all(u->journal, path, length))
        return archive_fail(&u->archive, "write", "journal");
    return 0;
}
