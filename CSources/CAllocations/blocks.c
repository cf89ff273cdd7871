// Counters without locks and without allocation: a static pool of blocks, one a thread.
//
// A thread claims a block with its first counted call and keeps it until it ends; what it counted stays in the block.
// Nobody is told when a thread ends (a destructor would come before the thread's last calls of free). Only when the
// pool is used up is a block taken over whose owner the kernel no longer knows; its new owner counts on from there.
// Beyond that, all further threads share one block, whose counts are atomic.
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "internal.h"

enum { BLOCKS = 1024 };

_Static_assert(sizeof(ts_counts) == TS_COUNTERS * sizeof(uint64_t), "ts_counts lists the counters of enum ts_counter");
_Static_assert(sizeof(ts_block) == 128, "two cache lines a thread");

_Atomic bool ts_is_counting;
_Atomic uint32_t ts_epoch;
__thread ts_block *ts_own_block __attribute__((tls_model("initial-exec")));

static ts_block blocks[BLOCKS];
static ts_block overflow = {.shared = true};
static _Atomic uint32_t used;    // blocks that have ever had an owner
static _Atomic uint32_t cursor;  // where the next search for an orphan begins

static int32_t thread_id(void) { return (int32_t)syscall(SYS_gettid); }

static bool is_alive(int32_t thread) { return syscall(SYS_tgkill, getpid(), thread, 0) == 0 || errno != ESRCH; }

static ts_block *fresh_block(int32_t self) {
    uint32_t index = atomic_load(&used);
    while (index < BLOCKS) {
        if (atomic_compare_exchange_weak(&used, &index, index + 1)) {
            atomic_store(&blocks[index].owner, self);
            return &blocks[index];
        }
    }
    return NULL;
}

static ts_block *orphaned_block(int32_t self) {
    for (uint32_t tried = 0; tried < BLOCKS; tried++) {
        ts_block *block = &blocks[atomic_fetch_add(&cursor, 1) % BLOCKS];
        int32_t owner = atomic_load(&block->owner);
        // 0: between the two steps of fresh_block in another thread.
        if (owner == 0 || is_alive(owner)) continue;
        if (atomic_compare_exchange_strong(&block->owner, &owner, self)) {
            block->depth = 0;
            block->sites = NULL;
            return block;
        }
    }
    return NULL;
}

ts_block *ts_claim_block(void) {
    int error = errno;
    int32_t self = thread_id();
    ts_block *block = fresh_block(self);
    if (!block) block = orphaned_block(self);
    ts_own_block = block ? block : &overflow;
    errno = error;
    return ts_own_block;
}

void ts_blocks_after_fork(void) {
    // The child's only thread has a new number; by the old one its block would look orphaned.
    ts_block *block = ts_own_block;
    if (block && !block->shared) atomic_store(&block->owner, thread_id());
}

static void add_block(const ts_block *block, uint64_t sums[TS_COUNTERS]) {
    for (size_t i = 0; i < TS_COUNTERS; i++) {
        uint64_t count = atomic_load_explicit(&block->counts[i], memory_order_relaxed);
        if (i != TS_LARGEST) {
            sums[i] += count;
        } else if (atomic_load(&block->epoch) == atomic_load(&ts_epoch) && count > sums[i]) {
            sums[i] = count;
        }
    }
}

int ts_counts_thread(ts_counts *counts) {
    uint64_t sums[TS_COUNTERS] = {0};
    const ts_block *block = ts_block_here();
    if (!block->shared) add_block(block, sums);
    memcpy(counts, sums, sizeof sums);
    return block->shared ? -1 : 0;
}

void ts_counts_process(ts_counts *counts) {
    uint64_t sums[TS_COUNTERS] = {0};
    uint32_t count = atomic_load(&used);
    for (uint32_t i = 0; i < count; i++) add_block(&blocks[i], sums);
    add_block(&overflow, sums);
    memcpy(counts, sums, sizeof sums);
}
