// Whether the kernel interfered with this thread since the probes were armed: two plain reads, no system call.
//
// Kernel entry: ES holds a null selector other than 0. The processor's return from an interrupt, fault or NMI to user
// mode (IRET) zeroes such selectors (Intel SDM vol. 2, IRET, "ReturnToOuterPrivilegeLevel"; AMD APM vol. 3, IRET), a
// return from a system call (SYSRET) does not. In 64-bit mode nothing uses ES.
//
// Rescheduled: the thread's restartable-sequence area points at a section in which no instruction is ever executed. The
// kernel clears that pointer when the thread was preempted, blocked, migrated or got a signal (rseq(2)), and when an
// interrupt found deferred work for it (task work; ten times a second since Linux 6.3 in a process of several threads).
// An allocator that uses restartable sequences itself (tcmalloc) also overwrites the pointer: a hit that was none.
//
// Both are state of one thread. Arming again is needed only after a hit. Elsewhere than on x86-64 there is no ES, and
// only the second works.
#ifndef TICKSCOPE_CCYCLES_INTERRUPTIONS_H
#define TICKSCOPE_CCYCLES_INTERRUPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
    TS_HIT_KERNEL_ENTRY = 1,
    TS_HIT_RESCHEDULED = 2,
};

// struct rseq_cs of linux/rseq.h.
struct ts_inert_section {
    uint32_t version, flags;
    uint64_t start, length, abort;
} __attribute__((aligned(32)));

extern const struct ts_inert_section ts_inert_section;

// Where rseq_cs lies, from the thread pointer; 0 when the C library registered no area (before glibc 2.35, other C
// libraries, or the tunable glibc.pthread.rseq=0). Set before main.
extern ptrdiff_t ts_rseq_section_offset;

#if defined(__x86_64__)

static inline bool ts_probe_has_kernel_entry(void) { return true; }

static inline char *ts_thread_pointer(void) {
    char *pointer;
    __asm__("movq %%fs:0, %0" : "=r"(pointer));
    return pointer;
}

static inline void ts_probe_arm_kernel_entry(void) { __asm__ volatile("movl %0, %%es" : : "r"(1)); }

static inline void ts_probe_disarm_kernel_entry(void) { __asm__ volatile("movl %0, %%es" : : "r"(0)); }

static inline uint32_t ts_probe_kernel_entry(void) {
    uint32_t selector;
    __asm__ volatile("movl %%es, %0" : "=r"(selector));
    return selector == 0 ? TS_HIT_KERNEL_ENTRY : 0;
}

#elif defined(__aarch64__)

static inline bool ts_probe_has_kernel_entry(void) { return false; }

static inline char *ts_thread_pointer(void) {
    char *pointer;
    __asm__("mrs %0, tpidr_el0" : "=r"(pointer));
    return pointer;
}

static inline void ts_probe_arm_kernel_entry(void) {}
static inline void ts_probe_disarm_kernel_entry(void) {}
static inline uint32_t ts_probe_kernel_entry(void) { return 0; }

#endif

static inline bool ts_probe_has_rescheduled(void) { return ts_rseq_section_offset != 0; }

static inline volatile uint64_t *ts_rseq_section(void) {
    return (volatile uint64_t *)(void *)(ts_thread_pointer() + ts_rseq_section_offset);
}

// Arms both probes of the calling thread.
static inline void ts_probe_arm(void) {
    ts_probe_arm_kernel_entry();
    if (ts_probe_has_rescheduled()) *ts_rseq_section() = (uint64_t)(uintptr_t)&ts_inert_section;
}

// Leaves the thread as it was before any arming.
static inline void ts_probe_disarm(void) {
    ts_probe_disarm_kernel_entry();
    if (ts_probe_has_rescheduled()) *ts_rseq_section() = 0;
}

// What was hit since the calling thread armed its probes: TS_HIT_ bits. On a thread that never did: all of them.
static inline uint32_t ts_probe_hits(void) {
    uint32_t hits = ts_probe_kernel_entry();
    if (ts_probe_has_rescheduled() && *ts_rseq_section() == 0) hits |= TS_HIT_RESCHEDULED;
    return hits;
}

// What the kernel has counted for the calling thread: getrusage(RUSAGE_THREAD).
struct ts_thread_usage {
    uint64_t minor_faults, major_faults, voluntary_switches, involuntary_switches;
};

void ts_thread_usage_read(struct ts_thread_usage *usage);

// Whether a signal from outside can interrupt the calling thread: one that is not of a crash has a handler and is not
// blocked.
bool ts_signals_can_arrive(void);

// Causes, for tests of the probes. Each returns whether it could be brought about.
bool ts_inject_page_fault(void);
bool ts_inject_sleep(void);

#ifdef __cplusplus
}
#endif
#endif
