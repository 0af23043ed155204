/* ros:tls - a TLS client over a connected, non-blocking socket (mbedTLS 3.6). */
#include "ros.h"

#include <mbedtls/ctr_drbg.h>
#include <mbedtls/entropy.h>
#include <mbedtls/net_sockets.h>
#include <mbedtls/ssl.h>
#include <mbedtls/x509_crt.h>
#include <psa/crypto.h>
#include <stdlib.h>
#include <sys/socket.h>

typedef struct {
    mbedtls_ssl_context ssl;
    mbedtls_ssl_config config;
    mbedtls_entropy_context entropy;
    mbedtls_ctr_drbg_context random;
    mbedtls_x509_crt authorities, certificate;
    mbedtls_pk_context key;
    int fd;
} Session;

static JSClassID session_class;

static void session_free(Session *session) {
    if (!session) return;
    mbedtls_ssl_free(&session->ssl);
    mbedtls_ssl_config_free(&session->config);
    mbedtls_x509_crt_free(&session->authorities);
    mbedtls_x509_crt_free(&session->certificate);
    mbedtls_pk_free(&session->key);
    mbedtls_ctr_drbg_free(&session->random);
    mbedtls_entropy_free(&session->entropy);
    free(session);
}

static void finalize(JSRuntime *rt, JSValue value) {
    (void)rt;
    session_free(JS_GetOpaque(value, session_class));
}

static JSClassDef session_definition = {"TlsSession", .finalizer = finalize};

static int send_bytes(void *context, const unsigned char *bytes, size_t length) {
    ssize_t sent = send(((Session *)context)->fd, bytes, length, MSG_NOSIGNAL);
    if (sent >= 0) return (int)sent;
    return errno == EAGAIN || errno == EINTR ? MBEDTLS_ERR_SSL_WANT_WRITE : MBEDTLS_ERR_NET_SEND_FAILED;
}

static int receive_bytes(void *context, unsigned char *bytes, size_t length) {
    ssize_t got = recv(((Session *)context)->fd, bytes, length, 0);
    if (got >= 0) return (int)got;
    return errno == EAGAIN || errno == EINTR ? MBEDTLS_ERR_SSL_WANT_READ : MBEDTLS_ERR_NET_RECV_FAILED;
}

static int parse_pem(mbedtls_x509_crt *into, const char *pem) {
    int result = mbedtls_x509_crt_parse(into, (const unsigned char *)pem, strlen(pem) + 1);
    return result > 0 ? 0 : result; /* > 0: some certificates of a bundle could not be read; the rest is used */
}

/* authorities: PEM bundle, or null to accept any certificate. certificate and key: PEM for a client
   certificate, or null. Keep the session referenced as long as the socket is in use. */
//: open(fd: number, serverName: string, authorities: string | null, certificate: string | null, key: string | null): TlsSession
FUNCTION(ros_open) {
    UNUSED_ARGS;
    Args args = ARGS;
    int fd = (int)args_int(&args, 0);
    const char *server = args_string(&args, 1), *authorities = args_string_or_null(&args, 2);
    const char *certificate = args_string_or_null(&args, 3), *key = args_string_or_null(&args, 4);
    if (args.failed) return args_fail(&args);
    Session *session = calloc(1, sizeof *session);
    if (!session) return args_value(&args, JS_ThrowOutOfMemory(ctx));
    session->fd = fd;
    mbedtls_ssl_init(&session->ssl);
    mbedtls_ssl_config_init(&session->config);
    mbedtls_entropy_init(&session->entropy);
    mbedtls_ctr_drbg_init(&session->random);
    mbedtls_x509_crt_init(&session->authorities);
    mbedtls_x509_crt_init(&session->certificate);
    mbedtls_pk_init(&session->key);
    const char *step = "setting up TLS";
    int error = psa_crypto_init() == PSA_SUCCESS ? 0 : MBEDTLS_ERR_SSL_INTERNAL_ERROR;
    if (!error) error = mbedtls_ctr_drbg_seed(&session->random, mbedtls_entropy_func, &session->entropy, NULL, 0);
    if (!error)
        error = mbedtls_ssl_config_defaults(&session->config, MBEDTLS_SSL_IS_CLIENT, MBEDTLS_SSL_TRANSPORT_STREAM,
                                            MBEDTLS_SSL_PRESET_DEFAULT);
    if (!error && authorities) {
        step = "reading the trusted certificates";
        error = parse_pem(&session->authorities, authorities);
    }
    if (!error && certificate && key) {
        step = "reading the client certificate";
        error = parse_pem(&session->certificate, certificate);
        if (!error)
            error = mbedtls_pk_parse_key(&session->key, (const unsigned char *)key, strlen(key) + 1, NULL, 0,
                                         mbedtls_ctr_drbg_random, &session->random);
        if (!error) error = mbedtls_ssl_conf_own_cert(&session->config, &session->certificate, &session->key);
    }
    if (!error) {
        step = "setting up TLS";
        mbedtls_ssl_conf_rng(&session->config, mbedtls_ctr_drbg_random, &session->random);
        mbedtls_ssl_conf_ca_chain(&session->config, &session->authorities, NULL);
        mbedtls_ssl_conf_authmode(&session->config,
                                  authorities ? MBEDTLS_SSL_VERIFY_REQUIRED : MBEDTLS_SSL_VERIFY_NONE);
        error = mbedtls_ssl_setup(&session->ssl, &session->config);
    }
    if (!error) error = mbedtls_ssl_set_hostname(&session->ssl, server);
    if (error) {
        session_free(session);
        return args_value(&args, throw_mbedtls(ctx, step, error));
    }
    mbedtls_ssl_set_bio(&session->ssl, session, send_bytes, receive_bytes, NULL);
    JSValue object = JS_NewObjectClass(ctx, (int)session_class);
    JS_SetOpaque(object, session);
    return args_value(&args, object);
}

