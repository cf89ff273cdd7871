/* The work that every fixture does: CPU time split 75/25 between two leaf functions under 20 recursive frames.
 *
 *     split_heavy  75 %  ┐
 *     split_light  25 %  ┴─ split_rounds ← descend × 20 ← run_split ← the fixture
 *
 * Both leaves run the same loop, a chain of dependent multiplications, so an iteration costs the same in both
 * whatever their alignment; the heavy one runs three times as many. The length of a round is pseudo-random, so
 * that no sampling frequency can beat with it. Nothing here may be inlined, cloned or turned into a tail call.
 *
 * A fixture prints `ready PID` on standard output when it may be attached to, and runs until SIGTERM or for the
 * number of seconds in its first argument. A file that compiles as C and as C++.
 */
#ifndef FIXTURE_SPLIT_H
#define FIXTURE_SPLIT_H

#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#if defined(__clang__)
#define OPAQUE __attribute__((noinline))
#else
#define OPAQUE __attribute__((noipa))
#endif

#ifdef __cplusplus
extern "C" {
#endif

enum { SPLIT_DEPTH = 20 };

static volatile sig_atomic_t split_stop;
static volatile uint64_t split_sink;

/* One dependent multiplication an iteration. */
#define SPLIT_LOOP(iterations)                        \
    uint64_t value = split_sink | 1;                  \
    for (uint64_t left = (iterations); left; left--) { \
        value *= 0x9E3779B97F4A7C15u;                 \
        __asm__ volatile("" : "+r"(value));           \
    }                                                 \
    split_sink = value

/* Another number makes a build whose heavy function costs more, or less. */
#ifndef SPLIT_HEAVY
#define SPLIT_HEAVY 3
#endif

OPAQUE void split_heavy(uint64_t unit) { SPLIT_LOOP(SPLIT_HEAVY * unit); }
OPAQUE void split_light(uint64_t unit) { SPLIT_LOOP(unit); }

static inline double split_now(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

OPAQUE void split_rounds(double seconds) {
    double end = split_now() + seconds;
    uint32_t random = (uint32_t)(end * 1e9); /* another sequence each time, or short threads beat with their timers */
    do {
        for (int round = 0; round < 8; round++) {
            random = random * 1664525u + 1013904223u;
            uint64_t unit = 2000 + (random >> 20);
            split_heavy(unit);
            split_light(unit);
        }
    } while (!split_stop && split_now() < end);
    split_sink++;
}

OPAQUE void descend(int depth, double seconds) {
    if (depth > 1)
        descend(depth - 1, seconds);
    else
        split_rounds(seconds);
    split_sink++; /* work after the call: no tail call, and no turning the recursion into a loop */
}

/* Does the split for `seconds`, or until split_stop. */
OPAQUE void run_split(double seconds) {
    descend(SPLIT_DEPTH, seconds);
    split_sink++;
}

static void split_on_stop(int signal) {
    (void)signal;
    split_stop = 1;
}

/* SIGTERM and SIGINT end the fixture in an orderly way. */
static inline void split_stop_on_signals(void) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = split_on_stop;
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
}

/* Number `index` of the arguments, or `fallback` when it is missing. */
static inline double split_argument(int argc, char **argv, int index, double fallback) {
    return index < argc ? atof(argv[index]) : fallback;
}

static inline void split_ready(void) {
    printf("ready %d\n", (int)getpid());
    fflush(stdout);
}

static inline void split_sleep(double seconds) {
    struct timespec left = {(time_t)seconds, (long)((seconds - (double)(time_t)seconds) * 1e9)};
    while (nanosleep(&left, &left) < 0 && !split_stop) {}
}

#ifdef __cplusplus
}
#endif
#endif
