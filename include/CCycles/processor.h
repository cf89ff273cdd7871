// What the processor says about itself. CPUID takes microseconds in a virtual machine: asked once, not while measuring.
#ifndef TICKSCOPE_CCYCLES_PROCESSOR_H
#define TICKSCOPE_CCYCLES_PROCESSOR_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// Names end in a null byte and are empty where there are none.
struct ts_processor {
    char vendor[16];
    char brand[64];
    char hypervisor[16];
    // Display family and model, extended fields included. On arm64 implementer and part of MIDR_EL1.
    uint32_t family, model, stepping;
    bool has_hypervisor;
    // The counter runs at one rate in every power state.
    bool counter_is_invariant;
    // CPUID promises that LFENCE waits for everything before it. False: only the kernel knows.
    bool lfence_serializes;
    bool has_clflush, has_clflushopt, has_crc32, has_popcnt;
    // Of the time stamp counter, when the processor or the hypervisor tells it exactly; else 0.
    uint64_t counter_kilohertz;
};

void ts_processor_read(struct ts_processor *processor);

#ifdef __cplusplus
}
#endif
#endif
