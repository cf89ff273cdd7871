#include "rdpmc.h"

#include <linux/perf_event.h>
#include <stddef.h>

#define SAME_FIELD(ours, theirs)                                                                                       \
    _Static_assert(                                                                                                    \
        offsetof(struct ts_counter_page, ours) == offsetof(struct perf_event_mmap_page, theirs), "the kernel's page")

SAME_FIELD(lock, lock);
SAME_FIELD(index, index);
SAME_FIELD(offset, offset);
SAME_FIELD(time_enabled, time_enabled);
SAME_FIELD(time_running, time_running);
SAME_FIELD(capabilities, capabilities);
SAME_FIELD(width, pmc_width);
