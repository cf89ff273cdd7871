// Hardware counters read in user mode, by the protocol that linux/perf_event.h describes for the page that an event
// maps. Whoever opened the event owns the page. Counts a few tens of cycles where read(2) takes a microsecond.
#ifndef TICKSCOPE_CCYCLES_RDPMC_H
#define TICKSCOPE_CCYCLES_RDPMC_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// The fields of struct perf_event_mmap_page that reading needs. Checked against the kernel's header in rdpmc.c.
struct ts_counter_page {
    uint32_t version, compat_version;
    // Odd or changed while the kernel writes.
    uint32_t lock;
    // The counter's number plus one; 0 while the event is on none.
    uint32_t index;
    int64_t offset;
    uint64_t time_enabled, time_running;
    uint64_t capabilities;
    uint16_t width;
};

enum { TS_COUNTER_CAP_USER_READ = 1 << 2 };

enum ts_counter_state {
    TS_COUNTER_READ = 0,
    // The kernel does not let user mode read counters: /sys/bus/event_source/devices/cpu/rdpmc, or no PMU.
    TS_COUNTER_FORBIDDEN,
    // The event is on no counter now: not enabled, multiplexed away, or a software event.
    TS_COUNTER_ABSENT,
    // The page kept changing.
    TS_COUNTER_UNSTABLE,
};

struct ts_counter_reading {
    uint64_t value, time_enabled, time_running;
};

// The event's value, from the hardware counter's low `width` bits, a signed number, and the kernel's offset.
static inline uint64_t ts_counter_value(uint64_t raw, uint16_t width, int64_t offset) {
    if (width == 0 || width > 64) return (uint64_t)offset;
    const int unused = 64 - width;
    return (uint64_t)offset + (uint64_t)((int64_t)(raw << unused) >> unused);
}

#if defined(__x86_64__)

// Waits for what is before it, as the stamps do.
static inline uint64_t ts_counter_raw(uint32_t number) {
    uint32_t low, high;
    __asm__ volatile("lfence\n\trdpmc\n\tlfence" : "=a"(low), "=d"(high) : "c"(number) : "memory");
    return (uint64_t)high << 32 | low;
}

static inline bool ts_counter_is_readable_here(void) { return true; }

#else

// The counters' registers are named in the instruction (PMEVCNTR<n>_EL0), and need kernel.perf_user_access.
static inline uint64_t ts_counter_raw(uint32_t number) {
    (void)number;
    return 0;
}

static inline bool ts_counter_is_readable_here(void) { return false; }

#endif

// Never waits: after a thousand changes of the page under its eyes it gives up.
static inline enum ts_counter_state ts_counter_read(
    const volatile struct ts_counter_page *page, struct ts_counter_reading *reading) {
    for (int attempt = 0; attempt < 1000; attempt++) {
        const uint32_t lock = page->lock;
        __asm__ volatile("" : : : "memory");
        if (lock & 1) continue;
        if (!(page->capabilities & TS_COUNTER_CAP_USER_READ) || !ts_counter_is_readable_here())
            return TS_COUNTER_FORBIDDEN;
        const uint32_t index = page->index;
        reading->time_enabled = page->time_enabled;
        reading->time_running = page->time_running;
        const int64_t offset = page->offset;
        const uint16_t width = page->width;
        if (index != 0) reading->value = ts_counter_value(ts_counter_raw(index - 1), width, offset);
        __asm__ volatile("" : : : "memory");
        if (page->lock != lock) continue;
        return index == 0 ? TS_COUNTER_ABSENT : TS_COUNTER_READ;
    }
    return TS_COUNTER_UNSTABLE;
}

#ifdef __cplusplus
}
#endif
#endif
