// Values that the optimizer may neither drop nor know.
#ifndef TICKSCOPE_CCYCLES_BARRIERS_H
#define TICKSCOPE_CCYCLES_BARRIERS_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
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
