// Calls, jumps and unwinding in known ways, each an exported function to be stepped through. Built as a library whose
// functions of others are bound when they are first called.
#include <csetjmp>
#include <cstdlib>
#include <cstring>

#define NOINLINE __attribute__((noinline))
// Hidden: called directly, not through a stub.
#define INNER NOINLINE __attribute__((visibility("hidden")))

static volatile unsigned sink;

extern "C" {

INNER unsigned leaf(unsigned value) {
    sink = value;
    return value * 3 + 1;
}
INNER unsigned middle(unsigned value) { return leaf(value) + leaf(value + 1); }
unsigned nested(unsigned value) { return middle(value) * 5 + leaf(value); }

INNER unsigned descend(unsigned levels) {
    sink = levels;
    return levels == 0 ? 1 : descend(levels - 1) + sink;
}
unsigned recursive(unsigned levels) { return descend(levels) + 1; }

// Ends in a jump to `leaf`, which returns to the caller of `forwarding`.
INNER unsigned forwarding(unsigned value) {
    sink = value;
    return leaf(value + 1);
}
unsigned tail_calls(unsigned value) { return forwarding(value) * 3 + forwarding(value + 2); }

// Two functions that jump to each other: the stack does not grow.
INNER unsigned ping(unsigned value);
INNER unsigned pong(unsigned value) {
    sink = value;
    return value == 0 ? 0 : ping(value - 1);
}
INNER unsigned ping(unsigned value) {
    sink = value;
    return value == 0 ? 1 : pong(value - 1);
}
unsigned ping_pong(unsigned value) { return ping(value) + 1; }

// The first call of strlen goes through the dynamic linker, which asks an indirect function for the best one.
unsigned lazily_bound(const char *text) { return (unsigned)strlen(text) + leaf(1); }
unsigned bound_absolute(int value) { return (unsigned)abs(value) + (unsigned)labs(value) + leaf(2); }

static jmp_buf target;
INNER void jump_far(unsigned levels) {
    sink = levels;
    if (levels == 0) longjmp(target, 1);
    if (levels < 1000) jump_far(levels - 1);
    sink = 0;
}
unsigned long_jump(unsigned levels) {
    if (setjmp(target) == 0) jump_far(levels);
    return leaf(levels);
}

struct Cleanup {
    INNER ~Cleanup() { sink = sink + 1; }
};
INNER unsigned throwing(unsigned levels) {
    Cleanup cleanup;
    if (levels == 0) throw 7;
    return throwing(levels - 1) + sink;
}
unsigned catching(unsigned levels) {
    unsigned result = 0;
    try {
        result = throwing(levels);
    } catch (int value) { result = (unsigned)value; }
    return leaf(result);
}

// Plain integer code, the same in every instruction for whoever counts.
INNER unsigned mix(unsigned value) { return (value ^ value >> 7) * 2654435761u; }
INNER unsigned collatz(unsigned value) {
    unsigned steps = 0;
    for (; value != 1; steps++) value = value % 2 == 0 ? value / 2 : value * 3 + (mix(value) | 1) % 2;
    return steps;
}
unsigned integer_work(unsigned rounds) {
    unsigned sum = 0;
    for (unsigned round = 0; round < rounds; round++) sum += collatz(round % 97 + 2) ^ mix(round);
    return sum;
}
}

#ifdef WITH_MAIN
int main(int argc, char **argv) {
    sink = integer_work(argc > 1 ? (unsigned)atoi(argv[1]) : 50);
    return 0;
}
#endif
