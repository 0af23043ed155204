/* ros:socket - AF_UNIX, AF_INET, AF_INET6, AF_NETLINK and AF_PACKET sockets; names are resolved in TypeScript. */
#include "ros.h"

#include <arpa/inet.h>
#include <linux/netlink.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>

/* unix: "/path" or "@abstract"; inet: numeric address and port; netlink: groups as the port. */
static socklen_t parse_address(Args *args, int family, int index, struct sockaddr_storage *storage) {
    memset(storage, 0, sizeof *storage);
    storage->ss_family = (sa_family_t)family;
    const char *text = args_string(args, index);
    int port = (int)args_int(args, index + 1);
    if (args->failed) return 0;
    if (family == AF_NETLINK) {
        struct sockaddr_nl *address = (void *)storage;
        address->nl_groups = (uint32_t)port;
        return sizeof *address;
    }
    if (family == AF_UNIX) {
        struct sockaddr_un *address = (void *)storage;
        size_t length = strlen(text);
        if (length >= sizeof address->sun_path) {
            JS_ThrowRangeError(args->ctx, "socket path is longer than %d bytes", (int)sizeof address->sun_path - 1);
            args->failed = true;
            return 0;
        }
        memcpy(address->sun_path, text, length);
        if (text[0] != '@') return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length + 1);
        address->sun_path[0] = 0;
        return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
    }
    if (family == AF_INET) {
        struct sockaddr_in *address = (void *)storage;
        address->sin_port = htons((uint16_t)port);
        if (inet_pton(AF_INET, text, &address->sin_addr) == 1) return sizeof *address;
    } else if (family == AF_INET6) {
        struct sockaddr_in6 *address = (void *)storage;
        address->sin6_port = htons((uint16_t)port);
        if (inet_pton(AF_INET6, text, &address->sin6_addr) == 1) return sizeof *address;
    }
    JS_ThrowTypeError(args->ctx, "not an address: %s", text);
    args->failed = true;
    return 0;
}

//: socket(family: number, type: number, protocol: number): number
FUNCTION(ros_socket) {
    UNUSED_ARGS;
    Args args = ARGS;
    int family = (int)args_int(&args, 0), type = (int)args_int(&args, 1);
    int protocol = (int)args_int(&args, 2);
    if (args.failed) return args_fail(&args);
    return args_number(&args, "socket", socket(family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, protocol));
}

//: socketPair(type: number): [number, number]
FUNCTION(ros_socketPair) {
    UNUSED_ARGS;
    Args args = ARGS;
    int ends[2], type = (int)args_int(&args, 0);
    if (args.failed) return args_fail(&args);
    if (socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, ends)) return args_void(&args, "socketpair", -1);
    JSValue pair = JS_NewArray(ctx);
    JS_SetPropertyUint32(ctx, pair, 0, JS_NewInt32(ctx, ends[0]));
    JS_SetPropertyUint32(ctx, pair, 1, JS_NewInt32(ctx, ends[1]));
    return args_value(&args, pair);
}

/* True when connected, false when the connection is under way: then wait for writability and ask socketError. */
//: connect(fd: number, family: number, address: string, port: number): boolean
FUNCTION(ros_connect) {
    UNUSED_ARGS;
    Args args = ARGS;
    struct sockaddr_storage storage;
    int fd = (int)args_int(&args, 0), family = (int)args_int(&args, 1);
    socklen_t length = args.failed ? 0 : parse_address(&args, family, 2, &storage);
    if (args.failed) return args_fail(&args);
    int result = connect(fd, (struct sockaddr *)&storage, length);
    if (result < 0 && errno == EINPROGRESS) return args_value(&args, JS_FALSE);
    if (result < 0) return args_void(&args, "connect", -1);
    return args_value(&args, JS_TRUE);
}

//: bind(fd: number, family: number, address: string, port: number): void
FUNCTION(ros_bind) {
    UNUSED_ARGS;
    Args args = ARGS;
    struct sockaddr_storage storage;
    int fd = (int)args_int(&args, 0), family = (int)args_int(&args, 1);
    socklen_t length = args.failed ? 0 : parse_address(&args, family, 2, &storage);
    if (args.failed) return args_fail(&args);
    return args_void(&args, "bind", bind(fd, (struct sockaddr *)&storage, length));
}

