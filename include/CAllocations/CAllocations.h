// Counting what a program allocates, retains and releases, in its own process and only while asked to: nothing is
// interposed at link time, so a program that is not being counted runs exactly the instructions it was linked with.
//
// While counting is on, the slots through which loaded objects call malloc and its kin (their global offset tables)
// point to counting wrappers, and the Swift runtime's own hooks to counting hooks. Afterwards both are what they were;
// only a function of the runtime that is called while hooks are on stays replaced (swift_adapter.c tells why).
// Not counted:
//   - calls that do not go through a slot: inside a statically linked C library or allocator, through a pointer that
//     was stored before counting began, by system call (mmap), and those of the dynamic linker for itself (a new
//     thread's table of thread-local storage, dlopen);
//   - calls of objects that are loaded while counting is on, until it is switched on once more;
//   - slots that hold another function than the process's own malloc: `foreign` tells how many.
// A pointer to malloc that a program reads while counting is on may be the wrapper's: it stays valid for ever.
#ifndef TICKSCOPE_CALLOCATIONS_H
#define TICKSCOPE_CALLOCATIONS_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// Counted since the process began, while counting was on: only differences mean anything, and `largest`, which starts
// at 0 whenever counting is switched on from off. A realloc of a block is an allocation and a free.
typedef struct ts_counts {
    uint64_t allocations;
    uint64_t frees;
    uint64_t reallocations;
    uint64_t bytes_requested;
    uint64_t bytes_reserved;  // usable bytes of what was allocated, and of what was freed: equal when all is given back
    uint64_t bytes_freed;
    uint64_t largest;  // bytes requested at once
    uint64_t retains;  // strong, of objects: neither of null nor of values that live in the pointer
    uint64_t releases;
    uint64_t objects;  // swift_allocObject
} ts_counts;

// Why something is not counted.
enum ts_counting_gap {
    TS_GAP_NONE = 0,
    TS_GAP_NOT_ASKED,
    TS_GAP_NO_ALLOCATOR,  // no loaded object exports malloc: a statically linked program
    TS_GAP_NO_SLOTS,      // this object calls an allocator of its own, bound when it was linked
    TS_GAP_NO_RUNTIME,    // no Swift runtime in the process, or one whose symbols were stripped
    TS_GAP_OLD_RUNTIME,   // the runtime lacks the hooks: before Swift 6.1
    TS_GAP_DEAD_HOOKS,    // the runtime has the hooks and does not call them
    TS_GAP_UNSAFE_HOOKS,  // the runtime's hooks crash on short strings, and it cannot be mended (swift_adapter.c)
};

enum { TS_COUNT_ALLOCATIONS = 1, TS_COUNT_SWIFT = 2 };

// How well counting works, filled in by ts_counting_start.
typedef struct ts_counting {
    uint32_t allocations_gap;  // enum ts_counting_gap
    uint32_t swift_gap;
    uint32_t slots;    // redirected
    uint32_t foreign;  // left alone: they lead to another allocator, or may once they are bound
    uint32_t skipped;  // left alone: their object is being loaded by another thread, or there were too many
    // 1 when the allocator tells how large a block really is: without, bytes_reserved and bytes_freed stay 0.
    uint32_t knows_sizes;
    // 1 when strong references got from weak and unowned ones, and counts without atomics, go through slots too.
    uint32_t counts_weak_loads;
} ts_counting;

// Switches counting on. Calls nest; each looks for objects loaded since. Threads may run, start and end meanwhile; a
// call that is under way in another thread is counted or not. `what` are bits; returns the state in `state`.
void ts_counting_start(uint32_t what, ts_counting *state);

// Undoes one call of ts_counting_start; the last one puts every slot and hook back.
void ts_counting_stop(void);

// Whether nobody counts and nothing is slower for it. To be asked before time is measured: a thread that was in
// swift_allocObject as counting stopped may have switched the runtime's hooks on again, which this undoes.
int ts_counting_is_off(void);

// What the calling thread has done. Returns 0, or -1 when more threads live than there are blocks for, so that this one
// is only part of the whole process's counts.
int ts_counts_thread(ts_counts *counts);

// What all threads have done, those included that have ended. Exact when no thread is at it.
void ts_counts_process(ts_counts *counts);

// Where the calling thread allocates.
enum { TS_SITE_FRAMES = 24 };

typedef struct ts_site {
    uint64_t bytes;  // requested
    uint32_t depth;
    uintptr_t frames[TS_SITE_FRAMES];  // return addresses, from the caller of malloc outward
} ts_site;

typedef struct ts_site_log {
    uint32_t capacity;
    uint32_t count;
    ts_site *sites;
} ts_site_log;

// Records the calling thread's next `capacity` counted allocations, until it is called with NULL. Slow for those, and
// for those only. The first call loads the C library's unwinder, which allocates.
void ts_sites_record(ts_site_log *log);

// The loaded file that an address lies in, and by how much it was moved when it was loaded. Returns its path, or NULL.
const char *ts_module_at(uintptr_t address, uintptr_t *bias);

#ifdef __cplusplus
}
#endif
#endif
