// Prints what was counted between two points, as "NAME key=value …", and beside it what a preloaded interposer saw.
#ifndef COUNTED_H
#define COUNTED_H

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>

#include "CAllocations.h"

struct interposed {
    uint64_t allocations, frees, bytes;
};
extern struct interposed interposed __attribute__((weak));

struct region {
    ts_counting state;
    ts_counts thread, process;
    struct interposed outside;
};

// Inlined, so that a region costs no call of the program's own.
static inline void region_begin(struct region *region) {
    ts_counting_start(TS_COUNT_ALLOCATIONS | TS_COUNT_SWIFT, &region->state);
    if (&interposed) region->outside = interposed;
    ts_counts_process(&region->process);
    ts_counts_thread(&region->thread);
}

static inline void region_end(struct region *region, const char *name) {
    ts_counts thread, process;
    int partial = ts_counts_thread(&thread);
    ts_counts_process(&process);
    struct interposed outside = {0, 0, 0};
    if (&interposed) outside = interposed;
    ts_counting_stop();
#define DIFFERENCE(of, field) (of.field - region->of.field)
    printf("%s gap=%" PRIu32 " partial=%d foreign=%" PRIu32 " skipped=%" PRIu32, name, region->state.allocations_gap,
           partial, region->state.foreign, region->state.skipped);
    printf(" allocations=%" PRIu64 " frees=%" PRIu64, DIFFERENCE(thread, allocations), DIFFERENCE(thread, frees));
    printf(" reallocations=%" PRIu64 " bytes=%" PRIu64, DIFFERENCE(thread, reallocations),
           DIFFERENCE(thread, bytes_requested));
    printf(" kept=%" PRId64 " largest=%" PRIu64,
           (int64_t)(DIFFERENCE(thread, bytes_reserved) - DIFFERENCE(thread, bytes_freed)), thread.largest);
    printf(" all-allocations=%" PRIu64 " all-frees=%" PRIu64 " all-bytes=%" PRIu64, DIFFERENCE(process, allocations),
           DIFFERENCE(process, frees), DIFFERENCE(process, bytes_requested));
    printf(" swift-gap=%" PRIu32 " retains=%" PRIu64 " releases=%" PRIu64 " objects=%" PRIu64, region->state.swift_gap,
           DIFFERENCE(thread, retains), DIFFERENCE(thread, releases), DIFFERENCE(thread, objects));
    if (&interposed) {
        printf(" interposed-allocations=%" PRIu64 " interposed-frees=%" PRIu64 " interposed-bytes=%" PRIu64,
               outside.allocations - region->outside.allocations, outside.frees - region->outside.frees,
               outside.bytes - region->outside.bytes);
    }
    printf("\n");
    fflush(stdout);
#undef DIFFERENCE
}

#endif
