/* Folders with what is below them, in the order of names: the same folder gives the same archive. */
#include "packing.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

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
        *length += pack_record(text + *length, room, key, value, (size_t)got);
    }
    return text;
}

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

/* overlayfs's whiteouts in the words of layers. */
static bool is_whiteout(const struct stat *s) {
    return S_ISCHR(s->st_mode) && s->st_rdev == makedev(0, 0);
}

int pack_member(Packing *p, const char *path, const char *name) {
    struct stat s;
    if (lstat(path, &s)) return errno == ENOENT ? 0 : archive_fail(&p->archive, "lstat", path);
    if (S_ISSOCK(s.st_mode)) return 0; /* tar has no such thing */
    Header *h = calloc(1, sizeof *h);
    if (!h) return archive_fail(&p->archive, "malloc", path);
    h->mode = s.st_mode & 07777, h->uid = s.st_uid, h->gid = s.st_gid, h->mtime = s.st_mtim.tv_sec;
    snprintf(h->name, sizeof h->name, "%s%s", name, S_ISDIR(s.st_mode) ? "/" : "");
    h->type = S_ISREG(s.st_mode)    ? '0'
              : S_ISLNK(s.st_mode)  ? '2'
              : S_ISDIR(s.st_mode)  ? '5'
              : S_ISFIFO(s.st_mode) ? '6'
              : S_ISCHR(s.st_mode)  ? '3'
                                    : '4';
    if (p->layer && is_whiteout(&s)) {
        const char *slash = strrchr(name, '/');
        snprintf(h->name, sizeof h->name, "%.*s.wh.%s", slash ? (int)(slash - name + 1) : 0, name,
                 slash ? slash + 1 : name);
        h->type = '0', h->mode = 0;
        s.st_mode = S_IFREG, s.st_size = 0;
    }
    if (h->type == '3' || h->type == '4') h->major = major(s.st_rdev), h->minor = minor(s.st_rdev);
    if (h->type == '2') {
        ssize_t length = readlink(path, h->link, sizeof h->link - 1);
        if (length < 0) archive_fail(&p->archive, "readlink", path);
        h->link[length < 0 ? 0 : length] = 0;
    }
    const char *before = S_ISREG(s.st_mode) && s.st_nlink > 1 ? seen_before(p, &s, name) : NULL;
    if (before) h->type = '1', snprintf(h->link, sizeof h->link, "%s", before);
    int fd = -1, failed = p->archive.what != NULL;
    if (!failed && h->type == '0' && s.st_size > 0) {
        h->size = s.st_size;
        fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
        if (fd < 0) failed = archive_fail(&p->archive, "open", path);
    }
    size_t length = 0;
    char *attributes = before ? NULL : read_attributes(path, &length);
    failed = failed || pack_extension(p, h, attributes ? attributes : "", length) || pack_header(p, h);
    failed = failed || (fd >= 0 && (pack_content(p, fd, h->size, path) || pack_padding(p, h->size)));
    free(attributes);
    if (fd >= 0) close(fd);
    bool is_folder = h->type == '5';
    free(h);
    return failed ? -1 : is_folder ? pack_folder(p, path, name) : 0;
}

int pack_folder(Packing *p, const char *path, const char *name) {
    char **names = names_in(path);
    if (!names) return archive_fail(&p->archive, "opendir", path);
    char opaque[2] = "", *below_path = malloc(PATH_LIMIT), *below_name = malloc(PATH_LIMIT);
    int failed = below_path && below_name ? 0 : archive_fail(&p->archive, "malloc", path);
    if (!failed && p->layer && lgetxattr(path, "trusted.overlay.opaque", opaque, 1) == 1 && opaque[0] == 'y') {
        Header h = {.type = '0'};
        snprintf(h.name, sizeof h.name, "%s%s.wh..wh..opq", name, *name ? "/" : "");
        failed = pack_header(p, &h);
    }
    for (char **one = names; *one; one++) {
        if (!failed) {
            snprintf(below_path, PATH_LIMIT, "%s%s%s", path, path[strlen(path) - 1] == '/' ? "" : "/", *one);
            snprintf(below_name, PATH_LIMIT, "%s%s%s", name, *name == 0 || name[strlen(name) - 1] == '/' ? "" : "/",
                     *one);
            failed = pack_member(p, below_path, below_name);
        }
        free(*one);
    }
    free(names);
    free(below_path);
    free(below_name);
    return failed ? -1 : 0;
}
