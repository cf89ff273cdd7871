// The counter against itself, and against the kernel's clock.
#ifndef TICKSCOPE_CCYCLES_CLOCK_H
#define TICKSCOPE_CCYCLES_CLOCK_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// Takes `count` pairs of stamps with nothing between them and adds their differences to `bins`, differences of
// `bin_count` - 1 ticks and more to the last.
void ts_clock_differences(uint32_t *bins, size_t bin_count, uint64_t count);

// One moment on both clocks.
struct ts_clock_pair {
    // CLOCK_MONOTONIC_RAW, which nobody slews.
    uint64_t nanoseconds;
    // The counter half way through the reading of that clock, and how long the reading took.
    uint64_t ticks, bracket;
};

// The moment that took the least to read, of `tries`. Returns 0 or an errno.
int ts_clock_pair_read(struct ts_clock_pair *pair, uint32_t tries);

#ifdef __cplusplus
}
#endif
#endif
