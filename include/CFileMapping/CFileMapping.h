// Files in memory that may shrink meanwhile: what a file does not have any more reads as zeros instead of ending the
// process with SIGBUS.
#ifndef TICKSCOPE_CFILEMAPPING_H
#define TICKSCOPE_CFILEMAPPING_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

// Maps the first `size` bytes of a file for reading, `size` > 0. NULL when the system, or the table of mappings, has no
// room. The first call installs a handler of SIGBUS, which leaves every fault outside these mappings to the one before.
const void *ts_map_file(int file, size_t size);

// Asks the processor for the cache lines of some bytes that will be read soon. Does nothing where they are not mapped.
static inline void ts_prefetch(const void *start, size_t size) {
    for (size_t offset = 0; offset < size; offset += 64) __builtin_prefetch((const char *)start + offset);
}

// Gives a mapping back; nobody may read it any more.
void ts_unmap_file(const void *start, size_t size);

#ifdef __cplusplus
}
#endif
#endif
