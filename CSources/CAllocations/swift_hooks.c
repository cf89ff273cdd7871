// Counting in the Swift runtime.
//
// swift_retain and its kin ask a flag of the runtime at each call, and go through a variable that holds a function when
// it is set; swift_allocObject compares its variable with its own implementation, and sets the flag when they differ
// (disassembly of libswiftCore of Swift 6.3). So the hooks may be set late and removed again. They see every call,
// those inside the runtime and of swift_bridgeObjectRetain included, in a statically linked runtime too. The flag is
// taken back last, and looked at again later: a thread may be between the comparison and its store.
//
// Strong references that are got from weak and unowned ones never pass the hooks, nor do counts of code that was
// compiled for a single thread (swift_nonatomic_…): calls of those from other objects are counted through slots.
#include <sched.h>
#include <stddef.h>

#include "internal.h"

typedef void *(*retain_function)(void *);
typedef void *(*retain_n_function)(void *, uint32_t);
typedef void (*release_function)(void *);
typedef void (*release_n_function)(void *, uint32_t);
typedef void *(*alloc_function)(const void *, size_t, size_t);

enum { RETAIN, RETAIN_N, TRY_RETAIN, RELEASE, RELEASE_N, ALLOC, HOOKS };

// The runtime's variables and functions, bound when a static runtime is linked in.
#define WEAK __attribute__((weak))
extern _Atomic(void *) _swift_retain WEAK, _swift_retain_n WEAK, _swift_tryRetain WEAK, _swift_release WEAK,
    _swift_release_n WEAK, _swift_allocObject WEAK;
extern _Atomic bool _swift_enableSwizzlingOfAllocationAndRefCountingFunctions_forInstrumentsOnly WEAK;
extern void *swift_retain(void *) WEAK;
extern void swift_release(void *) WEAK;
extern void *swift_allocObject(const void *, size_t, size_t) WEAK;
extern void *swift_allocEmptyBox(void) WEAK;
extern void swift_slowDealloc(void *, size_t, size_t) WEAK;

static _Atomic(void *) originals[HOOKS];

#define ORIGINAL(index, type) ((type)atomic_load_explicit(&originals[index], memory_order_relaxed))

// Null and values that live in the pointer itself (negative, on these architectures) have no count.
static inline bool is_object(const void *object) { return (intptr_t)object > 0; }

static inline void count(enum ts_counter which, uint64_t amount) {
    if (atomic_load_explicit(&ts_is_counting, memory_order_relaxed)) ts_add(ts_block_here(), which, amount);
}

static TS_HOOK void *on_retain(void *object) {
    if (is_object(object)) count(TS_RETAINS, 1);
    return ORIGINAL(RETAIN, retain_function)(object);
}

static TS_HOOK void *on_retain_n(void *object, uint32_t n) {
    if (is_object(object)) count(TS_RETAINS, n);
    return ORIGINAL(RETAIN_N, retain_n_function)(object, n);
}

static TS_HOOK void *on_try_retain(void *object) {
    void *result = ORIGINAL(TRY_RETAIN, retain_function)(object);
    if (is_object(result)) count(TS_RETAINS, 1);
    return result;
}

static TS_HOOK void on_release(void *object) {
    if (is_object(object)) count(TS_RELEASES, 1);
    ORIGINAL(RELEASE, release_function)(object);
}

static TS_HOOK void on_release_n(void *object, uint32_t n) {
    if (is_object(object)) count(TS_RELEASES, n);
    ORIGINAL(RELEASE_N, release_n_function)(object, n);
}

static TS_HOOK void *on_alloc(const void *metadata, size_t size, size_t mask) {
    count(TS_OBJECTS, 1);
    return ORIGINAL(ALLOC, alloc_function)(metadata, size, mask);
}

static struct {
    const char *name;
    void *hook;
    _Atomic(void *) *variable;
} hooks[HOOKS] = {
    [RETAIN] = {"_swift_retain", (void *)on_retain, NULL},
    [RETAIN_N] = {"_swift_retain_n", (void *)on_retain_n, NULL},
    [TRY_RETAIN] = {"_swift_tryRetain", (void *)on_try_retain, NULL},
    [RELEASE] = {"_swift_release", (void *)on_release, NULL},
    [RELEASE_N] = {"_swift_release_n", (void *)on_release_n, NULL},
    [ALLOC] = {"_swift_allocObject", (void *)on_alloc, NULL},
};
static _Atomic bool *flag;
static bool old_flag;

static struct {
    retain_function retain;
    release_function release;
    alloc_function alloc;
    void *(*empty_box)(void);
    void (*dealloc)(void *, size_t, size_t);
} runtime;

// The one linked into this program, else the one that is loaded.
#define FIND(symbol, name) ((void *)&(symbol) ? (void *)&(symbol) : ts_find_symbol(name, NULL))