//: listen(fd: number, backlog: number): void
FUNCTION(ros_listen) {
    UNUSED_ARGS;
    Args args = ARGS;
    int fd = (int)args_int(&args, 0), backlog = (int)args_int(&args, 1);
    if (args.failed) return args_fail(&args);
    return args_void(&args, "listen", listen(fd, backlog));
}

//: accept(fd: number): number | null
FUNCTION(ros_accept) {
    UNUSED_ARGS;
    Args args = ARGS;
    int fd = (int)args_int(&args, 0);
    if (args.failed) return args_fail(&args);
    return args_io(&args, "accept4", accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK));
}

//: send(fd: number, bytes: Uint8Array): number | null
BYTES_CALL(ros_send, "send", send(fd, bytes, length, MSG_NOSIGNAL))

//: receive(fd: number, into: Uint8Array): number | null
BYTES_CALL(ros_receive, "recv", recv(fd, bytes, length, 0))

//: sendTo(fd: number, bytes: Uint8Array, family: number, address: string, port: number): number | null
FUNCTION(ros_sendTo) {
    UNUSED_ARGS;
    Args args = ARGS;
    struct sockaddr_storage storage;
    size_t length;
    int fd = (int)args_int(&args, 0);
    uint8_t *bytes = args_bytes(&args, 1, &length);
    int family = (int)args_int(&args, 2);
    socklen_t size = args.failed ? 0 : parse_address(&args, family, 3, &storage);
    if (args.failed) return args_fail(&args);
    return args_io(&args, "sendto", sendto(fd, bytes, length, MSG_NOSIGNAL, (struct sockaddr *)&storage, size));
}

/* How much arrived and from whom, or null when nothing is there. */
//: receiveFrom(fd: number, into: Uint8Array): [number, string, number] | null
FUNCTION(ros_receiveFrom) {
    UNUSED_ARGS;
    Args args = ARGS;
    struct sockaddr_storage storage;
    socklen_t size = sizeof storage;
    size_t length;
    char text[INET6_ADDRSTRLEN] = "";
    int port = 0, fd = (int)args_int(&args, 0);
    uint8_t *bytes = args_bytes(&args, 1, &length);
    if (args.failed) return args_fail(&args);
    ssize_t got = recvfrom(fd, bytes, length, 0, (struct sockaddr *)&storage, &size);
    if (got < 0) return args_io(&args, "recvfrom", -1);
    if (size && storage.ss_family == AF_INET) {
        struct sockaddr_in *address = (void *)&storage;
        inet_ntop(AF_INET, &address->sin_addr, text, sizeof text);
        port = ntohs(address->sin_port);
    } else if (size && storage.ss_family == AF_INET6) {
        struct sockaddr_in6 *address = (void *)&storage;
        inet_ntop(AF_INET6, &address->sin6_addr, text, sizeof text);
        port = ntohs(address->sin6_port);
    } else if (size && storage.ss_family == AF_NETLINK) {
        port = (int)((struct sockaddr_nl *)&storage)->nl_pid; /* 0: from the kernel itself */
    }
    JSValue row = JS_NewArray(ctx);
    JS_SetPropertyUint32(ctx, row, 0, JS_NewInt64(ctx, got));
    JS_SetPropertyUint32(ctx, row, 1, JS_NewString(ctx, text));
    JS_SetPropertyUint32(ctx, row, 2, JS_NewInt32(ctx, port));
    return args_value(&args, row);
}

//: shutdown(fd: number, how: number): void
FUNCTION(ros_shutdown) {
    UNUSED_ARGS;
    Args args = ARGS;
    int fd = (int)args_int(&args, 0), how = (int)args_int(&args, 1);
    if (args.failed) return args_fail(&args);
    return args_void(&args, "shutdown", shutdown(fd, how));
}

