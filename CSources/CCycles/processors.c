#include "processors.h"

#include <errno.h>
#include <sched.h>
#include <string.h>

_Static_assert(sizeof(unsigned long) == sizeof(uint64_t), "the kernel's masks are arrays of long");

int ts_affinity_read(uint64_t *words, size_t count) {
    memset(words, 0, count * sizeof *words);
    return sched_getaffinity(0, count * sizeof *words, (cpu_set_t *)(void *)words) == 0 ? 0 : errno;
}

int ts_affinity_write(const uint64_t *words, size_t count) {
    return sched_setaffinity(0, count * sizeof *words, (const cpu_set_t *)(const void *)words) == 0 ? 0 : errno;
}

int ts_current_processor(void) { return sched_getcpu(); }
