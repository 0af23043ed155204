/* Members become files, folders, links and nodes of the working directory, which is the root of this process: no name
   of an archive leads out of it. Of a layer, whiteouts become overlayfs's own. */
#include "unpacking.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

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

/* A full folder stays, which is a failure: archives hardly ever put a file where they had one. */
static int remove_place(const char *path) {
    if (!unlink(path) || errno == ENOENT) return 0;
    if (errno != EISDIR && errno != EPERM) return -1;
    return rmdir(path) && errno != ENOENT ? -1 : 0;
}

static int make_parents(Unpacking *u, char *path) {
    for (char *slash = strchr(path, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = 0;
        int failed = mkdir(path, 0755) && errno != EEXIST;
        if (failed) archive_fail(&u->archive, "mkdir", path);
        *slash = '/';
        if (failed) return -1;
    }
    return 0;
}

static int note_folder(Unpacking *u, const char *path, const Member *m) {
    if (u->folder_count == u->folder_capacity) {
        size_t larger = u->folder_capacity ? u->folder_capacity * 2 : 64;
        FolderTime *grown = realloc(u->folders, larger * sizeof *grown);
        if (!grown) return archive_fail(&u->archive, "malloc", path);
        u->folders = grown;
        u->folder_capacity = larger;
    }
    FolderTime *folder = &u->folders[u->folder_count];
    folder->path = strdup(path);
    if (!folder->path) return archive_fail(&u->archive, "malloc", path);
    folder->mtime = (struct timespec){m->mtime, m->mtime_nsec};
    u->folder_count++;
    return 0;
}

/* Content, or nothing at all when `fd` is negative. */
static int take_content(Unpacking *u, int fd, const Member *m) {
    uint8_t chunk[65536];
    for (int64_t left = m->size; left > 0;) {
        size_t part = left < (int64_t)sizeof chunk ? (size_t)left : sizeof chunk;
        if (unpack_take_all(u, chunk, part)) return -1;
        if (fd >= 0 ? write_all(fd, chunk, part) != 0 : unpack_note_bytes(u, chunk, part) != 0)
            return fd >= 0 ? archive_fail(&u->archive, "write", m->path) : -1;
        left -= (int64_t)part;
    }
    size_t padding = archive_padding(m->size);
    if (padding == 0) return 0;
    if (unpack_take_all(u, chunk, padding)) return -1;
    return unpack_note_bytes(u, chunk, padding);
}

static int unpack_file(Unpacking *u, const Member *m) {
    int fd = open(m->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) return archive_fail(&u->archive, "open", m->path);
    int failed = unpack_note_file(u, m->path, m->size) || take_content(u, fd, m);
    if (close(fd) && !failed) failed = archive_fail(&u->archive, "close", m->path);
    u->content += m->size;
    return failed ? -1 : 0;
}

/* Owner first: changing it takes away the set-user-id bit and the capabilities. */
static int set_metadata(Unpacking *u, const Member *m) {
    if (lchown(m->path, (uid_t)m->uid, (gid_t)m->gid)) return archive_fail(&u->archive, "lchown", m->path);
    if (m->type != '2' && chmod(m->path, m->mode)) return archive_fail(&u->archive, "chmod", m->path);
    for (int i = 0; i < m->attribute_count; i++) {
        const Attribute *attribute = &m->attributes[i];
        if (!strncmp(attribute->name, "trusted.overlay.", 16)) continue; /* they would change what overlayfs shows */
        if (lsetxattr(m->path, attribute->name, attribute->value, attribute->length, 0) && errno != ENOTSUP &&
            errno != EPERM)
            return archive_fail(&u->archive, "lsetxattr", m->path);
    }
    if (m->type == '5') return note_folder(u, m->path, m);
    struct timespec times[2] = {{m->mtime, m->mtime_nsec}, {m->mtime, m->mtime_nsec}};
    return utimensat(AT_FDCWD, m->path, times, AT_SYMLINK_NOFOLLOW) ? archive_fail(&u->archive, "utimensat", m->path)
                                                                    : 0;
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
        return lsetxattr(folder, "trusted.overlay.opaque", "y", 1, 0) ? archive_fail(&u->archive, "lsetxattr", folder)
                                                                      : 1;
    }
    if (!strncmp(base, ".wh..wh.", 8)) return 1; /* of aufs: of no use to others */
    memmove(base, base + strlen(WHITEOUT), strlen(base + strlen(WHITEOUT)) + 1);
    if (*base == 0 || !strcmp(base, ".") || !strcmp(base, ".."))
        return archive_fail_as(&u->archive, EBADMSG, "invalid whiteout", m->path);
    struct stat status;
    if (!lstat(m->path, &status)) return 1;
    return mknod(m->path, S_IFCHR, makedev(0, 0)) ? archive_fail(&u->archive, "mknod", m->path) : 1;
}

/* What is there already goes away, except a folder that stays one. */
static int make_place(Unpacking *u, const Member *m, bool *merges) {
    struct stat status;
    *merges = false;
    if (lstat(m->path, &status)) return errno == ENOENT ? 0 : archive_fail(&u->archive, "lstat", m->path);
    bool was_folder = S_ISDIR(status.st_mode), is_folder = m->type == '5';
    *merges = was_folder && is_folder;
    if (*merges) return 0;
    if (u->keep_kinds && was_folder)
        return archive_fail_as(&u->archive, EISDIR, "cannot overwrite directory with non-directory", m->path);
    if (u->keep_kinds && is_folder)
        return archive_fail_as(&u->archive, ENOTDIR, "cannot overwrite non-directory with directory", m->path);
    return remove_place(m->path) ? archive_fail(&u->archive, "unlink", m->path) : 0;
}

int unpack_member(Unpacking *u, Member *m) {
    clean_path(m->path);
    if (*m->path == 0) { /* the root itself */
        if (unpack_replace_text(u, &m->path, ".", 1)) return -1;
        return m->type == '5' ? set_metadata(u, m) || take_content(u, -1, m) ? -1 : 0
                              : archive_fail_as(&u->archive, EBADMSG, "invalid tar header", ".");
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
        if (link(m->link, m->path)) return archive_fail(&u->archive, "link", m->path);
        return take_content(u, -1, m);
    case '2':
        if (symlink(m->link, m->path)) return archive_fail(&u->archive, "symlink", m->path);
        break;
    case '3':
    case '4':
        if (mknod(m->path, m->type == '3' ? S_IFCHR : S_IFBLK, makedev(m->major, m->minor)))
            return archive_fail(&u->archive, "mknod", m->path);
        break;
    case '5':
        if (!merges && mkdir(m->path, 0755)) return archive_fail(&u->archive, "mkdir", m->path);
        break;
    case '6':
        if (mkfifo(m->path, 0600)) return archive_fail(&u->archive, "mkfifo", m->path);
        break;
    default:
        return archive_fail_as(&u->archive, ENOTSUP, "unknown kind of member", m->path);
    }
    return set_metadata(u, m) || take_content(u, -1, m) ? -1 : 0;
}

int unpack_set_folder_times(Unpacking *u) {
    for (size_t i = u->folder_count; i > 0; i--) {
        struct timespec times[2] = {u->folders[i - 1].mtime, u->folders[i - 1].mtime};
        if (utimensat(AT_FDCWD, u->folders[i - 1].path, times, AT_SYMLINK_NOFOLLOW) && errno != ENOENT)
            return archive_fail(&u->archive, "utimensat", u->folders[i - 1].path);
    }
    return 0;
}