static uint32_t find_runtime(void) {
    if (flag) return TS_GAP_NONE;
    runtime.retain = (retain_function)FIND(swift_retain, "swift_retain");
    runtime.release = (release_function)FIND(swift_release, "swift_release");
    runtime.alloc = (alloc_function)FIND(swift_allocObject, "swift_allocObject");
    runtime.empty_box = (void *(*)(void))FIND(swift_allocEmptyBox, "swift_allocEmptyBox");
    runtime.dealloc = (void (*)(void *, size_t, size_t))FIND(swift_slowDealloc, "swift_slowDealloc");
    if (!runtime.retain || !runtime.release || !runtime.alloc || !runtime.empty_box || !runtime.dealloc) {
        return TS_GAP_NO_RUNTIME;
    }
    _Atomic(void *) *linked[HOOKS] = {
        [RETAIN] = &_swift_retain,   [RETAIN_N] = &_swift_retain_n,   [TRY_RETAIN] = &_swift_tryRetain,
        [RELEASE] = &_swift_release, [RELEASE_N] = &_swift_release_n, [ALLOC] = &_swift_allocObject,
    };
    for (size_t i = 0; i < HOOKS; i++) {
        hooks[i].variable = linked[i] ? linked[i] : ts_find_symbol(hooks[i].name, NULL);
        if (!hooks[i].variable) return TS_GAP_OLD_RUNTIME;
    }
    const char *name = "_swift_enableSwizzlingOfAllocationAndRefCountingFunctions_forInstrumentsOnly";
    flag = FIND(_swift_enableSwizzlingOfAllocationAndRefCountingFunctions_forInstrumentsOnly, name);
    return flag ? TS_GAP_NONE : TS_GAP_OLD_RUNTIME;
}

// The runtime's own immortal box has a count of the runtime's making, whatever its layout.
static bool hooks_work(void) {
    ts_counts before, after;
    static const uintptr_t metadata[4];
    const size_t bytes = 16, mask = 15;
    void *no_pointer = (void *)(uintptr_t)0xe000000000000000;
    if (ts_counts_thread(&before) != 0) ts_counts_process(&before);
    void *box = runtime.empty_box();
    runtime.retain(box);
    runtime.release(box);
    runtime.release(box);
    runtime.dealloc(runtime.alloc(metadata, bytes, mask), bytes, mask);
    if (ts_counts_thread(&after) != 0) ts_counts_process(&after);
    if (runtime.retain(no_pointer) != no_pointer) return false;
    return after.retains > before.retains && after.releases >= before.releases + 2 && after.objects > before.objects;
}

uint32_t ts_swift_hooks_install(void) {
    uint32_t gap = find_runtime();
    if (gap != TS_GAP_NONE) return gap;
    for (size_t i = 0; i < HOOKS; i++) {
        void *current = atomic_load(hooks[i].variable);
        if (current != hooks[i].hook) atomic_store(&originals[i], current);
    }
    _Atomic(void *) *known[HOOKS];
    for (size_t i = 0; i < HOOKS; i++) known[i] = hooks[i].variable;
    if (!ts_swift_adapter_install((const void *)runtime.retain, known, HOOKS)) return TS_GAP_UNSAFE_HOOKS;
    old_flag = atomic_load(flag);
    atomic_store(flag, true);
    for (size_t i = 0; i < HOOKS; i++) atomic_store(hooks[i].variable, hooks[i].hook);
    if (hooks_work()) return TS_GAP_NONE;
    ts_swift_hooks_remove();
    return TS_GAP_DEAD_HOOKS;
}

void ts_swift_hooks_remove(void) {
    for (size_t i = HOOKS; i-- > 0;) {
        void *expected = hooks[i].hook;
        // Somebody else's by now: stays, and may go on calling ours.
        atomic_compare_exchange_strong(hooks[i].variable, &expected, atomic_load(&originals[i]));
    }
    for (int i = 0; i < 3 && !old_flag; i++) {
        atomic_store(flag, false);
        sched_yield();
    }
}

bool ts_swift_hooks_are_off(void) {
    if (flag && !old_flag && atomic_load(flag)) atomic_store(flag, false);
    return !flag || !atomic_load(flag) || old_flag;
}

// --- Through slots: what the hooks do not see

enum {
    UNOWNED_RETAIN_STRONG,
    UNOWNED_RETAIN_STRONG_AND_RELEASE,
    WEAK_LOAD_STRONG,
    WEAK_TAKE_STRONG,
    NONATOMIC_RETAIN,
    NONATOMIC_RETAIN_N,
    NONATOMIC_RELEASE,
    NONATOMIC_RELEASE_N,
    NONATOMIC_BRIDGE_RETAIN,
    NONATOMIC_BRIDGE_RETAIN_N,
    NONATOMIC_BRIDGE_RELEASE,
    NONATOMIC_BRIDGE_RELEASE_N,
    NONATOMIC_UNOWNED_RETAIN_STRONG,
};

