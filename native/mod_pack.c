/* ros:pack - tar archives out of folders, and layers put together again from the journals of ros:unpack. */
#include "archive/packing.h"

#include <stdio.h>
#include <stdlib.h>

static Packing *begin(int output, bool layer) {
    Packing *p = calloc(1, sizeof *p);
    if (!p) return NULL;
    p->output = output;
    p->layer = layer;
    archive_begin(&p->archive);
    return p;
}

static bool has_failed(const Packing *p) {
    return p->archive.what != NULL;
}

static JSValue end(JSContext *ctx, Packing *p, int failed) {
    JSValue result = archive_end(ctx, &p->archive, failed || pack_flush(p));
    for (size_t i = 0; i < p->seen_capacity; i++) free(p->seen[i].name);
    free(p->seen);
    free(p);
    return result;
}

/* Of a part of an archive: its digest is of no interest. */
static JSValue end_part(JSContext *ctx, Packing *p, int failed) {
    JSValue result = end(ctx, p, failed);
    if (JS_IsException(result)) return result;
    JS_FreeValue(ctx, result);
    return JS_UNDEFINED;
}

/* `path` and what is below it as `name`; with an empty name a folder's content only. `layer`: whiteouts of overlayfs
   become those of layers. */
//: pack(output: number, path: string, name: string, layer: boolean): Packed
FUNCTION(ros_pack) {
    UNUSED_ARGS;
    Args args = ARGS;
    int output = (int)args_int(&args, 0);
    const char *path = args_string(&args, 1), *name = args_string(&args, 2);
    bool layer = args_bool(&args, 3);
    if (args.failed) return args_fail(&args);
    Packing *p = begin(output, layer);
    if (!p) return args_void(&args, "malloc", -1);
    int failed = has_failed(p) || (*name ? pack_member(p, path, name) : pack_folder(p, path, name)) ||
                 pack_bytes(p, NULL, 2 * BLOCK);
    return args_value(&args, end(ctx, p, failed));
}

/* The archive that was unpacked into the folder `path`, byte by byte. */
//: assemble(output: number, journal: number, path: string): Packed
FUNCTION(ros_assemble) {
    UNUSED_ARGS;
    Args args = ARGS;
    int output = (int)args_int(&args, 0), journal = (int)args_int(&args, 1);
    const char *path = args_string(&args, 2);
    if (args.failed) return args_fail(&args);
    Packing *p = begin(output, false);
    if (!p) return args_void(&args, "malloc", -1);
    return args_value(&args, end(ctx, p, has_failed(p) || pack_layer(p, journal, path)));
}

/* A header alone: of a file whose content, padded to 512 bytes, the caller writes; a name with a slash at its end is a folder's. */
//: header(output: number, name: string, sizeBytes: number): void
FUNCTION(ros_header) {
    UNUSED_ARGS;
    Args args = ARGS;
    int output = (int)args_int(&args, 0);
    const char *name = args_string(&args, 1);
    int64_t size = args_int(&args, 2);
    if (args.failed) return args_fail(&args);
    Packing *p = begin(output, false);
    if (!p) return args_void(&args, "malloc", -1);
    Header h = {.mode = 0644, .size = size, .type = '0'};
    snprintf(h.name, sizeof h.name, "%s", name);
    if (*name && name[strlen(name) - 1] == '/') h.mode = 0755, h.type = '5';
    return args_value(&args, end_part(ctx, p, has_failed(p) || pack_extension(p, &h, "", 0) || pack_header(p, &h)));
}

/* Bytes, padded to 512: the content of a file after its header. */
//: content(output: number, bytes: Uint8Array): void
FUNCTION(ros_content) {
    UNUSED_ARGS;
    Args args = ARGS;
    size_t length;
    int output = (int)args_int(&args, 0);
    uint8_t *bytes = args_bytes(&args, 1, &length);
    if (args.failed) return args_fail(&args);
    Packing *p = begin(output, false);
    if (!p) return args_void(&args, "malloc", -1);
    return args_value(
        &args, end_part(ctx, p, has_failed(p) || pack_bytes(p, bytes, length) || pack_padding(p, (int64_t)length)));
}

/* clang-format off */
static const JSCFunctionListEntry exports[] = {
    EXPORT(pack, 4),
    EXPORT(assemble, 3),
    EXPORT(header, 3),
    EXPORT(content, 2),
};
/* clang-format on */

NATIVE_MODULE(pack);
