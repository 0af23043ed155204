/* ros:certificate - private keys and X.509 certificates (mbedTLS 3.6). */
#define MBEDTLS_ALLOW_PRIVATE_ACCESS /* the issuer's name is taken over byte by byte: Go compares it so */
#include "ros.h"

#include <arpa/inet.h>
#include <mbedtls/ctr_drbg.h>
#include <mbedtls/ecp.h>
#include <mbedtls/entropy.h>
#include <mbedtls/error.h>
#include <mbedtls/oid.h>
#include <mbedtls/platform.h>
#include <mbedtls/x509_crt.h>
#include <psa/crypto.h>
#include <time.h>

enum { PEM_BYTES = 8192, MOST_NAMES = 64, KEY_ID_BYTES = 64 };

typedef struct {
    mbedtls_entropy_context entropy;
    mbedtls_ctr_drbg_context generator;
} Random;

static int random_open(Random *random) {
    mbedtls_entropy_init(&random->entropy);
    mbedtls_ctr_drbg_init(&random->generator);
    if (psa_crypto_init() != PSA_SUCCESS) return MBEDTLS_ERR_PK_BAD_INPUT_DATA;
    return mbedtls_ctr_drbg_seed(&random->generator, mbedtls_entropy_func, &random->entropy, NULL, 0);
}

static void random_close(Random *random) {
    mbedtls_ctr_drbg_free(&random->generator);
    mbedtls_entropy_free(&random->entropy);
}

/* A new private key on the curve P-256, PEM. */
//: makeKey(): string
FUNCTION(ros_makeKey) {
    UNUSED_ARGS;
    Random random;
    mbedtls_pk_context key;
    unsigned char pem[1024];
    mbedtls_pk_init(&key);
    int error = random_open(&random);
    if (!error) error = mbedtls_pk_setup(&key, mbedtls_pk_info_from_type(MBEDTLS_PK_ECKEY));
    if (!error)
        error = mbedtls_ecp_gen_key(MBEDTLS_ECP_DP_SECP256R1, mbedtls_pk_ec(key), mbedtls_ctr_drbg_random,
                                    &random.generator);
    if (!error) error = mbedtls_pk_write_key_pem(&key, pem, sizeof pem);
    JSValue result = error ? throw_mbedtls(ctx, "making a key", error) : JS_NewString(ctx, (const char *)pem);
    mbedtls_platform_zeroize(pem, sizeof pem);
    mbedtls_pk_free(&key);
    random_close(&random);
    return result;
}

static int parse_key(mbedtls_pk_context *key, const char *pem, Random *random) {
    return mbedtls_pk_parse_key(key, (const unsigned char *)pem, strlen(pem) + 1, NULL, 0, mbedtls_ctr_drbg_random,
                                &random->generator);
}

static int parse_certificate(mbedtls_x509_crt *certificate, const char *pem) {
    return mbedtls_x509_crt_parse(certificate, (const unsigned char *)pem, strlen(pem) + 1);
}

/* mbedtls_x509_write_names starts with the last part: so the list is turned round. */
static int copy_name(mbedtls_asn1_named_data **list, const mbedtls_x509_name *from) {
    for (; from; from = from->next) {
        if (from->next_merged) return MBEDTLS_ERR_X509_FEATURE_UNAVAILABLE;
        mbedtls_asn1_named_data *part = mbedtls_calloc(1, sizeof *part);
        if (!part) return MBEDTLS_ERR_X509_ALLOC_FAILED;
        part->next = *list;
        *list = part;
        part->oid = from->oid;
        part->val = from->val;
        part->oid.p = mbedtls_calloc(1, from->oid.len + 1);
        part->val.p = mbedtls_calloc(1, from->val.len + 1);
        if (!part->oid.p || !part->val.p) return MBEDTLS_ERR_X509_ALLOC_FAILED;
        memcpy(part->oid.p, from->oid.p, from->oid.len);
        memcpy(part->val.p, from->val.p, from->val.len);
    }
    return 0;
}