#define REAL(index, type) ((type)atomic_load_explicit(&ts_swift_targets[index].real, memory_order_relaxed))

#define WRAP_RETAIN(name, index)                         \
    static TS_HOOK void *name(void *object) {            \
        void *result = REAL(index, retain_function)(object); \
        if (is_object(result)) count(TS_RETAINS, 1);     \
        return result;                                   \
    }
#define WRAP_RETAIN_N(name, index)                              \
    static TS_HOOK void *name(void *object, uint32_t n) {       \
        if (is_object(object)) count(TS_RETAINS, n);            \
        return REAL(index, retain_n_function)(object, n);       \
    }
#define WRAP_RELEASE(name, index)                        \
    static TS_HOOK void name(void *object) {             \
        if (is_object(object)) count(TS_RELEASES, 1);    \
        REAL(index, release_function)(object);           \
    }
#define WRAP_RELEASE_N(name, index)                      \
    static TS_HOOK void name(void *object, uint32_t n) { \
        if (is_object(object)) count(TS_RELEASES, n);    \
        REAL(index, release_n_function)(object, n);      \
    }

WRAP_RETAIN(wrap_unowned_retain_strong, UNOWNED_RETAIN_STRONG)
WRAP_RETAIN(wrap_weak_load_strong, WEAK_LOAD_STRONG)
WRAP_RETAIN(wrap_weak_take_strong, WEAK_TAKE_STRONG)
WRAP_RETAIN(wrap_nonatomic_retain, NONATOMIC_RETAIN)
WRAP_RETAIN_N(wrap_nonatomic_retain_n, NONATOMIC_RETAIN_N)
WRAP_RELEASE(wrap_nonatomic_release, NONATOMIC_RELEASE)
WRAP_RELEASE_N(wrap_nonatomic_release_n, NONATOMIC_RELEASE_N)
WRAP_RETAIN(wrap_nonatomic_bridge_retain, NONATOMIC_BRIDGE_RETAIN)
WRAP_RETAIN_N(wrap_nonatomic_bridge_retain_n, NONATOMIC_BRIDGE_RETAIN_N)
WRAP_RELEASE(wrap_nonatomic_bridge_release, NONATOMIC_BRIDGE_RELEASE)
WRAP_RELEASE_N(wrap_nonatomic_bridge_release_n, NONATOMIC_BRIDGE_RELEASE_N)
WRAP_RETAIN(wrap_nonatomic_unowned_retain_strong, NONATOMIC_UNOWNED_RETAIN_STRONG)

static TS_HOOK void wrap_unowned_retain_strong_and_release(void *object) {
    if (is_object(object)) count(TS_RETAINS, 1);
    REAL(UNOWNED_RETAIN_STRONG_AND_RELEASE, release_function)(object);
}

#define TARGET(symbol, function) {symbol, (void *)(function), NULL, false, NULL}
ts_target ts_swift_targets[] = {
    [UNOWNED_RETAIN_STRONG] = TARGET("swift_unownedRetainStrong", wrap_unowned_retain_strong),
    [UNOWNED_RETAIN_STRONG_AND_RELEASE] =
        TARGET("swift_unownedRetainStrongAndRelease", wrap_unowned_retain_strong_and_release),
    [WEAK_LOAD_STRONG] = TARGET("swift_weakLoadStrong", wrap_weak_load_strong),
    [WEAK_TAKE_STRONG] = TARGET("swift_weakTakeStrong", wrap_weak_take_strong),
    [NONATOMIC_RETAIN] = TARGET("swift_nonatomic_retain", wrap_nonatomic_retain),
    [NONATOMIC_RETAIN_N] = TARGET("swift_nonatomic_retain_n", wrap_nonatomic_retain_n),
    [NONATOMIC_RELEASE] = TARGET("swift_nonatomic_release", wrap_nonatomic_release),
    [NONATOMIC_RELEASE_N] = TARGET("swift_nonatomic_release_n", wrap_nonatomic_release_n),
    [NONATOMIC_BRIDGE_RETAIN] = TARGET("swift_nonatomic_bridgeObjectRetain", wrap_nonatomic_bridge_retain),
    [NONATOMIC_BRIDGE_RETAIN_N] = TARGET("swift_nonatomic_bridgeObjectRetain_n", wrap_nonatomic_bridge_retain_n),
    [NONATOMIC_BRIDGE_RELEASE] = TARGET("swift_nonatomic_bridgeObjectRelease", wrap_nonatomic_bridge_release),
    [NONATOMIC_BRIDGE_RELEASE_N] = TARGET("swift_nonatomic_bridgeObjectRelease_n", wrap_nonatomic_bridge_release_n),
    [NONATOMIC_UNOWNED_RETAIN_STRONG] =
        TARGET("swift_nonatomic_unownedRetainStrong", wrap_nonatomic_unowned_retain_strong),
};
const size_t ts_swift_target_count = sizeof ts_swift_targets / sizeof *ts_swift_targets;
