// Switching on and off: one lock, taken here only, and held over a fork.
#include <dlfcn.h>
#include <pthread.h>

#include "internal.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static unsigned users, swift_users;
static bool is_prepared;
static uint32_t allocations_gap = TS_GAP_NOT_ASKED;  // found out since counting was last off

static void before_fork(void) { pthread_mutex_lock(&lock); }
static void after_fork_parent(void) { pthread_mutex_unlock(&lock); }
static void after_fork_child(void) {
    ts_blocks_after_fork();
    pthread_mutex_unlock(&lock);
}

// Wrappers may be called for ever: a library that this code is part of must never be unloaded.
static void stay_loaded(void) {
    Dl_info info;
    if (dladdr((void *)&lock, &info) && info.dli_fname && info.dli_fname[0] == '/') {
        dlopen(info.dli_fname, RTLD_LAZY | RTLD_NOLOAD | RTLD_NODELETE);
    }
    dlerror();
}

static void prepare(void) {
    if (is_prepared) return;
    is_prepared = true;
    pthread_atfork(before_fork, after_fork_parent, after_fork_child);
    stay_loaded();
}

static void find_swift_targets(void) {
    for (size_t i = 0; i < ts_swift_target_count; i++) {
        ts_target *target = &ts_swift_targets[i];
        if (!atomic_load(&target->real)) atomic_store(&target->real, ts_find_symbol(target->name, NULL));
    }
}

void ts_counting_start(uint32_t what, ts_counting *state) {
    *state = (ts_counting){.allocations_gap = TS_GAP_NOT_ASKED, .swift_gap = TS_GAP_NOT_ASKED};
    pthread_mutex_lock(&lock);
    prepare();
    // Claimed now rather than in the middle of what is counted.
    ts_block_here();
    if (users++ == 0) atomic_store(&ts_is_counting, true);
    if (what & TS_COUNT_ALLOCATIONS) {
        uint32_t gap = ts_wrappers_prepare();
        if (gap == TS_GAP_NONE) {
            ts_slots_redirect(ts_malloc_targets, ts_malloc_target_count, state);
            ts_slots_redirect(ts_operator_targets, ts_operator_target_count, state);
        }
        // Tried once: others may be counting by now.
        if (allocations_gap == TS_GAP_NOT_ASKED) {
            if (gap == TS_GAP_NONE && !ts_wrappers_work()) gap = TS_GAP_NO_SLOTS;
            allocations_gap = gap;
        }
        state->allocations_gap = allocations_gap;
        state->knows_sizes = ts_wrappers_know_sizes();
    }
    if (what & TS_COUNT_SWIFT) {
        if (swift_users == 0) state->swift_gap = ts_swift_hooks_install();
        else state->swift_gap = TS_GAP_NONE;
        if (state->swift_gap == TS_GAP_NONE) {
            swift_users++;
            find_swift_targets();
            state->counts_weak_loads = atomic_load(&ts_swift_targets[0].real) != NULL;
            if (state->counts_weak_loads) ts_slots_redirect(ts_swift_targets, ts_swift_target_count, state);
        }
    }
    if (users == 1) atomic_fetch_add(&ts_epoch, 1);  // for `largest`: what was tried above does not count
    pthread_mutex_unlock(&lock);
}

void ts_counting_stop(void) {
    pthread_mutex_lock(&lock);
    if (users > 0 && --users == 0) {
        if (swift_users > 0) ts_swift_hooks_remove();
        swift_users = 0;
        allocations_gap = TS_GAP_NOT_ASKED;
        ts_slots_restore();
        atomic_store(&ts_is_counting, false);
    }
    pthread_mutex_unlock(&lock);
}

int ts_counting_is_off(void) {
    pthread_mutex_lock(&lock);
    bool is_off = users == 0 && ts_swift_hooks_are_off();
    pthread_mutex_unlock(&lock);
    return is_off;
}

const char *ts_module_at(uintptr_t address, uintptr_t *bias) {
    Dl_info info;
    struct link_map *map = NULL;
    if (!dladdr1((void *)address, &info, (void **)&map, RTLD_DL_LINKMAP) || !map) return NULL;
    *bias = map->l_addr;
    return info.dli_fname;
}
