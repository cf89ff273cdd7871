#include "clock.h"

#include <errno.h>
#include <time.h>

#include "stamps.h"

void ts_clock_differences(uint32_t *bins, size_t bin_count, uint64_t count) {
    for (uint64_t pair = 0; pair < count; pair++) {
        uint32_t processor;
        const uint64_t start = ts_ticks_start();
        const uint64_t difference = ts_ticks_stop(&processor) - start;
        bins[difference < bin_count ? difference : bin_count - 1]++;
    }
}

int ts_clock_pair_read(struct ts_clock_pair *pair, uint32_t tries) {
    pair->bracket = UINT64_MAX;
    for (uint32_t attempt = 0; attempt < tries; attempt++) {
        struct timespec time;
        uint32_t processor;
        const uint64_t start = ts_ticks_start();
        if (clock_gettime(CLOCK_MONOTONIC_RAW, &time) != 0) return errno;
        const uint64_t bracket = ts_ticks_stop(&processor) - start;
        if (bracket >= pair->bracket) continue;
        pair->bracket = bracket;
        pair->ticks = start + bracket / 2;
        pair->nanoseconds = (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
    }
    return 0;
}
