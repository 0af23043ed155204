/* ros:unpack - tar archives into a folder that is the root of this process. Ustar, pax and GNU headers; hard links,
   devices, extended attributes. Of a layer also: whiteouts become overlayfs's own, the digest of the archive is
   worked out on the way, and a journal of everything that is not content of files is kept, from which mod_pack.c puts
   the very same archive together again.
   The caller has changed the root: no name of an archive leads out of it. */
#include "archive/unpacking.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* After the end of the archive there may be more blocks; they count for the digest and for the journal. */
static int take_rest(Unpacking *u) {
    uint8_t chunk[65536];
    for (;;) {
        ssize_t got = unpack_take(u, chunk, sizeof chunk);
        if (got <= 0) return (int)got;
        if (unpack_note_bytes(u, chunk, (size_t)got)) return -1;
    }
}

static int unpack_all(Unpacking *u) {
    Member member = {0};
    int failed = 0, more;
    while (!failed && (more = unpack_next(u, &member)) != 0) {
        failed = more < 0 || unpack_member(u, &member);
        unpack_clear(&member);
    }
    unpack_clear(&member);
    return failed || take_rest(u) || unpack_set_folder_times(u) ? -1 : 0;
}

static JSValue unpack(JSContext *ctx, Unpacking *u) {
    mode_t mask = umask(0);
    JSValue result = archive_end(ctx, &u->archive, archive_begin(&u->archive) || unpack_all(u));
    umask(mask);
    if (!JS_IsException(result)) JS_SetPropertyStr(ctx, result, "contentBytes", JS_NewInt64(ctx, u->content));
    for (size_t i = 0; i < u->folder_count; i++) free(u->folders[i].path);
    free(u->folders);
    free(u);
    return result;
}

/* Into the folder `path`, which becomes the working directory; reads `input` to its end. `journal`: a descriptor to
   write to, or -1. `keepKinds`: a folder does not replace a file, nor a file a folder. */
//: unpack(input: number, path: string, journal: number, layer: boolean, keepKinds: boolean): Unpacked
FUNCTION(ros_unpack) {
    UNUSED_ARGS;
    Args args = ARGS;
    int input = (int)args_int(&args, 0);
    const char *path = args_string(&args, 1);
    int journal = (int)args_int(&args, 2);
    bool layer = args_bool(&args, 3), keep_kinds = args_bool(&args, 4);
    if (args.failed) return args_fail(&args);
    if (chdir(path)) return args_void(&args, "chdir", -1);
    Unpacking *u = calloc(1, sizeof *u);
    if (!u) return args_void(&args, "malloc", -1);
    u->input = input;
    u->journal = journal;
    u->layer = layer;
    u->keep_kinds = keep_kinds;
    return args_value(&args, unpack(ctx, u));
}

/* clang-format off */
static const JSCFunctionListEntry exports[] = {
    EXPORT(unpack, 5),
};
/* clang-format on */

NATIVE_MODULE(unpack);
