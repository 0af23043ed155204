/* Whole transfers: over signals, short reads and short writes. */
#include "ros.h"

#include <unistd.h>

int write_all(int fd, const void *bytes, size_t length) {
    for (size_t done = 0; done < length;) {
        ssize_t put = write(fd, (const uint8_t *)bytes + done, length - done);
        if (put < 0 && errno == EINTR) continue;
        if (put < 0) return -1;
        done += (size_t)put;
    }
    return 0;
}

ssize_t read_some(int fd, void *into, size_t room) {
    for (;;) {
        ssize_t got = read(fd, into, room);
        if (got >= 0 || errno != EINTR) return got;
    }
}

ssize_t read_all(int fd, void *into, size_t wanted) {
    for (size_t done = 0; done < wanted;) {
        ssize_t got = read_some(fd, (uint8_t *)into + done, wanted - done);
        if (got < 0) return -1;
        if (got == 0) return (ssize_t)done;
        done += (size_t)got;
    }
    return (ssize_t)wanted;
}
