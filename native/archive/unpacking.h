/* One run of ros:unpack: what its files hand to each other. */
#ifndef UNPACKING_H
#define UNPACKING_H

#include "archive.h"

#include <sys/types.h>
#include <time.h>

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
    Archive archive;
    int input, journal; /* journal: -1 for none */
    bool layer, keep_kinds;
    int64_t content; /* bytes of files */
    uint8_t buffer[65536];
    size_t at, filled;
    FolderTime *folders; /* to be set when nothing is put into them any more */
    size_t folder_count, folder_capacity;
} Unpacking;

/* ---- unpack_input.c: the archive as a stream, and the journal */

/* Returns how many bytes there are, fewer than wanted only at the end of the input; -1 on failure. */
ssize_t unpack_take(Unpacking *u, void *into, size_t wanted);
/* All of them, or a failure. */
int unpack_take_all(Unpacking *u, void *into, size_t wanted);
int unpack_note_bytes(Unpacking *u, const void *bytes, size_t length);
int unpack_note_file(Unpacking *u, const char *path, int64_t size);

/* ---- unpack_headers.c */

/* 1: a member, 0: the end of the archive, -1: a failure. `m` is empty before, and is to be cleared. */
int unpack_next(Unpacking *u, Member *m);
void unpack_clear(Member *m);
int unpack_replace_text(Unpacking *u, char **place, const char *text, size_t length);

/* ---- unpack_files.c: into the working directory */

int unpack_member(Unpacking *u, Member *m);
int unpack_set_folder_times(Unpacking *u);

#endif
