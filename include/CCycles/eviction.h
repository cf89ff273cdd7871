// Making memory and code cold.
#ifndef TICKSCOPE_CCYCLES_EVICTION_H
#define TICKSCOPE_CCYCLES_EVICTION_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// Writes back and drops every cache line of [start, start + bytes) from all levels of all cores' caches, for data and
// code alike, and waits for it. The range must be mapped.
void ts_flush_range(const void *start, size_t bytes);

// Reads one word of every line of the buffer, forward: twice, so that lines not yet old enough to go also go. Returns a
// sum of what was read.
uint64_t ts_stream_lines(const void *start, size_t bytes);

// Code of `bytes`, a multiple of 4096, whose blocks of 64 bytes jump to one another in random order, with a conditional
// branch in each whose direction depends on the argument. Running it fills the instruction cache, the micro-operation
// cache, the instruction TLB and the branch predictors. Null, with errno, when the kernel refuses executable memory.
typedef uint64_t (*ts_filler)(uint64_t argument);
ts_filler ts_filler_make(size_t bytes, uint64_t seed);
void ts_filler_free(ts_filler filler, size_t bytes);
// Calls the filler, which Swift cannot.
uint64_t ts_filler_run(ts_filler filler, uint64_t argument);

#ifdef __cplusplus
}
#endif
#endif
