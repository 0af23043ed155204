/* ros:text - UTF-8. Invalid bytes decode to U+FFFD, as the WHATWG decoder does; lone surrogates encode to it. */
#include "ros.h"

#include <stdlib.h>

//: encode(text: string): ArrayBuffer
FUNCTION(ros_encode) {
    UNUSED_ARGS;
    size_t length;
    const char *text = JS_ToCStringLen(ctx, &length, argv[0]);
    if (!text) return JS_EXCEPTION;
    JSValue buffer = JS_NewArrayBufferCopy(ctx, (const uint8_t *)text, length);
    JS_FreeCString(ctx, text);
    /* QuickJS writes a lone surrogate as its three raw bytes (ED A0..BF xx). */
    uint8_t *bytes = JS_GetArrayBuffer(ctx, &length, buffer);
    for (size_t i = 0; bytes && i + 2 < length; i++)
        if (bytes[i] == 0xed && bytes[i + 1] >= 0xa0) memcpy(bytes + i, "\xef\xbf\xbd", 3);
    return buffer;
}

/* Length of the valid sequence at `at`, or 0; *bad is how many bytes one replacement stands for. */
static size_t sequence(const uint8_t *at, size_t left, size_t *bad) {
    uint8_t lead = at[0], low = 0x80, high = 0xbf;
    size_t need;
    *bad = 1;
    if (lead < 0x80) return 1;
    if (lead >= 0xc2 && lead <= 0xdf) need = 1;
    else if (lead >= 0xe0 && lead <= 0xef) {
        need = 2;
        if (lead == 0xe0) low = 0xa0;
        if (lead == 0xed) high = 0x9f;
    } else if (lead >= 0xf0 && lead <= 0xf4) {
        need = 3;
        if (lead == 0xf0) low = 0x90;
        if (lead == 0xf4) high = 0x8f;
    } else return 0;
    for (size_t i = 1; i <= need; i++) {
        if (i >= left || at[i] < low || at[i] > high) {
            *bad = i;
            return 0;
        }
        low = 0x80;
        high = 0xbf;
    }
    return need + 1;
}

//: decode(bytes: Uint8Array): string
FUNCTION(ros_decode) {
    UNUSED_ARGS;
    Args args = ARGS;
    size_t length;
    uint8_t *bytes = args_bytes(&args, 0, &length);
    if (args.failed) return args_fail(&args);
    size_t valid = 0, bad;
    while (valid < length) {
        size_t size = sequence(bytes + valid, length - valid, &bad);
        if (!size) break;
        valid += size;
    }
    if (valid == length) return args_value(&args, JS_NewStringLen(ctx, (const char *)bytes, length));
    char *clean = malloc(length * 3 + 1);
    if (!clean) return args_value(&args, JS_ThrowOutOfMemory(ctx));
    size_t used = 0;
    for (size_t at = 0; at < length;) {
        size_t size = sequence(bytes + at, length - at, &bad);
        if (size) {
            memcpy(clean + used, bytes + at, size);
            used += size;
            at += size;
        } else {
            memcpy(clean + used, "\xef\xbf\xbd", 3);
            used += 3;
            at += bad;
        }
    }
    JSValue text = JS_NewStringLen(ctx, clean, used);
    free(clean);
    return args_value(&args, text);
}

static const JSCFunctionListEntry exports[] = {EXPORT(encode, 1), EXPORT(decode, 1)};

NATIVE_MODULE(text);
