// Benchmarks in C++ whose results are known: the public header from a C++ compiler.
#include <tickscope/bench.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

namespace {

inline std::uint64_t multiplied(std::uint64_t value, std::uint64_t factor) {
    __asm__("imulq %1, %0" : "+r"(value) : "r"(factor));
    return value;
}

template <int count>
void imul(ts_measurement *run, void *) {
    std::uint64_t value = 3, factor = 7;
    tickscope::measure(run, [&] {
        for (int i = 0; i < count; i++) value = multiplied(value, factor);
    });
    tickscope::keep(value);
}

void empty(ts_measurement *run, void *) {
    tickscope::measure(run, [] {});
}

void sorted(ts_measurement *run, void *) {
    std::array<int, 8> numbers{};
    tickscope::measure(run, [&] {
        numbers = {5, 2, 8, 1, 9, 3, 7, 4};
        std::sort(numbers.begin(), numbers.end());
        tickscope::keep(numbers);
    });
}

ts_benchmark named(const char *name, const char *argument, void (*run)(ts_measurement *, void *)) {
    ts_benchmark benchmark{};
    benchmark.name = name;
    benchmark.argument = argument;
    benchmark.run = run;
    return benchmark;
}

}  // namespace

int main(int argc, char **argv) {
    std::vector<ts_benchmark> benchmarks = {
        named("imul", "1", imul<1>),
        named("imul", "3", imul<3>),
        named("empty", nullptr, empty),
        named("sorted", nullptr, sorted),
    };
    benchmarks[3].mode = TS_BENCH_LATENCY;
    benchmarks[3].unit = "numbers";
    benchmarks[3].units_per_operation = 8;
    benchmarks[3].iterations = 2000;
    return ts_bench_main(argc, argv, benchmarks.data(), benchmarks.size());
}
