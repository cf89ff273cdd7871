#include "CDemangle.h"

#include <setjmp.h>
#include <string.h>

/// What `abi::__cxa_demangle` is made of, in GCC's libsupc++ (libiberty/cp-demangle.c): C, without a heap or a lock, made
/// for calls from signal handlers; so it may be left from its callback.
/// @return 0 for success.
int __gcclibcxx_demangle_callback(
    const char *mangled, void (*callback)(const char *text, size_t size, void *argument), void *argument);

struct output {
    char *bytes;
    size_t capacity;
    size_t size;
    jmp_buf too_long;
};

static void append(const char *text, size_t size, void *argument) {
    struct output *output = argument;
    if (size > output->capacity - output->size) longjmp(output->too_long, 1);
    memcpy(output->bytes + output->size, text, size);
    output->size += size;
}

size_t tickscope_demangle(const char *mangled, char *bytes, size_t capacity) {
    struct output output = {.bytes = bytes, .capacity = capacity};
    if (setjmp(output.too_long) != 0) return 0;
    return __gcclibcxx_demangle_callback(mangled, append, &output) == 0 ? output.size : 0;
}
