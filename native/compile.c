/* Build tool: compiles ES modules to QuickJS bytecode.
   usage: compile OUT_DIR MODULE.js...   (run in the folder of the modules; writes OUT_DIR/MODULE.js.bc)
   Keeps function names and line numbers (stack traces), drops the source text. Imports are not followed:
   each is a chunk of its own or a native module, bound when it is loaded. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <quickjs/quickjs.h>

static int no_init(JSContext *ctx, JSModuleDef *module) {
    (void)ctx, (void)module;
    abort();
}

static JSModuleDef *placeholder(JSContext *ctx, const char *name, void *opaque) {
    (void)opaque;
    return JS_NewCModule(ctx, name, no_init);
}

static char *read_file(const char *path, size_t *length) {
    FILE *file = fopen(path, "rb");
    if (!file) return NULL;
    fseek(file, 0, SEEK_END);
    *length = (size_t)ftell(file);
    rewind(file);
    char *text = malloc(*length + 1);
    if (text && fread(text, 1, *length, file) != *length) text = NULL;
    if (text) text[*length] = 0;
    fclose(file);
    return text;
}

static int compile(const char *directory, const char *name) {
    JSRuntime *rt = JS_NewRuntime();
    JS_SetStripInfo(rt, JS_STRIP_SOURCE);
    JS_SetModuleLoaderFunc(rt, NULL, placeholder, NULL);
    JSContext *ctx = JS_NewContext(rt);
    size_t length, size;
    char *text = read_file(name, &length), path[4096];
    if (!text) {
        perror(name);
        return 1;
    }
    JSValue module = JS_Eval(ctx, text, length, name, JS_EVAL_TYPE_MODULE | JS_EVAL_FLAG_COMPILE_ONLY);
    if (JS_IsException(module)) {
        JSValue error = JS_GetException(ctx), stack = JS_GetPropertyStr(ctx, error, "stack");
        fprintf(stderr, "%s: %s\n%s", name, JS_ToCString(ctx, error), JS_ToCString(ctx, stack));
        return 1;
    }
    uint8_t *bytecode = JS_WriteObject(ctx, &size, module, JS_WRITE_OBJ_BYTECODE);
    snprintf(path, sizeof path, "%s/%s.bc", directory, name);
    FILE *out = fopen(path, "wb");
    if (!bytecode || !out || fwrite(bytecode, 1, size, out) != size || fclose(out)) {
        perror(path);
        return 1;
    }
    return 0;
}

int main(int argc, char **argv) {
    if (argc < 3) {
        fprintf(stderr, "usage: compile OUT_DIR MODULE.js...\n");
        return 64;
    }
    int failed = 0;
    for (int i = 2; i < argc; i++) failed |= compile(argv[1], argv[i]);
    return failed;
}
