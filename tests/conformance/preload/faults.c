/* Faults of the C library, for the conformance tests. The runner preloads this library in drivers.
 *
 * Names below ".conformance.test" are looked up here, because a test cannot change the system's name servers:
 *   lookup-800.conformance.test  127.0.0.1, after 800 milliseconds
 *   dead-7.conformance.test      127.0.0.2 to 127.0.0.8, and then 127.0.0.1
 *   unknown.conformance.test     the name is not known
 *
 * The first byte of the file CONFORMANCE_FAULT selects a fault, which only the SDK's native code observes:
 *   't'  no thread can be started
 *   'p'  the clock fails, so that Rust's standard library panics
 *   'f'  the clock is fixed at 2026-01-01T00:00:00Z, and 16 random bytes are 00 11 22 and so on to ff
 *
 * SAFETY: only drivers of tests load this library. Its functions have the signatures of the functions that they replace,
 * and dereference only pointers that those may dereference.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

static const char *fault = "";

__attribute__((constructor)) static void map_fault(void) {
    const char *path = getenv("CONFORMANCE_FAULT");
    int file = path ? open(path, O_RDONLY) : -1;
    if (file < 0) return;
    void *page = mmap(NULL, 1, PROT_READ, MAP_SHARED, file, 0);
    close(file);
    if (page != MAP_FAILED) fault = page;
}

/* Returns whether the address belongs to the SDK's native code. JNA extracts it to a file with a name of its own. */
static int is_sdk(const void *address) {
    static const char *const names[] = {"_native.", "renumerate", "librenumerate", "jna", "Driver"};
    Dl_info info;
    if (!dladdr(address, &info) || !info.dli_fname) return 0;
    const char *slash = strrchr(info.dli_fname, '/');
    const char *name = slash ? slash + 1 : info.dli_fname;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (!strncmp(name, names[i], strlen(names[i]))) return 1;
    return 0;
}

int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*start)(void *), void *argument) {
    static int (*next)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
    if (!next) next = dlsym(RTLD_NEXT, "pthread_create");
    if (*fault == 't' && is_sdk(__builtin_return_address(0))) return EAGAIN;
    return next(thread, attributes, start, argument);
}

int clock_gettime(clockid_t clock, struct timespec *time) {
    static int (*next)(clockid_t, struct timespec *);
    if (!next) next = dlsym(RTLD_NEXT, "clock_gettime");
    if (*fault == 'p' && is_sdk(__builtin_return_address(0))) {
        errno = EINVAL;
        return -1;
    }
    if (*fault == 'f' && clock == CLOCK_REALTIME && is_sdk(__builtin_return_address(0))) {
        *time = (struct timespec){.tv_sec = 1767225600};
        return 0;
    }
    return next(clock, time);
}

ssize_t getrandom(void *buffer, size_t length, unsigned flags) {
    static ssize_t (*next)(void *, size_t, unsigned);
    if (!next) next = dlsym(RTLD_NEXT, "getrandom");
    if (*fault == 'f' && length == 16 && is_sdk(__builtin_return_address(0))) {
        for (int i = 0; i < 16; i++) ((unsigned char *)buffer)[i] = (unsigned char)(i * 0x11);
        return 16;
    }
    return next(buffer, length, flags);
}

/* Prepends 127.0.0.HOST to a list. `freeaddrinfo` frees each element with `free`. */
static struct addrinfo *prepend(int host, struct addrinfo *list) {
    struct addrinfo *element = calloc(1, sizeof *element + sizeof(struct sockaddr_in));
    struct sockaddr_in *address = (struct sockaddr_in *)(element + 1);
    address->sin_family = AF_INET;
    address->sin_addr.s_addr = htonl(0x7f000000u + (unsigned)host);
    element->ai_family = AF_INET;
    element->ai_socktype = SOCK_STREAM;
    element->ai_protocol = IPPROTO_TCP;
    element->ai_addrlen = sizeof *address;
    element->ai_addr = (struct sockaddr *)address;
    element->ai_next = list;
    return element;
}

int getaddrinfo(const char *name, const char *service, const struct addrinfo *hints, struct addrinfo **result) {
    static int (*next)(const char *, const char *, const struct addrinfo *, struct addrinfo **);
    if (!next) next = dlsym(RTLD_NEXT, "getaddrinfo");
    int number, length = 0;
    if (name && sscanf(name, "lookup-%d.conformance.test%n", &number, &length) == 1 && length) {
        struct timespec time = {number / 1000, number % 1000 * 1000000L};
        nanosleep(&time, NULL);
        *result = prepend(1, NULL);
        return 0;
    }
    if (name && sscanf(name, "dead-%d.conformance.test%n", &number, &length) == 1 && length) {
        *result = prepend(1, NULL);
        for (int host = number + 1; host > 1; host--) *result = prepend(host, *result);
        return 0;
    }
    if (name && !strcmp(name, "unknown.conformance.test")) return EAI_NONAME;
    return next(name, service, hints, result);
}
