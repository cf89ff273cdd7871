// What the files of this module share.
#ifndef TICKSCOPE_ALLOCATIONS_INTERNAL_H
#define TICKSCOPE_ALLOCATIONS_INTERNAL_H

#include <link.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "CAllocations.h"

#define TS_HIDDEN __attribute__((visibility("hidden")))

// --- blocks.c: counters of one thread each

enum ts_counter {
    TS_ALLOCATIONS,
    TS_FREES,
    TS_REALLOCATIONS,
    TS_BYTES_REQUESTED,
    TS_BYTES_RESERVED,
    TS_BYTES_FREED,
    TS_LARGEST,
    TS_RETAINS,
    TS_RELEASES,
    TS_OBJECTS,
    TS_COUNTERS,
};

// Written by its owner alone, so that counting needs neither lock nor read-modify-write; read by whoever sums up.
typedef struct ts_block {
    _Alignas(64) _Atomic int32_t owner;  // thread id; 0: never used
    bool shared;                         // by all threads that came too late for a block of their own
    uint32_t depth;                      // wrappers that the thread is in
    _Atomic uint32_t epoch;              // of `largest`
    ts_site_log *sites;
    _Atomic uint64_t counts[TS_COUNTERS];
} ts_block;

TS_HIDDEN extern _Atomic bool ts_is_counting;
TS_HIDDEN extern _Atomic uint32_t ts_epoch;
TS_HIDDEN extern __thread ts_block *ts_own_block __attribute__((tls_model("initial-exec")));

TS_HIDDEN ts_block *ts_claim_block(void);
TS_HIDDEN void ts_blocks_after_fork(void);

static inline ts_block *ts_block_here(void) {
    ts_block *block = ts_own_block;
    return block ? block : ts_claim_block();
}

static inline void ts_add(ts_block *block, enum ts_counter which, uint64_t amount) {
    _Atomic uint64_t *count = &block->counts[which];
    if (__builtin_expect(block->shared, false)) {
        atomic_fetch_add_explicit(count, amount, memory_order_relaxed);
    } else {
        uint64_t old = atomic_load_explicit(count, memory_order_relaxed);
        atomic_store_explicit(count, old + amount, memory_order_relaxed);
    }
}

// --- wrappers.c, operators.c and swift_hooks.c: what slots are pointed to

typedef struct ts_target {
    const char *name;
    void *wrapper;
    // Allocates a little by calling a stub that binds its slot; NULL where that cannot be done harmlessly.
    void *(*call)(void *stub);
    bool is_of_malloc;     // `real` lies in the same file as malloc
    _Atomic(void *) real;  // what the slots hold otherwise; NULL: not in this process
} ts_target;

TS_HIDDEN extern ts_target ts_malloc_targets[];
TS_HIDDEN extern const size_t ts_malloc_target_count;
TS_HIDDEN extern ts_target ts_operator_targets[];
TS_HIDDEN extern const size_t ts_operator_target_count;
TS_HIDDEN extern ts_target ts_swift_targets[];
TS_HIDDEN extern const size_t ts_swift_target_count;

// Resolves what the wrappers call. Returns a gap. Idempotent.
TS_HIDDEN uint32_t ts_wrappers_prepare(void);
// Looks for operators new and delete of the file that malloc is of, given its base.
TS_HIDDEN void ts_operators_prepare(uintptr_t home);
// Counts one block. `reserved` and `usable` are its usable bytes, 0 when not known.
TS_HIDDEN void ts_count_allocation(ts_block *block, uint64_t reserved, size_t bytes, void *caller);
TS_HIDDEN void ts_count_free(ts_block *block, uint64_t usable);
TS_HIDDEN uint64_t ts_usable_bytes(void *memory);
// Whether the allocator tells the usable size of a block.
TS_HIDDEN bool ts_wrappers_know_sizes(void);
// Gives back what a target's `call` has allocated.
TS_HIDDEN void ts_real_free(void *memory);
// Whether an allocation of this object arrives in the counters.
TS_HIDDEN bool ts_wrappers_work(void);
// Points the runtime's hooks at ours, or puts back what was there. Return a gap.
TS_HIDDEN uint32_t ts_swift_hooks_install(void);
TS_HIDDEN void ts_swift_hooks_remove(void);
// Whether the runtime calls no hooks; makes it so where a thread has switched them on again behind our back.
TS_HIDDEN bool ts_swift_hooks_are_off(void);

// On arm64 the runtime may be built so that retain and release preserve most registers: there the hooks do as well, and
// call on as if nothing were preserved. On x86-64 they follow the C convention (the runtime's own code clobbers the
// registers that C lets it).
#if defined(__aarch64__) && defined(__clang__)
#define TS_HOOK __attribute__((preserve_most))
#else
#define TS_HOOK
#endif

// --- swift_adapter.c, loads.c

// Makes hooks safe for strings that live in the pointer, given swift_retain and the runtime's exported variables. False
// when the runtime is built otherwise than expected. Idempotent.
TS_HIDDEN bool ts_swift_adapter_install(const void *retain, _Atomic(void *) *const *known, size_t known_count);
// The places from which code at an address loads words. Return how many there are, `capacity` at most.
TS_HIDDEN size_t ts_x86_64_loads(
    const uint8_t *code, size_t bytes, uintptr_t at, uintptr_t *places, size_t capacity);
TS_HIDDEN size_t ts_aarch64_loads(
    const uint8_t *code, size_t bytes, uintptr_t at, uintptr_t *places, size_t capacity);

// --- symbols.c: what loaded objects define

// The tables of one loaded object by which symbols are found. Pointers into the object.
typedef struct ts_object {
    uintptr_t base;
    const struct dl_phdr_info *info;
    const ElfW(Sym) *symbols;
    const char *names;
    size_t names_size;
    const uint32_t *gnu_hash;
    const uint32_t *sysv_hash;
    const ElfW(Rela) *relocations;
    size_t relocations_size;
    const ElfW(Rela) *plt_relocations;
    size_t plt_relocations_size;
} ts_object;

// False for what has no dynamic section, such as a static program, or tables that cannot be right.
TS_HIDDEN bool ts_object_read(const struct dl_phdr_info *info, ts_object *object);
// The address at which the object defines a symbol itself; NULL when it does not.
TS_HIDDEN void *ts_object_symbol(const ts_object *object, const char *name);
// The address of the first definition in load order, as the dynamic linker would bind a call; NULL when there is none.
// `definitions` gets the number of objects that define it, unless it is NULL.
TS_HIDDEN void *ts_find_symbol(const char *name, size_t *definitions);

// --- slots.c: pointing slots elsewhere and back

TS_HIDDEN void ts_slots_redirect(ts_target *targets, size_t count, ts_counting *state);
// Puts back every slot that holds one of our wrappers.
TS_HIDDEN void ts_slots_restore(void);

#endif
