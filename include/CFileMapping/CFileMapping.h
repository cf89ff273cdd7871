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

// Gives a mapping back; nobody may read it any more.
void ts_unmap_file(const void *start, size_t size);

#ifdef __cplusplus
}
#endif
#endif