/* Throws the pending error of a socket, if it has one. */
//: socketError(fd: number): void
FUNCTION(ros_socketError) {
    UNUSED_ARGS;
    Args args = ARGS;
    int error = 0, fd = (int)args_int(&args, 0);
    socklen_t length = sizeof error;
    if (args.failed) return args_fail(&args);
    if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length)) return args_void(&args, "getsockopt", -1);
    if (!error) return args_value(&args, JS_UNDEFINED);
    errno = error;
    return args_void(&args, "connect", -1);
}

//: setOption(fd: number, level: number, option: number, value: number): void
FUNCTION(ros_setOption) {
    UNUSED_ARGS;
    Args args = ARGS;
    int fd = (int)args_int(&args, 0), level = (int)args_int(&args, 1);
    int option = (int)args_int(&args, 2), value = (int)args_int(&args, 3);
    if (args.failed) return args_fail(&args);
    return args_void(&args, "setsockopt", setsockopt(fd, level, option, &value, sizeof value));
}

//: boundPort(fd: number): number
FUNCTION(ros_boundPort) {
    UNUSED_ARGS;
    Args args = ARGS;
    struct sockaddr_storage storage;
    socklen_t size = sizeof storage;
    int fd = (int)args_int(&args, 0);
    if (args.failed) return args_fail(&args);
    if (getsockname(fd, (struct sockaddr *)&storage, &size)) return args_void(&args, "getsockname", -1);
    if (storage.ss_family == AF_INET6) return JS_NewInt32(ctx, ntohs(((struct sockaddr_in6 *)&storage)->sin6_port));
    return JS_NewInt32(ctx, ntohs(((struct sockaddr_in *)&storage)->sin_port));
}

/* Who is at the other end of a unix socket: [pid, uid, gid]. */
//: peer(fd: number): [number, number, number]
FUNCTION(ros_peer) {
    UNUSED_ARGS;
    Args args = ARGS;
    struct ucred credentials;
    socklen_t size = sizeof credentials;
    int fd = (int)args_int(&args, 0);
    if (args.failed) return args_fail(&args);
    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &credentials, &size)) return args_void(&args, "getsockopt", -1);
    JSValue row = JS_NewArray(ctx);
    JS_SetPropertyUint32(ctx, row, 0, JS_NewInt64(ctx, credentials.pid));
    JS_SetPropertyUint32(ctx, row, 1, JS_NewInt64(ctx, credentials.uid));
    JS_SetPropertyUint32(ctx, row, 2, JS_NewInt64(ctx, credentials.gid));
    return args_value(&args, row);
}

/* clang-format off */
static const JSCFunctionListEntry exports[] = {
    EXPORT(socket, 3),        EXPORT(socketPair, 1),   EXPORT(connect, 4),
    EXPORT(bind, 4),          EXPORT(listen, 2),       EXPORT(accept, 1),
    EXPORT(send, 2),          EXPORT(receive, 2),      EXPORT(sendTo, 5),
    EXPORT(receiveFrom, 2),   EXPORT(shutdown, 2),     EXPORT(socketError, 1),
    EXPORT(setOption, 4),     EXPORT(boundPort, 1),    EXPORT(peer, 1),
    CONSTANT(AF_UNIX),        CONSTANT(AF_INET),       CONSTANT(AF_INET6),
    CONSTANT(AF_NETLINK),     CONSTANT(SOCK_STREAM),   CONSTANT(SOCK_DGRAM),
    CONSTANT(SOCK_RAW),       CONSTANT(SOCK_SEQPACKET), CONSTANT(NETLINK_ROUTE),
    CONSTANT(NETLINK_KOBJECT_UEVENT), CONSTANT(SOL_SOCKET), CONSTANT(SO_REUSEADDR),
    CONSTANT(SO_RCVBUF),      CONSTANT(SO_RCVBUFFORCE), CONSTANT(SO_PASSCRED),
    CONSTANT(SO_KEEPALIVE),
    CONSTANT(IPPROTO_TCP),    CONSTANT(TCP_NODELAY),   CONSTANT(SHUT_RD),
    CONSTANT(SHUT_WR),        CONSTANT(SHUT_RDWR),
};
/* clang-format on */

NATIVE_MODULE(socket);