/* RFC 5280, 4.2.1.1: the same bytes that the issuer calls its own key by; nothing when it does not say. */
static int name_issuer_key(mbedtls_x509write_cert *certificate, const mbedtls_x509_buf *id) {
    unsigned char extension[KEY_ID_BYTES + 4] = {0x30, (unsigned char)(id->len + 2), 0x80, (unsigned char)id->len};
    if (id->len == 0 || id->len > KEY_ID_BYTES) return 0;
    memcpy(extension + 4, id->p, id->len);
    return mbedtls_x509write_crt_set_extension(certificate, MBEDTLS_OID_AUTHORITY_KEY_IDENTIFIER,
                                               MBEDTLS_OID_SIZE(MBEDTLS_OID_AUTHORITY_KEY_IDENTIFIER), 0, extension,
                                               id->len + 4);
}

static int set_names(mbedtls_x509write_cert *certificate, char **names) {
    static mbedtls_x509_san_list list[MOST_NAMES];
    static unsigned char addresses[MOST_NAMES][16];
    int count = 0;
    for (; names[count] && count < MOST_NAMES; count++) {
        mbedtls_x509_buf *value = &list[count].node.san.unstructured_name;
        size_t length = inet_pton(AF_INET, names[count], addresses[count]) == 1    ? 4
                        : inet_pton(AF_INET6, names[count], addresses[count]) == 1 ? 16
                                                                                   : 0;
        list[count].node.type = length ? MBEDTLS_X509_SAN_IP_ADDRESS : MBEDTLS_X509_SAN_DNS_NAME;
        value->p = length ? addresses[count] : (unsigned char *)names[count];
        value->len = length ? length : strlen(names[count]);
        list[count].next = NULL;
        if (count > 0) list[count - 1].next = &list[count];
    }
    if (names[count]) return MBEDTLS_ERR_X509_BAD_INPUT_DATA;
    return count == 0 ? 0 : mbedtls_x509write_crt_set_subject_alternative_name(certificate, list);
}

static int set_usage(mbedtls_x509write_cert *certificate, const char *usage) {
    bool authority = !strcmp(usage, "authority"), server = !strcmp(usage, "server");
    mbedtls_asn1_sequence client_use = {{MBEDTLS_ASN1_OID, MBEDTLS_OID_SIZE(MBEDTLS_OID_CLIENT_AUTH),
                                         (unsigned char *)MBEDTLS_OID_CLIENT_AUTH},
                                        NULL};
    mbedtls_asn1_sequence server_use = {{MBEDTLS_ASN1_OID, MBEDTLS_OID_SIZE(MBEDTLS_OID_SERVER_AUTH),
                                         (unsigned char *)MBEDTLS_OID_SERVER_AUTH},
                                        &client_use};
    int error = mbedtls_x509write_crt_set_basic_constraints(certificate, authority, -1);
    if (!error)
        error = mbedtls_x509write_crt_set_key_usage(certificate,
                                                    authority ? MBEDTLS_X509_KU_KEY_CERT_SIGN | MBEDTLS_X509_KU_CRL_SIGN
                                                              : MBEDTLS_X509_KU_DIGITAL_SIGNATURE);
    if (!error && !authority)
        error = mbedtls_x509write_crt_set_ext_key_usage(certificate, server ? &server_use : &client_use);
    return error;
}

/* A certificate for the public half of `key`, PEM. `issuer` is a certificate, or null for one that signs itself.
   `names`: host names and addresses. `from` and `to`: YYYYMMDDhhmmss. */
