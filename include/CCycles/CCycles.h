// What Swift cannot say about measuring cycles: time stamps with their fences, barriers against the optimizer, chains of
// instructions of known latency. `static inline`, so that they inline into Swift and cost the instructions they are.
#ifndef TICKSCOPE_CCYCLES_H
#define TICKSCOPE_CCYCLES_H

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

#elif defined(__aarch64__)

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

// Barriers: the optimizer must have the value at hand, and may assume nothing about who has seen it. No instruction.
static inline void ts_keep_word(uint64_t value) { __asm__ volatile("" : : "r"(value)); }
static inline void ts_keep_pointer(const void *value) { __asm__ volatile("" : : "r"(value) : "memory"); }
#if defined(__x86_64__)
static inline void ts_keep_double(double value) { __asm__ volatile("" : : "x"(value)); }
#else
static inline void ts_keep_double(double value) { __asm__ volatile("" : : "w"(value)); }
#endif

// The same value, of which the optimizer knows nothing.
static inline uint64_t ts_hide_word(uint64_t value) {
    __asm__ volatile("" : "+r"(value));
    return value;
}

#ifdef __cplusplus
}
#endif
#endif
