// The C library's allocator with a counter in front, to be preloaded: counts what a program allocates by another way
// than tickscope does. Counts start with the program; it has no threads.
#include <stddef.h>
#include <stdint.h>

extern void *__libc_malloc(size_t), *__libc_calloc(size_t, size_t), *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);
extern void __libc_free(void *);

struct interposed {
    uint64_t allocations, frees, bytes;
} interposed;

static void *allocated(void *memory, size_t bytes) {
    interposed.allocations += memory != NULL;
    interposed.bytes += memory ? bytes : 0;
    return memory;
}

void *malloc(size_t size) { return allocated(__libc_malloc(size), size); }
void *calloc(size_t count, size_t size) { return allocated(__libc_calloc(count, size), count * size); }
void *memalign(size_t alignment, size_t size) { return allocated(__libc_memalign(alignment, size), size); }
void *aligned_alloc(size_t alignment, size_t size) { return memalign(alignment, size); }

int posix_memalign(void **memory, size_t alignment, size_t size) {
    *memory = memalign(alignment, size);
    return *memory ? 0 : 12;
}

void *realloc(void *memory, size_t size) {
    void *result = __libc_realloc(memory, size);
    interposed.frees += memory && (result || size == 0);
    return allocated(result, size);
}

void free(void *memory) {
    interposed.frees += memory != NULL;
    __libc_free(memory);
}
