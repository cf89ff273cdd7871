// The wrappers of the C library's allocator. Each calls what the slot would have called, by pointer: this file's own
// slots may be among those that were redirected. A wrapper inside a wrapper does not count, so that an allocator that
// is built upon another is counted once. None allocates, locks or recurses, and all keep errno.
#include <errno.h>
#include <stdlib.h>

#include "internal.h"

enum { MALLOC, CALLOC, REALLOC, REALLOCARRAY, FREE, POSIX_MEMALIGN, ALIGNED_ALLOC, MEMALIGN, VALLOC, PVALLOC };

#define REAL(index, type) ((type)atomic_load_explicit(&ts_malloc_targets[index].real, memory_order_relaxed))
#define CALLER __builtin_extract_return_addr(__builtin_return_address(0))

typedef size_t (*usable_function)(void *);
static _Atomic(usable_function) usable_size;  // NULL: this allocator does not tell

// Of glibc and others; they load their unwinder with the first call.
extern int backtrace(void **frames, int capacity) __attribute__((weak));

uint64_t ts_usable_bytes(void *block) {
    usable_function function = atomic_load_explicit(&usable_size, memory_order_relaxed);
    return function ? function(block) : 0;
}

static __attribute__((noinline)) void record_site(ts_block *block, size_t bytes, void *caller) {
    ts_site_log *log = block->sites;
    if (log->count >= log->capacity) return;
    ts_site *site = &log->sites[log->count++];
    site->bytes = bytes;
    site->depth = 1;
    site->frames[0] = (uintptr_t)caller;
    if (!backtrace) return;
    // Room for the frames of this file on top.
    void *frames[TS_SITE_FRAMES + 4];
    int error = errno;
    int count = backtrace(frames, TS_SITE_FRAMES + 4);
    errno = error;
    for (int i = 0; i < count; i++) {
        if (frames[i] != caller) continue;
        for (site->depth = 0; i < count && site->depth < TS_SITE_FRAMES; i++) {
            site->frames[site->depth++] = (uintptr_t)frames[i];
        }
        return;
    }
}

void ts_sites_record(ts_site_log *log) {
    ts_block *block = ts_block_here();
    // The shared block has no thread of its own.
    if (block->shared) return;
    block->sites = NULL;
    if (log && backtrace) {
        void *frame;
        backtrace(&frame, 1);
    }
    block->sites = log;
}

void ts_count_allocation(ts_block *block, uint64_t reserved, size_t bytes, void *caller) {
    ts_add(block, TS_ALLOCATIONS, 1);
    ts_add(block, TS_BYTES_REQUESTED, bytes);
    ts_add(block, TS_BYTES_RESERVED, reserved);
    uint32_t epoch = atomic_load_explicit(&ts_epoch, memory_order_relaxed);
    if (atomic_load_explicit(&block->epoch, memory_order_relaxed) != epoch) {
        atomic_store_explicit(&block->counts[TS_LARGEST], 0, memory_order_relaxed);
        atomic_store_explicit(&block->epoch, epoch, memory_order_relaxed);
    }
    if (bytes > atomic_load_explicit(&block->counts[TS_LARGEST], memory_order_relaxed)) {
        atomic_store_explicit(&block->counts[TS_LARGEST], bytes, memory_order_relaxed);
    }
    if (__builtin_expect(block->sites != NULL, false)) record_site(block, bytes, caller);
}

void ts_count_free(ts_block *block, uint64_t usable) {
    ts_add(block, TS_FREES, 1);
    ts_add(block, TS_BYTES_FREED, usable);
}

// The block to count in, entered; NULL when this call does not count. `depth` of the shared block would be everybody's.
static ts_block *enter(void) {
    if (!atomic_load_explicit(&ts_is_counting, memory_order_relaxed)) return NULL;
    ts_block *block = ts_block_here();
    if (block->shared) return block;
    if (block->depth) return NULL;
    block->depth = 1;
    return block;
}

static void leave(ts_block *block) {
    if (!block->shared) block->depth = 0;
}

static void *counted(ts_block *block, unsigned which, void *memory, size_t bytes, void *caller) {
    if (block) {
        // Of a block of another allocator than malloc's, this one knows nothing.
        bool is_ours = ts_malloc_targets[which].is_of_malloc;
        if (memory) ts_count_allocation(block, is_ours ? ts_usable_bytes(memory) : 0, bytes, caller);
        leave(block);
    }
    return memory;
}

static void *wrap_malloc(size_t size) {
    ts_block *block = enter();
    return counted(block, MALLOC, REAL(MALLOC, void *(*)(size_t))(size), size, CALLER);
}

static void *wrap_calloc(size_t count, size_t size) {
    ts_block *block = enter();
    // The product overflows only where calloc fails.
    return counted(block, CALLOC, REAL(CALLOC, void *(*)(size_t, size_t))(count, size), count * size, CALLER);
}

static void *resize(void *memory, size_t size, void *caller) {
    void *(*function)(void *, size_t) = REAL(REALLOC, void *(*)(void *, size_t));
    ts_block *block = enter();
    if (!block || !memory) return counted(block, REALLOC, function(memory, size), size, caller);
    uint64_t usable = ts_usable_bytes(memory);
    void *result = function(memory, size);
    // Without a result the old block still stands, unless nothing was asked for.
    if (result || size == 0) ts_count_free(block, usable);
    if (result) ts_add(block, TS_REALLOCATIONS, 1);
    return counted(block, REALLOC, result, size, caller);
}

static void *wrap_realloc(void *memory, size_t size) { return resize(memory, size, CALLER); }

