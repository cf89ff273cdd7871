// What Swift cannot say about perf_event_open(2): the variadic system calls, the bit-fields of perf_event_attr and the
// memory barriers of the shared ring. No policy lives here.
#ifndef TICKSCOPE_CPERFEVENTS_H
#define TICKSCOPE_CPERFEVENTS_H

#include <linux/perf_event.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// Bits of ts_perf_spec.flags; each sets the perf_event_attr bit-field of the same name.
enum {
    TS_PERF_DISABLED = 1 << 0,
    TS_PERF_INHERIT = 1 << 1,
    TS_PERF_EXCLUDE_KERNEL = 1 << 2,
    TS_PERF_EXCLUDE_HV = 1 << 3,
    TS_PERF_FREQUENCY = 1 << 4,
    TS_PERF_SIDEBAND = 1 << 5,  // mmap, mmap2, comm, comm_exec and task together
    TS_PERF_ENABLE_ON_EXEC = 1 << 6,
    TS_PERF_NO_USER_CALLCHAIN = 1 << 7,
    TS_PERF_NO_KERNEL_CALLCHAIN = 1 << 8,
};

// The part of perf_event_attr that tickscope sets. Every event uses CLOCK_MONOTONIC and sample_id_all.
typedef struct ts_perf_spec {
    uint32_t type;
    uint32_t flags;
    uint64_t config;
    uint64_t period;  // events per sample, or samples per second with TS_PERF_FREQUENCY
    uint64_t sample_type;
    uint64_t read_format;
    uint64_t user_registers;
    uint32_t user_stack_bytes;
    uint32_t wakeup_bytes;  // wake a poller once this many bytes are unread; 0: the kernel's default
} ts_perf_spec;

// Opens an event with close-on-exec set. Returns a descriptor, or -errno.
int ts_perf_open(const ts_perf_spec *spec, int32_t task, int32_t cpu);

// Opens a disarmed event that fires when a task writes the 8 bytes at an address from user space, on whatever CPU.
// Its samples hold the time. Returns a descriptor, or -errno.
int ts_perf_open_write_watch(int32_t task, uint64_t address);

// Opens a counter of the calling thread, disabled, on whatever CPU. It takes no samples; reading it gives its count and
// the nanoseconds that it was enabled and that it ran. `flags`: TS_PERF_EXCLUDE_KERNEL and TS_PERF_EXCLUDE_HV. `leader`:
// a counter to be scheduled together with, or -1. Returns a descriptor, or -errno.
int ts_perf_open_counter(uint32_t type, uint64_t config, uint32_t flags, int leader);
// Enables or disables a leader and all counters that are scheduled with it.
int ts_perf_enable_group(int leader);
int ts_perf_disable_group(int leader);

// The ioctls of an event. Return 0 or -errno.
int ts_perf_enable(int event);
int ts_perf_disable(int event);
int ts_perf_redirect(int event, int ring_owner);
// Counts from now on between two samples.
int ts_perf_set_period(int event, uint64_t period);
// Enables the event until it has fired so many times.
int ts_perf_arm(int event, int times);

// A program that the kernel runs for each sample of the events it is attached to: it writes the pages of user stack
// beyond what a sample record has room for into up to TS_TAIL_RECORDS records of a BPF-output event, right in front of
// the sample. Each holds the address of its first page in TS_TAIL_HEADER bytes, then up to TS_TAIL_PAGES whole pages.
// On kernels without type information (/sys/kernel/btf) only for samples of user code: elsewhere the program cannot know
// the user's stack pointer.
enum {
    TS_TAIL_SKIPPED = 61440,  // the first page is the one that holds stack pointer + this
    TS_TAIL_PAGES = 15,
    TS_TAIL_RECORDS = 2,
    TS_TAIL_HEADER = 16,
};

typedef struct ts_tail {
    int program;
    int outputs;  // the map of output events by CPU
} ts_tail;

// Loads the program for CPUs 0 ..< cpus. Needs CAP_BPF and CAP_PERFMON. Returns 0 or -errno.
int ts_tail_create(uint32_t cpus, ts_tail *tail);
void ts_tail_destroy(ts_tail *tail);
// Names the BPF-output event of a CPU. Returns 0 or -errno.
int ts_tail_set_output(const ts_tail *tail, uint32_t cpu, int event);
// Runs the program for an event's samples, those of events inherited from it later included. Returns 0 or -errno.
int ts_tail_attach(const ts_tail *tail, int event);

// Bytes written by the kernel so far; pairs with the kernel's store so that the records before it are visible.
static inline uint64_t ts_ring_head(const void *page) {
    return __atomic_load_n(&((const struct perf_event_mmap_page *)page)->data_head, __ATOMIC_ACQUIRE);
}

// Whether a mapped event's counter may be read by the instruction (rdpmc, or arm64's PMU registers) instead of read(2).
static inline int ts_perf_page_allows_user_read(const void *page) {
    return ((const struct perf_event_mmap_page *)page)->cap_user_rdpmc;
}

// Gives the bytes before `tail` back to the kernel.
static inline void ts_ring_release(void *page, uint64_t tail) {
    __atomic_store_n(&((struct perf_event_mmap_page *)page)->data_tail, tail, __ATOMIC_RELEASE);
}

#ifdef __cplusplus
}
#endif
#endif
