/* One run of ros:pack: what its files hand to each other. */
#ifndef PACKING_H
#define PACKING_H

#include "archive.h"

#include <sys/types.h>

typedef struct {
    dev_t device;
    ino_t inode;
    char *name;
} Seen;

typedef struct {
    Archive archive;
    int output;
    bool layer;
    uint8_t buffer[65536];
    size_t filled;
    Seen *seen; /* files with several names: an open hash table */
    size_t seen_count, seen_capacity;
} Packing;

typedef struct {
    char name[PATH_LIMIT], link[PATH_MAX];
    uint32_t mode, uid, gid, major, minor;
    int64_t size, mtime;
    char type;
} Header;

/* ---- pack_output.c */

int pack_flush(Packing *p);
/* `bytes` may be NULL: zeros. */
int pack_bytes(Packing *p, const void *bytes, size_t length);
int pack_padding(Packing *p, int64_t size);
/* Exactly `size` bytes of a file: one that grows meanwhile is cut, one that shrinks is an error. */
int pack_content(Packing *p, int fd, int64_t size, const char *name);
int pack_header(Packing *p, const Header *h);
/* What does not fit into a header, in one before it. `attributes` are records already. */
int pack_extension(Packing *p, const Header *h, const char *attributes, size_t attributes_length);
/* Returns the length of a record, 0 when there is no room for it. */
size_t pack_record(char *into, size_t room, const char *key, const void *value, size_t length);

/* ---- pack_folders.c */

/* A file, or a folder with what is below it. */
int pack_member(Packing *p, const char *path, const char *name);
/* What is in a folder. */
int pack_folder(Packing *p, const char *path, const char *name);

/* ---- pack_layers.c */

int pack_layer(Packing *p, int journal, const char *path);

#endif
