// Benchmarks in C whose results are known: the public header from a C compiler.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tickscope/bench.h>

// Appends a line to the file that the test reads.
static void note(const char *line) {
    const char *path = getenv("HEADER_TEST_LOG");
    FILE *file = path ? fopen(path, "a") : NULL;
    if (!file) return;
    fprintf(file, "%s\n", line);
    fclose(file);
}

static inline uint64_t multiplied(uint64_t value, uint64_t factor) {
    // Not for the compiler to reckon with.
    __asm__("imulq %1, %0" : "+r"(value) : "r"(factor));
    return value;
}

// A chain of dependent multiplications, as many as the context says.
static void imul_one(ts_measurement *run, void *context) {
    (void)context;
    uint64_t value = 3, factor = 7;
    TS_MEASURE(run, value = multiplied(value, factor));
    ts_keep_word(value);
}

static void imul_three(ts_measurement *run, void *context) {
    uint64_t value = 3, factor = *(const uint64_t *)context;
    TS_MEASURE(run, value = multiplied(multiplied(multiplied(value, factor), factor), factor));
    ts_keep_word(value);
}

static void empty(ts_measurement *run, void *context) {
    (void)context;
    note("setup");
    TS_MEASURE(run, );
    note("teardown");
}

static int ascending(const void *a, const void *b) {
    const int x = *(const int *)a, y = *(const int *)b;
    return (x > y) - (x < y);
}

static void sorted(ts_measurement *run, void *context) {
    (void)context;
    int numbers[8];
    TS_MEASURE(run, {
        memcpy(numbers, (const int[]){5, 2, 8, 1, 9, 3, 7, 4}, sizeof numbers);
        qsort(numbers, 8, sizeof numbers[0], ascending);
        ts_keep_pointer(numbers);
    });
    if (numbers[0] != 1 || numbers[7] != 9) abort();
}

int main(int argc, char **argv) {
    static const uint64_t factor = 7;
    const ts_benchmark benchmarks[] = {
        {.name = "imul", .argument = "1", .run = imul_one},
        {.name = "imul", .argument = "3", .run = imul_three, .context = (void *)&factor},
        {.name = "empty", .run = empty, .warm_up_iterations = 1000},
        {.name = "sorted",
         .run = sorted,
         .mode = TS_BENCH_LATENCY,
         .unit = "numbers",
         .units_per_operation = 8,
         .iterations = 2000},
    };
    return ts_bench_main(argc, argv, benchmarks, sizeof benchmarks / sizeof benchmarks[0]);
}
