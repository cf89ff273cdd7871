// The operations of Benchmarks/KnownAnswers for google/benchmark: the same loops, the same barriers.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <numeric>
#include <vector>

static inline uint64_t hidden(uint64_t value) {
    asm volatile("" : "+r"(value));
    return value;
}

static void empty(benchmark::State &state) {
    for (auto _ : state) benchmark::ClobberMemory();
}
BENCHMARK(empty);

static void add(benchmark::State &state) {
    uint64_t value = hidden(3);
    const uint64_t addend = hidden(5);
    for (auto _ : state) value = hidden(value + addend);
    benchmark::DoNotOptimize(value);
}
BENCHMARK(add);

static void imul(benchmark::State &state) {
    uint64_t value = hidden(3);
    const int64_t count = state.range(0);
    for (auto _ : state) {
        for (int64_t i = 0; i < count; i++) value = hidden(value * UINT64_C(0x9E3779B97F4A7C15));
    }
    benchmark::DoNotOptimize(value);
}
BENCHMARK(imul)->Arg(1)->Arg(10)->Arg(80);

// Two thousand multiplications, and as many thousandths more as the environment says.
static void work(benchmark::State &state) {
    const char *more = getenv("KNOWN_ANSWERS_MORE");
    const int64_t count = 2000 + (more ? atoi(more) : 0) * 2;
    uint64_t value = hidden(3);
    for (auto _ : state) {
        for (int64_t i = 0; i < count; i++) value = hidden(value * UINT64_C(0x9E3779B97F4A7C15));
    }
    benchmark::DoNotOptimize(value);
}
BENCHMARK(work);

static void allocate(benchmark::State &state) {
    for (auto _ : state) {
        void *memory = malloc(64);
        benchmark::DoNotOptimize(memory);
        free(memory);
    }
}
BENCHMARK(allocate);

static void sum(benchmark::State &state) {
    std::vector<double> numbers(static_cast<size_t>(state.range(0)));
    std::iota(numbers.begin(), numbers.end(), 0.0);
    for (auto _ : state) benchmark::DoNotOptimize(std::accumulate(numbers.begin(), numbers.end(), 0.0));
}
BENCHMARK(sum)->Arg(1024);

BENCHMARK_MAIN();