//: sign(key: string, issuerKey: string, issuer: string | null, subject: string, usage: "authority" | "server" | "client", names: readonly string[], serial: Uint8Array, from: string, to: string): string
FUNCTION(ros_sign) {
    UNUSED_ARGS;
    Args args = ARGS;
    size_t serial_length;
    const char *key_pem = args_string(&args, 0), *issuer_key_pem = args_string(&args, 1);
    const char *issuer_pem = args_string_or_null(&args, 2), *subject = args_string(&args, 3);
    const char *usage = args_string(&args, 4), *from = args_string(&args, 7), *to = args_string(&args, 8);
    uint8_t *serial = args_bytes(&args, 6, &serial_length);
    char **names = args_strings(&args, 5);
    if (args.failed) return strings_free(names), args_fail(&args);

    static unsigned char pem[PEM_BYTES];
    Random random;
    mbedtls_pk_context key, issuer_key;
    mbedtls_x509_crt issuer;
    mbedtls_x509write_cert certificate;
    mbedtls_pk_init(&key);
    mbedtls_pk_init(&issuer_key);
    mbedtls_x509_crt_init(&issuer);
    mbedtls_x509write_crt_init(&certificate);
    mbedtls_x509write_crt_set_subject_key(&certificate, &key);
    mbedtls_x509write_crt_set_issuer_key(&certificate, &issuer_key);
    mbedtls_x509write_crt_set_md_alg(&certificate, MBEDTLS_MD_SHA256);

    const char *step = "reading the key";
    int error = random_open(&random);
    if (!error) error = parse_key(&key, key_pem, &random);
    if (!error) {
        step = "reading the key of the authority";
        error = parse_key(&issuer_key, issuer_key_pem, &random);
    }
    if (!error && issuer_pem) {
        step = "reading the certificate of the authority";
        error = parse_certificate(&issuer, issuer_pem);
        if (!error) {
            step = "comparing the key of the authority with its certificate";
            error = mbedtls_pk_check_pair(&issuer.pk, &issuer_key, mbedtls_ctr_drbg_random, &random.generator);
        }
        if (!error) error = copy_name(&certificate.issuer, &issuer.subject);
        if (!error) error = name_issuer_key(&certificate, &issuer.subject_key_id);
    }
    if (!error) {
        step = "making a certificate";
        if (!issuer_pem) error = mbedtls_x509write_crt_set_issuer_name(&certificate, subject);
    }
    if (!error) error = mbedtls_x509write_crt_set_subject_name(&certificate, subject);
    if (!error) error = mbedtls_x509write_crt_set_serial_raw(&certificate, serial, serial_length);
    if (!error) error = mbedtls_x509write_crt_set_validity(&certificate, from, to);
    if (!error) error = set_usage(&certificate, usage);
    if (!error) error = set_names(&certificate, names);
    if (!error) error = mbedtls_x509write_crt_set_subject_key_identifier(&certificate);
    if (!error)
        error = mbedtls_x509write_crt_pem(&certificate, pem, sizeof pem, mbedtls_ctr_drbg_random, &random.generator);
    JSValue result = error ? throw_mbedtls(ctx, step, error) : JS_NewString(ctx, (const char *)pem);
    mbedtls_x509write_crt_free(&certificate);
    mbedtls_x509_crt_free(&issuer);
    mbedtls_pk_free(&issuer_key);
    mbedtls_pk_free(&key);
    random_close(&random);
    strings_free(names);
    return args_value(&args, result);
}

/* When a certificate ends, in milliseconds since 1970. */
//: expiry(certificate: string): number
FUNCTION(ros_expiry) {
    UNUSED_ARGS;
    Args args = ARGS;
    const char *pem = args_string(&args, 0);
    if (args.failed) return args_fail(&args);
    mbedtls_x509_crt certificate;
    mbedtls_x509_crt_init(&certificate);
    int error = parse_certificate(&certificate, pem);
    struct tm at = {.tm_year = certificate.valid_to.year - 1900,
                    .tm_mon = certificate.valid_to.mon - 1,
                    .tm_mday = certificate.valid_to.day,
                    .tm_hour = certificate.valid_to.hour,
                    .tm_min = certificate.valid_to.min,
                    .tm_sec = certificate.valid_to.sec};
    mbedtls_x509_crt_free(&certificate);
    if (error) return args_value(&args, throw_mbedtls(ctx, "reading a certificate", error));
    return args_value(&args, JS_NewFloat64(ctx, (double)timegm(&at) * 1000));
}

/* clang-format off */
static const JSCFunctionListEntry exports[] = {
    EXPORT(makeKey, 0), EXPORT(sign, 9), EXPORT(expiry, 1),
};
/* clang-format on */

NATIVE_MODULE(certificate);
