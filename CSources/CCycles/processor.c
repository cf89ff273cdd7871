#include "processor.h"

#include <string.h>

#if defined(__x86_64__)

#include <cpuid.h>

static void store(char *text, const uint32_t *words, size_t count) { memcpy(text, words, count * sizeof *words); }

// Family and model: Intel SDM vol. 2, CPUID leaf 1; AMD APM vol. 3, Fn0000_0001.
static void read_version(struct ts_processor *processor, uint32_t eax) {
    processor->stepping = eax & 0xf;
    processor->model = eax >> 4 & 0xf;
    processor->family = eax >> 8 & 0xf;
    if (processor->family == 0xf || processor->family == 6) processor->model |= eax >> 12 & 0xf0;
    if (processor->family == 0xf) processor->family += eax >> 20 & 0xff;
}

static void read_basic(struct ts_processor *processor) {
    uint32_t eax, ebx, ecx, edx;
    if (!__get_cpuid(0, &eax, &ebx, &ecx, &edx)) return;
    store(processor->vendor, (const uint32_t[]){ebx, edx, ecx}, 3);
    if (!__get_cpuid(1, &eax, &ebx, &ecx, &edx)) return;
    read_version(processor, eax);
    processor->has_clflush = edx >> 19 & 1;
    processor->has_crc32 = ecx >> 20 & 1;
    processor->has_popcnt = ecx >> 23 & 1;
    processor->has_hypervisor = ecx >> 31 & 1;
    if (__get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx)) processor->has_clflushopt = ebx >> 23 & 1;
    // Leaf 15H: the counter is the crystal times ebx / eax. Where ecx is 0, the crystal's rate is not told.
    if (__get_cpuid_count(0x15, 0, &eax, &ebx, &ecx, &edx) && eax != 0 && ebx != 0 && ecx != 0)
        processor->counter_kilohertz = (uint64_t)ecx * ebx / eax / 1000;
}

static void read_extended(struct ts_processor *processor) {
    uint32_t eax, ebx, ecx, edx;
    for (uint32_t leaf = 0; leaf < 3; leaf++) {
        if (!__get_cpuid(0x80000002 + leaf, &eax, &ebx, &ecx, &edx)) break;
        store(processor->brand + 16 * leaf, (const uint32_t[]){eax, ebx, ecx, edx}, 4);
    }
    if (__get_cpuid(0x80000007, &eax, &ebx, &ecx, &edx)) processor->counter_is_invariant = edx >> 8 & 1;
    // Intel's LFENCE waits by definition (SDM vol. 2, LFENCE); AMD's where Fn8000_0021 EAX bit 2 says always.
    if (strcmp(processor->vendor, "GenuineIntel") == 0) processor->lfence_serializes = true;
    else if (__get_cpuid(0x80000021, &eax, &ebx, &ecx, &edx)) processor->lfence_serializes = eax >> 2 & 1;
}

static void read_hypervisor(struct ts_processor *processor) {
    if (!processor->has_hypervisor) return;
    uint32_t eax, ebx, ecx, edx;
    // Leaves from 0x40000000 on are the hypervisor's: past what __get_cpuid lets through.
    __cpuid(0x40000000, eax, ebx, ecx, edx);
    store(processor->hypervisor, (const uint32_t[]){ebx, ecx, edx}, 3);
    const uint32_t last = eax;
    if (last < 0x40000010 || last > 0x400000ff || processor->counter_kilohertz != 0) return;
    __cpuid(0x40000010, eax, ebx, ecx, edx);
    processor->counter_kilohertz = eax;
}

void ts_processor_read(struct ts_processor *processor) {
    memset(processor, 0, sizeof *processor);
    read_basic(processor);
    read_extended(processor);
    read_hypervisor(processor);
}

#elif defined(__aarch64__)

#include <asm/hwcap.h>
#include <stdio.h>
#include <sys/auxv.h>

void ts_processor_read(struct ts_processor *processor) {
    memset(processor, 0, sizeof *processor);
    strcpy(processor->vendor, "ARM64");
    processor->has_crc32 = getauxval(AT_HWCAP) & HWCAP_CRC32;
    processor->counter_is_invariant = true;
    uint64_t hertz;
    __asm__("mrs %0, cntfrq_el0" : "=r"(hertz));
    processor->counter_kilohertz = hertz / 1000;
    FILE *file = fopen("/sys/devices/system/cpu/cpu0/regs/identification/midr_el1", "re");
    if (!file) return;
    unsigned long long midr = 0;
    if (fscanf(file, "%llx", &midr) == 1) {
        processor->family = midr >> 24 & 0xff;
        processor->model = midr >> 4 & 0xfff;
        processor->stepping = midr & 0xf;
    }
    fclose(file);
}

#endif
