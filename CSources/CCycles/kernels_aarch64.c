#if defined(__aarch64__)

#include "kernels.h"
#include "stamps.h"

// Copies of instructions in a loop, one hundred in all; the loop's own two run beside a chain, not in it.
#define UNROLLED(copies, instructions)                                                                                \
    ".balign 64\n1:\n\t.rept " copies "\n\t" instructions "\n\t.endr\n\tsubs %[hundreds], %[hundreds], #1\n\tb.ne 1b"

#define MEASURE(hundreds, copies, instructions, outputs, inputs, ...)                                                 \
    do {                                                                                                               \
        if (hundreds == 0) return 0;                                                                                   \
        uint32_t processor;                                                                                            \
        const uint64_t start = ts_ticks_start();                                                                       \
        __asm__ volatile(UNROLLED(copies, instructions)                                                                \
                         : [hundreds] "+r"(hundreds) outputs                                                           \
                         : inputs                                                                                      \
                         : "cc" __VA_ARGS__);                                                                          \
        return ts_ticks_stop(&processor) - start;                                                                      \
    } while (0)

#define AND ,

uint64_t ts_chain_add(uint64_t hundreds) {
    uint64_t value = 1;
    MEASURE(hundreds, "100", "add %[value], %[value], %[value]", AND[value] "+r"(value), );
}

uint64_t ts_kernel_independent_add(uint64_t hundreds) {
    const uint64_t one = 1;
    MEASURE(
        hundreds, "10",
        "add x2, x2, %[one]\n\tadd x3, x3, %[one]\n\tadd x4, x4, %[one]\n\tadd x5, x5, %[one]\n\t"
        "add x6, x6, %[one]\n\tadd x7, x7, %[one]\n\tadd x8, x8, %[one]\n\tadd x9, x9, %[one]\n\t"
        "add x10, x10, %[one]\n\tadd x11, x11, %[one]",
        , [one] "r"(one), AND "x2", "x3", "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11");
}

uint64_t ts_kernel_imul(uint64_t hundreds) {
    uint64_t value = 3;
    MEASURE(hundreds, "100", "mul %[value], %[value], %[value]", AND[value] "+r"(value), );
}

uint64_t ts_kernel_mulsd(uint64_t hundreds) {
    double value = 1;
    const double factor = 1;
    MEASURE(hundreds, "100", "fmul %d[value], %d[value], %d[factor]", AND[value] "+&w"(value), [factor] "w"(factor));
}

uint64_t ts_kernel_addsd(uint64_t hundreds) {
    double value = 1;
    const double summand = 0;
    MEASURE(hundreds, "100", "fadd %d[value], %d[value], %d[summand]", AND[value] "+&w"(value), [summand] "w"(summand));
}

uint64_t ts_kernel_ror(uint64_t hundreds) {
    uint64_t value = 0x0123456789abcdef;
    MEASURE(hundreds, "100", "ror %[value], %[value], #1", AND[value] "+r"(value), );
}

uint64_t ts_kernel_chase(uint64_t hundreds) {
    void *pointer = &pointer;
    void *value = pointer;
    MEASURE(hundreds, "100", "ldr %[value], [%[value]]", AND[value] "+r"(value), "m"(pointer));
}

uint64_t ts_kernel_popcnt(uint64_t hundreds) {
    (void)hundreds;
    return 0;
}

uint64_t ts_kernel_crc32(uint64_t hundreds) {
    uint64_t value = 1;
    const uint64_t data = 2;
    MEASURE(hundreds, "100", ".arch_extension crc\n\tcrc32cx %w[value], %w[value], %[data]", AND[value] "+r"(value), [data] "r"(data));
}

uint64_t ts_kernel_empty_loop(uint64_t hundreds) {
    if (hundreds == 0) return 0;
    uint64_t rounds = hundreds * 100;
    uint32_t processor;
    const uint64_t start = ts_ticks_start();
    __asm__ volatile(".balign 64\n1:\tsubs %0, %0, #1\n\tb.ne 1b" : "+r"(rounds) : : "cc");
    return ts_ticks_stop(&processor) - start;
}

#else
typedef int ts_another_architecture;
#endif
