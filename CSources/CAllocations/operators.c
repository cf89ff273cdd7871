// C++'s operators new and delete. In libstdc++ they call malloc and free through slots, and are counted there.
// Allocators such as jemalloc and tcmalloc bring operators of their own that do not: those, and only those, are wrapped
// here.
//
// operator new may throw, so a wrapper leaves no state behind that an exception would skip: it counts afterwards, and
// only what the operator has not already made count. Operators of the program itself hand out memory that is not the
// allocator's, and are left alone.
#include "internal.h"

#define CALLER __builtin_extract_return_addr(__builtin_return_address(0))
#define REAL(index, type) ((type)atomic_load_explicit(&ts_operator_targets[index].real, memory_order_relaxed))

typedef void *(*new_1)(size_t);
typedef void *(*new_2)(size_t, uintptr_t);
typedef void *(*new_3)(size_t, uintptr_t, uintptr_t);
typedef void (*delete_1)(void *);
typedef void (*delete_2)(void *, uintptr_t);
typedef void (*delete_3)(void *, uintptr_t, uintptr_t);

// The block to count in and its count so far; no block when this call does not count.
typedef struct {
    ts_block *block;
    uint64_t count;
} operation;

static uint64_t count_of(ts_block *block, enum ts_counter which) {
    return atomic_load_explicit(&block->counts[which], memory_order_relaxed);
}

static operation begin(enum ts_counter which) {
    if (!atomic_load_explicit(&ts_is_counting, memory_order_relaxed)) return (operation){NULL, 0};
    ts_block *block = ts_block_here();
    // Inside a wrapper of malloc: counted there.
    if (!block->shared && block->depth) return (operation){NULL, 0};
    return (operation){block, count_of(block, which)};
}

// The shared block's count may have been moved by another thread.
static bool is_uncounted(operation operation, enum ts_counter which) {
    ts_block *block = operation.block;
    return block && (block->shared || count_of(block, which) == operation.count);
}

static void *allocated(operation operation, void *memory, size_t bytes, void *caller) {
    if (memory && is_uncounted(operation, TS_ALLOCATIONS)) {
        ts_count_allocation(operation.block, ts_usable_bytes(memory), bytes, caller);
    }
    return memory;
}

static void freed(operation operation, uint64_t usable) {
    if (is_uncounted(operation, TS_FREES)) ts_count_free(operation.block, usable);
}

static uint64_t usable(operation operation, void *memory) { return operation.block ? ts_usable_bytes(memory) : 0; }

// One wrapper for each operator: its symbol and how many words it takes. The last words (a size, an alignment, or the
// reference std::nothrow) are handed on.
#define NEW_1(symbol, index)                                                        \
    static void *wrap##symbol(size_t size) {                                        \
        operation operation = begin(TS_ALLOCATIONS);                                \
        return allocated(operation, REAL(index, new_1)(size), size, CALLER);        \
    }
#define NEW_2(symbol, index)                                                        \
    static void *wrap##symbol(size_t size, uintptr_t a) {                           \
        operation operation = begin(TS_ALLOCATIONS);                                \
        return allocated(operation, REAL(index, new_2)(size, a), size, CALLER);     \
    }
#define NEW_3(symbol, index)                                                        \
    static void *wrap##symbol(size_t size, uintptr_t a, uintptr_t b) {              \
        operation operation = begin(TS_ALLOCATIONS);                                \
        return allocated(operation, REAL(index, new_3)(size, a, b), size, CALLER);  \
    }
#define DELETE(symbol, parameters, call)                                            \
    static void wrap##symbol parameters {                                           \
        operation operation = begin(TS_FREES);                                      \
        uint64_t bytes = usable(operation, memory);                                 \
        call;                                                                       \
        if (memory) freed(operation, bytes);                                        \
    }
#define DELETE_1(symbol, index) DELETE(symbol, (void *memory), REAL(index, delete_1)(memory))
#define DELETE_2(symbol, index) DELETE(symbol, (void *memory, uintptr_t a), REAL(index, delete_2)(memory, a))
#define DELETE_3(symbol, index) \
    DELETE(symbol, (void *memory, uintptr_t a, uintptr_t b), REAL(index, delete_3)(memory, a, b))

#define OPERATORS(NEW_1, NEW_2, NEW_3, DELETE_1, DELETE_2, DELETE_3) \
    NEW_1(_Znwm, 0)                                                  \
    NEW_1(_Znam, 1)                                                  \
    NEW_2(_ZnwmRKSt9nothrow_t, 2)                                    \
    NEW_2(_ZnamRKSt9nothrow_t, 3)                                    \
    NEW_2(_ZnwmSt11align_val_t, 4)                                   \
    NEW_2(_ZnamSt11align_val_t, 5)                                   \
    NEW_3(_ZnwmSt11align_val_tRKSt9nothrow_t, 6)                     \
    NEW_3(_ZnamSt11align_val_tRKSt9nothrow_t, 7)                     \
    DELETE_1(_ZdlPv, 8)                                              \
    DELETE_1(_ZdaPv, 9)                                              \
    DELETE_2(_ZdlPvm, 10)                                            \
    DELETE_2(_ZdaPvm, 11)                                            \
    DELETE_2(_ZdlPvRKSt9nothrow_t, 12)                               \
    DELETE_2(_ZdaPvRKSt9nothrow_t, 13)                               \
    DELETE_2(_ZdlPvSt11align_val_t, 14)                              \
    DELETE_2(_ZdaPvSt11align_val_t, 15)                              \
    DELETE_3(_ZdlPvmSt11align_val_t, 16)                             \
    DELETE_3(_ZdaPvmSt11align_val_t, 17)                             \
    DELETE_3(_ZdlPvSt11align_val_tRKSt9nothrow_t, 18)                \
    DELETE_3(_ZdaPvSt11align_val_tRKSt9nothrow_t, 19)

OPERATORS(NEW_1, NEW_2, NEW_3, DELETE_1, DELETE_2, DELETE_3)

// What binds a slot, at the price of a byte where the slot turns out to be another allocator's.
static void *call_new(void *stub) { return ((new_3)stub)(64, 64, 64); }
static void *call_delete(void *stub) {
    ((delete_3)stub)(NULL, 64, 64);
    return NULL;
}

#define NEW_TARGET(symbol, index) [index] = {#symbol, (void *)wrap##symbol, call_new, false, NULL},
#define DELETE_TARGET(symbol, index) [index] = {#symbol, (void *)wrap##symbol, call_delete, false, NULL},
ts_target ts_operator_targets[] = {
    OPERATORS(NEW_TARGET, NEW_TARGET, NEW_TARGET, DELETE_TARGET, DELETE_TARGET, DELETE_TARGET)};
const size_t ts_operator_target_count = sizeof ts_operator_targets / sizeof *ts_operator_targets;

void ts_operators_prepare(uintptr_t home) {
    for (size_t i = 0; i < ts_operator_target_count; i++) {
        ts_target *target = &ts_operator_targets[i];
        void *function = ts_find_symbol(target->name, NULL);
        uintptr_t bias;
        if (!function || !ts_module_at((uintptr_t)function, &bias) || bias != home) continue;
        target->is_of_malloc = true;
        atomic_store(&target->real, function);
    }
}
