#if defined(__x86_64__)

#include "kernels.h"
#include "stamps.h"

// Copies of instructions in a loop, one hundred in all; the loop's own two run beside a chain, not in it.
#define UNROLLED(copies, instructions)                                                                                \
    ".balign 64\n1:\n\t.rept " copies "\n\t" instructions "\n\t.endr\n\tdec %[hundreds]\n\tjnz 1b"

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
    MEASURE(hundreds, "100", "addq %[value], %[value]", AND[value] "+r"(value), );
}

uint64_t ts_kernel_independent_add(uint64_t hundreds) {
    const uint64_t one = 1;
    MEASURE(
        hundreds, "10",
        "addq %[one], %%rax\n\taddq %[one], %%rcx\n\taddq %[one], %%rdx\n\taddq %[one], %%rsi\n\taddq %[one], %%r8\n\t"
        "addq %[one], %%r9\n\taddq %[one], %%r10\n\taddq %[one], %%r11\n\taddq %[one], %%r12\n\taddq %[one], %%r13",
        , [one] "r"(one), AND "rax", "rcx", "rdx", "rsi", "r8", "r9", "r10", "r11", "r12", "r13");
}

uint64_t ts_kernel_imul(uint64_t hundreds) {
    uint64_t value = 3;
    MEASURE(hundreds, "100", "imulq %[value], %[value]", AND[value] "+r"(value), );
}

uint64_t ts_kernel_mulsd(uint64_t hundreds) {
    double value = 1;
    const double factor = 1;
    MEASURE(hundreds, "100", "mulsd %[factor], %[value]", AND[value] "+&x"(value), [factor] "x"(factor));
}

uint64_t ts_kernel_addsd(uint64_t hundreds) {
    double value = 1;
    const double summand = 0;
    MEASURE(hundreds, "100", "addsd %[summand], %[value]", AND[value] "+&x"(value), [summand] "x"(summand));
}

uint64_t ts_kernel_ror(uint64_t hundreds) {
    uint64_t value = 0x0123456789abcdef;
    MEASURE(hundreds, "100", "rorq $1, %[value]", AND[value] "+r"(value), );
}

uint64_t ts_kernel_chase(uint64_t hundreds) {
    void *pointer = &pointer;
    void *value = pointer;
    MEASURE(hundreds, "100", "movq (%[value]), %[value]", AND[value] "+r"(value), "m"(pointer));
}

uint64_t ts_kernel_popcnt(uint64_t hundreds) {
    uint64_t value = UINT64_MAX;
    MEASURE(hundreds, "100", "popcntq %[value], %[value]", AND[value] "+r"(value), );
}

uint64_t ts_kernel_crc32(uint64_t hundreds) {
    uint64_t value = 1;
    const uint64_t data = 2;
    MEASURE(hundreds, "100", "crc32q %[data], %[value]", AND[value] "+r"(value), [data] "r"(data));
}

uint64_t ts_kernel_empty_loop(uint64_t hundreds) {
    if (hundreds == 0) return 0;
    uint64_t rounds = hundreds * 100;
    uint32_t processor;
    const uint64_t start = ts_ticks_start();
    __asm__ volatile(".balign 64\n1:\tdec %0\n\tjnz 1b" : "+r"(rounds) : : "cc");
    return ts_ticks_stop(&processor) - start;
}

#else
typedef int ts_another_architecture;
#endif
