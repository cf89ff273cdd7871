// Executing a region of the calling thread one instruction at a time, and noting each: the trap flag of x86-64 and a
// SIGTRAP handler in this process. Microseconds an instruction, exact.
//
// What is counted is what is executed between the sequences of ts_step_on and ts_step_off, of which the processor traps
// 1 + 4 instructions that are left out. A repeated string instruction counts once an iteration, and an instruction after
// one that loads SS is not seen: it executes with it. Signal handlers and other threads are not stepped.
//
//     struct ts_step step = {.maximum_instructions = 1000000, .maximum_nanoseconds = 10000000000};
//     if (ts_step_prepare(&step) == 0) {
//         ts_step_on();
//         work();
//         ts_step_off();
//         ts_step_finish(&step);
//     }
#ifndef TICKSCOPE_CCYCLES_STEPPING_H
#define TICKSCOPE_CCYCLES_STEPPING_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum ts_step_state {
    TS_STEP_IDLE = 0,
    TS_STEP_RUNNING,
    // The region ended, and every instruction of it is counted.
    TS_STEP_COMPLETE,
    // Stepping ended at a limit; the rest of the region runs at full speed.
    TS_STEP_TOO_MANY,
    TS_STEP_TOO_LONG,
    // The region was left without ts_step_off: by longjmp, an exception, the thread's end, execve; it changed stacks; or another was
    // prepared in it.
    TS_STEP_LEFT,
    // The region set a handler for SIGTRAP.
    TS_STEP_SIGNAL_TAKEN,
};

struct ts_step {
    // What is noted of the first `capacity` instructions, in the order of execution: where it lies, and the stack pointer
    // before it executes. Either may be null.
    uint64_t *addresses, *stack_pointers;
    uint64_t capacity;
    // Stepping ends, and the region goes on, when it has more instructions or takes longer.
    uint64_t maximum_instructions, maximum_nanoseconds;

    // Results.
    uint64_t count;
    enum ts_step_state state;

    // Private.
    uint64_t stack_limit, deadline, after_system_call;
    int32_t thread;
    uint32_t trap_was_blocked;
};

// Sets the SIGTRAP handler and unblocks SIGTRAP for the calling thread. To be called by the function that calls
// ts_step_on and ts_step_off: the region is left when that has returned, which its frame pointer tells, or without one
// a stack 64 KiB shorter. `step` and its arrays must outlive the region however it is left. A region of this thread that
// has not ended, around this call or abandoned, is TS_STEP_LEFT from now on. Returns 0 or an errno: ENOSYS where the
// processor cannot step itself.
int ts_step_prepare(struct ts_step *step);

// Puts SIGTRAP's handler and mask back.
void ts_step_finish(struct ts_step *step);

// Steps through 3 × `rounds` instructions, for which the count is known. Returns what ts_step_prepare does.
int ts_step_known_loop(struct ts_step *step, uint64_t rounds);

#if defined(__x86_64__)

// Both keep clear of the red zone. The no-operation behind the last tells the handler that the flag was cleared here.
#define TS_STEP_ON                                                                                                     \
    "leaq -128(%%rsp), %%rsp\n\tpushfq\n\torq $0x100, (%%rsp)\n\tpopfq\n\tleaq 128(%%rsp), %%rsp\n\t"
#define TS_STEP_OFF                                                                                                    \
    "leaq -128(%%rsp), %%rsp\n\tpushfq\n\tandq $-0x101, (%%rsp)\n\tpopfq\n\tnopl 0x54535046(%%rax)\n\t"               \
    "leaq 128(%%rsp), %%rsp\n\t"

static inline void ts_step_on(void) { __asm__ volatile(TS_STEP_ON : : : "cc", "memory"); }
static inline void ts_step_off(void) { __asm__ volatile(TS_STEP_OFF : : : "cc", "memory"); }

#else

static inline void ts_step_on(void) {}
static inline void ts_step_off(void) {}

#endif

#ifdef __cplusplus
}
#endif
#endif
