// Time stamps with the fences that keep a measured region between them.
#ifndef TICKSCOPE_CCYCLES_STAMPS_H
#define TICKSCOPE_CCYCLES_STAMPS_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__x86_64__)

// Begins a measured region: what came before is done, and the region starts after the stamp.
static inline uint64_t ts_ticks_start(void) {
    uint32_t low, high;
    __asm__ volatile("lfence\n\trdtsc\n\tlfence" : "=a"(low), "=d"(high) : : "memory");
    return (uint64_t)high << 32 | low;
}

// Ends a measured region: all of it is done before the stamp, and nothing after it starts earlier. `processor` gets
// TSC_AUX, which tells CPU and node: it changes when the thread migrates.
static inline uint64_t ts_ticks_stop(uint32_t *processor) {
    uint32_t low, high, aux;
    __asm__ volatile("rdtscp\n\tlfence" : "=a"(low), "=d"(high), "=c"(aux) : : "memory");
    *processor = aux;
    return (uint64_t)high << 32 | low;
}

// A stamp that waits for what stands before it, but lets what comes after begin: between two stages.
static inline uint64_t ts_ticks_mark(void) {
    uint32_t low, high, aux;
    __asm__ volatile("rdtscp" : "=a"(low), "=d"(high), "=c"(aux) : : "memory");
    (void)aux;
    return (uint64_t)high << 32 | low;
}

#elif defined(__aarch64__)

static inline uint64_t ts_ticks_mark(void) {
    uint64_t ticks;
    __asm__ volatile("mrs %0, cntvct_el0" : "=r"(ticks) : : "memory");
    return ticks;
}

static inline uint64_t ts_ticks_start(void) {
    uint64_t ticks;
    __asm__ volatile("isb\n\tmrs %0, cntvct_el0\n\tisb" : "=r"(ticks) : : "memory");
    return ticks;
}

static inline uint64_t ts_ticks_stop(uint32_t *processor) {
    uint64_t ticks;
    __asm__ volatile("isb\n\tmrs %0, cntvct_el0\n\tisb" : "=r"(ticks) : : "memory");
    *processor = 0;
    return ticks;
}

#else
#error "tickscope measures on x86-64 and arm64"
#endif

#ifdef __cplusplus
}
#endif
#endif