/* What a step of the protocol came to: a count, or what to wait for. */
static JSValue outcome(JSContext *ctx, const char *step, int result) {
    if (result >= 0) return JS_NewInt32(ctx, result);
    if (result == MBEDTLS_ERR_SSL_WANT_READ) return JS_NewString(ctx, "read");
    if (result == MBEDTLS_ERR_SSL_WANT_WRITE) return JS_NewString(ctx, "write");
    if (result == MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY) return JS_NewInt32(ctx, 0);
    return throw_mbedtls(ctx, step, result);
}

//: handshake(session: TlsSession): number | "read" | "write"
FUNCTION(ros_handshake) {
    UNUSED_ARGS;
    Session *session = JS_GetOpaque2(ctx, argv[0], session_class);
    if (!session) return JS_EXCEPTION;
    int result = mbedtls_ssl_handshake(&session->ssl);
    if (result == MBEDTLS_ERR_X509_CERT_VERIFY_FAILED) {
        char reason[256];
        mbedtls_x509_crt_verify_info(reason, sizeof reason, "", mbedtls_ssl_get_verify_result(&session->ssl));
        reason[strcspn(reason, "\n")] = 0;
        JS_ThrowInternalError(ctx, "TLS handshake: %s", reason);
        JSValue object = JS_GetException(ctx);
        JS_SetPropertyStr(ctx, object, "code", JS_NewString(ctx, "ECERTIFICATE"));
        return JS_Throw(ctx, object);
    }
    return outcome(ctx, "TLS handshake", result);
}

/* 0 is the end of the stream. */
//: read(session: TlsSession, into: Uint8Array): number | "read" | "write"
FUNCTION(ros_read) {
    UNUSED_ARGS;
    Args args = ARGS;
    size_t length;
    Session *session = JS_GetOpaque2(ctx, argv[0], session_class);
    uint8_t *bytes = session ? args_bytes(&args, 1, &length) : NULL;
    if (!session || args.failed) return args_fail(&args);
    int result;
    do /* a ticket is no data; what follows it may be here already */
        result = mbedtls_ssl_read(&session->ssl, bytes, length);
    while (result == MBEDTLS_ERR_SSL_RECEIVED_NEW_SESSION_TICKET);
    return args_value(&args, outcome(ctx, "TLS read", result));
}

//: write(session: TlsSession, bytes: Uint8Array): number | "read" | "write"
FUNCTION(ros_write) {
    UNUSED_ARGS;
    Args args = ARGS;
    size_t length;
    Session *session = JS_GetOpaque2(ctx, argv[0], session_class);
    uint8_t *bytes = session ? args_bytes(&args, 1, &length) : NULL;
    if (!session || args.failed) return args_fail(&args);
    return args_value(&args, outcome(ctx, "TLS write", mbedtls_ssl_write(&session->ssl, bytes, length)));
}

/* Tells the peer that no more comes; the socket itself stays the caller's. */
//: close(session: TlsSession): void
FUNCTION(ros_close) {
    UNUSED_ARGS;
    Session *session = JS_GetOpaque2(ctx, argv[0], session_class);
    if (!session) return JS_EXCEPTION;
    mbedtls_ssl_close_notify(&session->ssl);
    return JS_UNDEFINED;
}

void tls_register_class(JSContext *ctx) {
    JSRuntime *rt = JS_GetRuntime(ctx);
    JS_NewClassID(&session_class);
    if (!JS_IsRegisteredClass(rt, session_class)) JS_NewClass(rt, session_class, &session_definition);
}

/* clang-format off */
static const JSCFunctionListEntry exports[] = {
    EXPORT(open, 5), EXPORT(handshake, 1), EXPORT(read, 2), EXPORT(write, 2), EXPORT(close, 1),
};
/* clang-format on */

NATIVE_MODULE(tls);
