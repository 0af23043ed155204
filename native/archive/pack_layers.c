/* Layers put together again: the journal of unpack_input.c has everything but the content of files. */
#include "packing.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

static int take_all(Packing *p, int journal, void *into, size_t wanted) {
    ssize_t got = read_all(journal, into, wanted);
    if (got < 0) return archive_fail(&p->archive, "read", "journal");
    return (size_t)got == wanted ? 0 : archive_fail_as(&p->archive, EBADMSG, "unexpected EOF", "journal");
}

static int assemble_bytes(Packing *p, int journal) {
    uint32_t counts[2];
    if (take_all(p, journal, counts, sizeof counts)) return -1;
    uint8_t chunk[4096];
    for (uint32_t left = counts[0]; left > 0;) {
        size_t part = left < sizeof chunk ? left : sizeof chunk;
        if (take_all(p, journal, chunk, part) || pack_bytes(p, chunk, part)) return -1;
        left -= (uint32_t)part;
    }
    return pack_bytes(p, NULL, counts[1]);
}

/* The path is resolved inside the layer, whatever links are in it. */
static int assemble_file(Packing *p, int journal, int root) {
    int64_t size;
    uint32_t length;
    char path[PATH_MAX];
    if (take_all(p, journal, &size, sizeof size) || take_all(p, journal, &length, sizeof length)) return -1;
    if (length >= sizeof path || size < 0) return archive_fail_as(&p->archive, EBADMSG, "invalid record", "journal");
    if (take_all(p, journal, path, length)) return -1;
    path[length] = 0;
    struct open_how how = {.flags = O_RDONLY | O_CLOEXEC | O_NOFOLLOW, .resolve = RESOLVE_IN_ROOT};
    int fd = (int)syscall(SYS_openat2, root, path, &how, sizeof how);
    if (fd < 0) return archive_fail(&p->archive, "open", path);
    int failed = pack_content(p, fd, size, path);
    close(fd);
    return failed;
}

int pack_layer(Packing *p, int journal, const char *path) {
    int root = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (root < 0) return archive_fail(&p->archive, "open", path);
    int failed = 0;
    char kind;
    for (ssize_t got; !failed && (got = read_some(journal, &kind, 1)) != 0;) {
        if (got < 0) failed = archive_fail(&p->archive, "read", "journal");
        else if (kind == 'B') failed = assemble_bytes(p, journal);
        else if (kind == 'F') failed = assemble_file(p, journal, root);
        else failed = archive_fail_as(&p->archive, EBADMSG, "invalid record", "journal");
    }
    close(root);
    return failed;
}
