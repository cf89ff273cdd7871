// Which processors the calling thread may run on. The C library's cpu_set_t is macros, invisible to Swift.
#ifndef TICKSCOPE_CCYCLES_PROCESSORS_H
#define TICKSCOPE_CCYCLES_PROCESSORS_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// Bit n of word n / 64 is processor n. Both return 0 or an errno; EINVAL from reading: the mask is too short.
int ts_affinity_read(uint64_t *words, size_t count);
int ts_affinity_write(const uint64_t *words, size_t count);

// The processor that the calling thread runs on, or -1.
int ts_current_processor(void);

#ifdef __cplusplus
}
#endif
#endif
