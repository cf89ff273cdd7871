// Benchmarks of C and C++ code, for `tickscope bench`. Link with -ltickscope-bench.
//
//     #include <tickscope/bench.h>
//
//     static void parse(ts_measurement *run, void *context) {
//         const char *text = "101.25";                       // setup: not measured
//         TS_MEASURE(run, ts_keep_word(parse_price(text)));  // the operation, measured as often as it takes
//     }
//
//     int main(int argc, char **argv) {
//         const ts_benchmark benchmarks[] = {{.name = "parse price", .run = parse}};
//         return ts_bench_main(argc, argv, benchmarks, 1);
//     }
//
// The operation is compiled into the measuring loops (fourteen times: keep it a call where it is long). What it computes
// must be kept, or the compiler leaves it out: `ts_keep_word`, `ts_keep_double`, `ts_keep_pointer`. A benchmark calls
// TS_MEASURE (in C++ `tickscope::measure`) once, on the thread on which it was called.
#ifndef TICKSCOPE_BENCH_H
#define TICKSCOPE_BENCH_H

#include <stddef.h>
#include <stdint.h>

#include "../CCycles/CCycles.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct ts_measurement ts_measurement;

enum ts_bench_mode {
    TS_BENCH_THROUGHPUT = 0,  // what one of many operations costs
    TS_BENCH_LATENCY = 1,     // how long each operation takes, and why
};

// One benchmark. What is zero or null is left to the tool.
typedef struct ts_benchmark {
    const char *name;
    void (*run)(ts_measurement *measurement, void *context);
    void *context;
    const char *argument;  // runs of one name with several arguments; numbers are sizes
    enum ts_bench_mode mode;
    const char *unit;  // what an operation handles, in the plural: "messages", "bytes"
    double units_per_operation;
    int64_t iterations;
    int64_t warm_up_iterations;
} ts_benchmark;

// Does what the process was started for: measures, lists, or runs each benchmark once. Does not return where the tool
// started it. Returns a process's exit status.
int ts_bench_main(int argc, char **argv, const ts_benchmark *benchmarks, size_t count);

// What the measuring loops call. Not for benchmarks.
int ts_measurement_begin(ts_measurement *measurement);
int ts_measurement_next(ts_measurement *measurement, ts_assignment *assignment);
void ts_measurement_finish(ts_measurement *measurement, uint64_t ticks);
void ts_measurement_prepare(ts_measurement *measurement, uint64_t index);
void ts_measurement_ended(
    ts_measurement *measurement, uint64_t index, uint64_t stop, uint32_t hits, int processor_changed);

#ifdef __cplusplus
}
#endif

#define TS_BENCH_FOUR(...) \
    { __VA_ARGS__; }       \
    { __VA_ARGS__; }       \
    { __VA_ARGS__; }       \
    { __VA_ARGS__; }

// Measures a statement. May be used once in a benchmark.
#define TS_MEASURE(measurement, ...)                                                                                   \
    do {                                                                                                               \
        ts_assignment ts_now;                                                                                          \
        if (!ts_measurement_begin(measurement)) break;                                                                 \
        while (ts_measurement_next((measurement), &ts_now)) {                                                          \
            uint32_t ts_before, ts_after = 0;                                                                          \
            uint64_t ts_rounds = ts_now.rounds, ts_start = 0, ts_stop = 0;                                             \
            switch (ts_now.kind) {                                                                                     \
                case TS_ASSIGNMENT_SINGLE:                                                                             \
                    ts_start = ts_ticks_start();                                                                       \
                    for (; ts_rounds > 0; ts_rounds--) { TS_BENCH_FOUR(__VA_ARGS__) }                                  \
                    ts_stop = ts_ticks_stop(&ts_after);                                                                \
                    break;                                                                                             \
                case TS_ASSIGNMENT_TWICE:                                                                              \
                    ts_start = ts_ticks_start();                                                                       \
                    for (; ts_rounds > 0; ts_rounds--) { TS_BENCH_FOUR(__VA_ARGS__) TS_BENCH_FOUR(__VA_ARGS__) }       \
                    ts_stop = ts_ticks_stop(&ts_after);                                                                \
                    break;                                                                                             \
                case TS_ASSIGNMENT_PLAIN:                                                                              \
                    ts_start = ts_ticks_start();                                                                       \
                    for (; ts_rounds > 0; ts_rounds--) { __VA_ARGS__; }                                                \
                    ts_stop = ts_ticks_stop(&ts_after);                                                                \
                    break;                                                                                             \
                case TS_ASSIGNMENT_STAMPED:                                                                            \
                    (void)ts_ticks_stop(&ts_before);                                                                   \
                    for (uint64_t ts_index = 0; ts_index < ts_rounds; ts_index++) {                                    \
                        if (ts_now.flags & TS_STAMPED_PREPARES) ts_measurement_prepare((measurement), ts_index);       \
                        ts_start = ts_ticks_start();                                                                   \
                        { __VA_ARGS__; }                                                                               \
                        ts_stop = ts_ticks_stop(&ts_after);                                                            \
                        uint32_t ts_hits = ts_probe_hits();                                                            \
                        ts_now.operations[ts_index].ticks = ts_clamped_ticks(ts_stop - ts_start);                      \
                        ts_now.operations[ts_index].start = (uint32_t)((ts_start - ts_now.origin) >> 10);              \
                        if (ts_hits != 0 || ts_after != ts_before || ts_now.flags != 0) {                              \
                            ts_measurement_ended((measurement), ts_index, ts_stop, ts_hits, ts_after != ts_before);    \
                            ts_before = ts_after;                                                                      \
                        }                                                                                              \
                    }                                                                                                  \
                    ts_start = ts_stop;                                                                                \
                    break;                                                                                             \
                case TS_ASSIGNMENT_STEPPED:                                                                            \
                    if (ts_step_prepare(ts_now.step) == 0) {                                                           \
                        ts_step_on();                                                                                  \
                        { __VA_ARGS__; }                                                                               \
                        ts_step_off();                                                                                 \
                        ts_step_finish(ts_now.step);                                                                   \
                    }                                                                                                  \
                    break;                                                                                             \
                default: break;                                                                                        \
            }                                                                                                          \
            ts_measurement_finish((measurement), ts_stop - ts_start);                                                  \
        }                                                                                                              \
    } while (0)

#ifdef __cplusplus
namespace tickscope {

// Keeps any value.
template <typename Value>
inline void keep(const Value &value) {
    ts_keep_pointer(&value);
}

// Measures an operation, a callable without arguments.
template <typename Operation>
inline void measure(ts_measurement *measurement, Operation &&operation) {
    TS_MEASURE(measurement, operation());
}

}  // namespace tickscope
#endif

#endif