static void *wrap_reallocarray(void *memory, size_t count, size_t size) {
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes)) {
        errno = ENOMEM;
        return NULL;
    }
    return resize(memory, bytes, CALLER);
}

static void wrap_free(void *memory) {
    ts_block *block = memory ? enter() : NULL;
    if (block) ts_count_free(block, ts_usable_bytes(memory));
    REAL(FREE, void (*)(void *))(memory);
    if (block) leave(block);
}

static int wrap_posix_memalign(void **memory, size_t alignment, size_t size) {
    ts_block *block = enter();
    int result = REAL(POSIX_MEMALIGN, int (*)(void **, size_t, size_t))(memory, alignment, size);
    counted(block, POSIX_MEMALIGN, result == 0 ? *memory : NULL, size, CALLER);
    return result;
}

static void *wrap_aligned_alloc(size_t alignment, size_t size) {
    ts_block *block = enter();
    return counted(block, ALIGNED_ALLOC, REAL(ALIGNED_ALLOC, void *(*)(size_t, size_t))(alignment, size), size, CALLER);
}

static void *wrap_memalign(size_t alignment, size_t size) {
    ts_block *block = enter();
    return counted(block, MEMALIGN, REAL(MEMALIGN, void *(*)(size_t, size_t))(alignment, size), size, CALLER);
}

static void *wrap_valloc(size_t size) {
    ts_block *block = enter();
    return counted(block, VALLOC, REAL(VALLOC, void *(*)(size_t))(size), size, CALLER);
}

static void *wrap_pvalloc(size_t size) {
    ts_block *block = enter();
    return counted(block, PVALLOC, REAL(PVALLOC, void *(*)(size_t))(size), size, CALLER);
}

// One call through a stub: the smallest there is.
static void *call_sized(void *stub) { return ((void *(*)(size_t))stub)(1); }
static void *call_counted(void *stub) { return ((void *(*)(size_t, size_t))stub)(1, 1); }
static void *call_aligned(void *stub) { return ((void *(*)(size_t, size_t))stub)(64, 64); }
static void *call_realloc(void *stub) { return ((void *(*)(void *, size_t))stub)(NULL, 1); }
static void *call_reallocarray(void *stub) { return ((void *(*)(void *, size_t, size_t))stub)(NULL, 1, 1); }
static void *call_posix_memalign(void *stub) {
    void *memory = NULL;
    return ((int (*)(void **, size_t, size_t))stub)(&memory, 64, 64) == 0 ? memory : NULL;
}
static void *call_free(void *stub) {
    ((void (*)(void *))stub)(NULL);
    return NULL;
}

#define TARGET(name, call) {#name, (void *)wrap_##name, call, false, NULL}
ts_target ts_malloc_targets[] = {
    [MALLOC] = TARGET(malloc, call_sized),
    [CALLOC] = TARGET(calloc, call_counted),
    [REALLOC] = TARGET(realloc, call_realloc),
    [REALLOCARRAY] = TARGET(reallocarray, call_reallocarray),
    [FREE] = TARGET(free, call_free),
    [POSIX_MEMALIGN] = TARGET(posix_memalign, call_posix_memalign),
    [ALIGNED_ALLOC] = TARGET(aligned_alloc, call_aligned),
    [MEMALIGN] = TARGET(memalign, call_aligned),
    [VALLOC] = TARGET(valloc, call_sized),
    [PVALLOC] = TARGET(pvalloc, call_sized),
};
const size_t ts_malloc_target_count = sizeof ts_malloc_targets / sizeof *ts_malloc_targets;

bool ts_wrappers_know_sizes(void) { return atomic_load(&usable_size) != NULL; }

void ts_real_free(void *memory) { REAL(FREE, void (*)(void *))(memory); }

static uintptr_t module_base(const void *address) {
    uintptr_t bias = 0;
    return ts_module_at((uintptr_t)address, &bias) ? bias : UINTPTR_MAX;
}

uint32_t ts_wrappers_prepare(void) {
    if (atomic_load(&ts_malloc_targets[MALLOC].real)) return TS_GAP_NONE;
    void *functions[sizeof ts_malloc_targets / sizeof *ts_malloc_targets];
    for (size_t i = 0; i < ts_malloc_target_count; i++) functions[i] = ts_find_symbol(ts_malloc_targets[i].name, NULL);
    if (!functions[MALLOC] || !functions[REALLOC] || !functions[FREE]) return TS_GAP_NO_ALLOCATOR;
    uintptr_t home = module_base(functions[MALLOC]);
    usable_function usable = (usable_function)ts_find_symbol("malloc_usable_size", NULL);
    if (usable && module_base((void *)usable) == home) atomic_store(&usable_size, usable);
    for (size_t i = ts_malloc_target_count; i-- > 0;) {
        ts_malloc_targets[i].is_of_malloc = functions[i] && module_base(functions[i]) == home;
        atomic_store(&ts_malloc_targets[i].real, functions[i]);
    }
    ts_operators_prepare(home);
    return TS_GAP_NONE;
}

bool ts_wrappers_work(void) {
    ts_block *block = ts_block_here();
    ts_site_log *sites = block->sites;
    if (!block->shared) block->sites = NULL;
    uint64_t before = atomic_load(&block->counts[TS_ALLOCATIONS]) + atomic_load(&block->counts[TS_FREES]);
    void *volatile memory = malloc(1);
    free(memory);
    uint64_t after = atomic_load(&block->counts[TS_ALLOCATIONS]) + atomic_load(&block->counts[TS_FREES]);
    if (!block->shared) block->sites = sites;
    return after >= before + 2;
}
