// The reference for core cycles where no counter counts them: additions that depend on each other, one cycle each on
// every x86-64 and arm64 core since the 1990s (uops.info, `ADD_R64_R64`, latency 1; never an immediate, which newer
// cores fold away).
#ifndef TICKSCOPE_CCYCLES_CHAIN_H
#define TICKSCOPE_CCYCLES_CHAIN_H

#include <stdint.h>

#include "stamps.h"

// Executes `hundreds` times 100 dependent additions (at least one hundred). Returns the ticks, stamps included.
static inline uint64_t ts_chain_add(uint64_t hundreds) {
    uint64_t value = 1;
    uint32_t processor;
    uint64_t start = ts_ticks_start();
#if defined(__x86_64__)
    __asm__ volatile(
        ".p2align 6\n"
        "1:\n\t"
        ".rept 100\n\tadd %1, %1\n\t.endr\n\t"
        "dec %0\n\t"
        "jnz 1b"
        : "+r"(hundreds), "+r"(value)
        :
        : "cc");
#elif defined(__aarch64__)
    __asm__ volatile(
        ".p2align 6\n"
        "1:\n\t"
        ".rept 100\n\tadd %1, %1, %1\n\t.endr\n\t"
        "subs %0, %0, #1\n\t"
        "b.ne 1b"
        : "+r"(hundreds), "+r"(value)
        :
        : "cc");
#endif
    return ts_ticks_stop(&processor) - start;
}

#endif
