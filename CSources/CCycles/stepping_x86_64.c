#if defined(__x86_64__)

#include "stepping.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

#define TRAP_FLAG 0x100

// Instructions of TS_STEP_OFF that trap before the one that clears the flag has executed.
enum { OFF_INSTRUCTIONS = 4 };

// Not allocated on first use, which is in a signal handler on threads that were never stepped.
static _Thread_local __attribute__((tls_model("initial-exec"))) struct ts_step *current;

static atomic_flag lock = ATOMIC_FLAG_INIT;
static unsigned users;
static struct sigaction previous;
// A stepped thread made a thread or a process, which starts with its maker's flags.
static atomic_bool flag_was_inherited;

static void on_trap(int number, siginfo_t *info, void *context);

// Held for a few instructions, and never by a thread that is being stepped: the handler may wait for it.
static void acquire(void) {
    while (atomic_flag_test_and_set_explicit(&lock, memory_order_acquire)) __builtin_ia32_pause();
}

static void release(void) { atomic_flag_clear_explicit(&lock, memory_order_release); }

static int add_user(void) {
    int error = 0;
    acquire();
    if (users == 0) {
        struct sigaction action = {.sa_sigaction = on_trap, .sa_flags = SA_SIGINFO | SA_RESTART};
        sigfillset(&action.sa_mask);
        if (sigaction(SIGTRAP, &action, &previous) != 0) error = errno;
    }
    if (error == 0) users++;
    release();
    return error;
}

static void remove_user(void) {
    acquire();
    struct sigaction now;
    if (--users == 0 && sigaction(SIGTRAP, NULL, &now) == 0 && (now.sa_flags & SA_SIGINFO)
        && now.sa_sigaction == on_trap)
        sigaction(SIGTRAP, &previous, NULL);
    release();
}

static uint64_t now_nanoseconds(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

// What a SIGTRAP that is not ours would have done without us.
static void chain(int number, siginfo_t *info, void *context) {
    if (previous.sa_flags & SA_SIGINFO) {
        previous.sa_sigaction(number, info, context);
    } else if (previous.sa_handler == SIG_DFL) {
        struct sigaction action = {.sa_handler = SIG_DFL};
        sigaction(SIGTRAP, &action, NULL);
        syscall(SYS_tgkill, getpid(), (pid_t)syscall(SYS_gettid), SIGTRAP);
    } else if (previous.sa_handler != SIG_IGN) {
        previous.sa_handler(number);
    }
}

// The first eight bytes of a ucontext's mask are the kernel's; what follows is not part of the frame.
static uint64_t mask_of(const ucontext_t *context) {
    uint64_t mask;
    memcpy(&mask, &context->uc_sigmask, sizeof mask);
    return mask;
}

static void set_mask(ucontext_t *context, uint64_t mask) { memcpy(&context->uc_sigmask, &mask, sizeof mask); }

static const uint64_t trap_bit = 1ull << (SIGTRAP - 1);

// Ends stepping; the thread goes on at full speed. `leaves`: nobody will call ts_step_finish.
static void stop(struct ts_step *step, ucontext_t *context, enum ts_step_state state, bool leaves) {
    context->uc_mcontext.gregs[REG_EFL] &= ~(greg_t)TRAP_FLAG;
    step->state = state;
    current = NULL;
    if (!leaves) return;
    if (step->trap_was_blocked) set_mask(context, mask_of(context) | trap_bit);
    remove_user();
}

static void note(struct ts_step *step, uint64_t address, uint64_t stack_pointer) {
    if (step->count < step->capacity) {
        if (step->addresses) step->addresses[step->count] = address;
        if (step->stack_pointers) step->stack_pointers[step->count] = stack_pointer;
    }
    step->count++;
}

// Reads no more of the instruction than it has bytes: behind it the memory may end.
static bool is_system_call(const volatile uint8_t *code) {
    return (code[0] == 0x0f && code[1] == 0x05) || (code[0] == 0xcd && code[1] == 0x80);
}

static bool is_off_marker(const volatile uint8_t *code) {
    static const uint8_t marker[] = {0x0f, 0x1f, 0x80, 0x46, 0x50, 0x53, 0x54};
    for (size_t at = 0; at < sizeof marker; at++)
        if (code[at] != marker[at]) return false;
    return true;
}

static long raw_sigprocmask(greg_t how, greg_t set, greg_t old, greg_t size) {
    const long result = syscall(SYS_rt_sigprocmask, how, set, old, size);
    return result == -1 ? -errno : result;
}

// The kernel kills a process that traps while SIGTRAP is blocked, and the C library blocks every signal here and there:
// the call is made from here, under the mask that the thread has, and SIGTRAP is left out of the outcome.
static void change_mask_for_thread(ucontext_t *context) {
    greg_t *registers = context->uc_mcontext.gregs;
    uint64_t mask = mask_of(context);
    raw_sigprocmask(SIG_SETMASK, (greg_t)(uintptr_t)&mask, 0, sizeof mask);
    const long result =
        raw_sigprocmask(registers[REG_RDI], registers[REG_RSI], registers[REG_RDX], registers[REG_R10]);
    raw_sigprocmask(SIG_BLOCK, 0, (greg_t)(uintptr_t)&mask, sizeof mask);
    set_mask(context, mask & ~trap_bit);
    registers[REG_RAX] = result;
    registers[REG_RIP] += 2;
    registers[REG_RCX] = registers[REG_RIP];
    registers[REG_R11] = registers[REG_EFL];
}

enum call_effect { CALL_GOES_ON, CALL_DONE, CALL_STOPS };

// Deals with a system call that is about to be made.
static enum call_effect prepare_call(struct ts_step *step, ucontext_t *context) {
    const greg_t *registers = context->uc_mcontext.gregs;
    switch (registers[REG_RAX]) {
    case SYS_rt_sigprocmask:
        change_mask_for_thread(context);
        return CALL_DONE;
    case SYS_rt_sigaction:
        if (registers[REG_RDI] != SIGTRAP || registers[REG_RSI] == 0) return CALL_GOES_ON;
        stop(step, context, TS_STEP_SIGNAL_TAKEN, true);
        return CALL_STOPS;
    case SYS_rt_sigreturn: case SYS_execve: case SYS_execveat: case SYS_exit: case SYS_exit_group:
        stop(step, context, TS_STEP_LEFT, true);
        return CALL_STOPS;
    case SYS_clone: case SYS_clone3: case SYS_fork: case SYS_vfork:
        atomic_store(&flag_was_inherited, true);
        return CALL_GOES_ON;
    default: return CALL_GOES_ON;
    }
}

static bool is_over_limit(struct ts_step *step, ucontext_t *context) {
    if (step->count > step->maximum_instructions + OFF_INSTRUCTIONS) {
        stop(step, context, TS_STEP_TOO_MANY, false);
        return true;
    }
    if (step->count % 16 == 0 && now_nanoseconds() > step->deadline) {
        stop(step, context, TS_STEP_TOO_LONG, false);
        return true;
    }
    return false;
}

// The instruction at the context's address is about to execute.
static void on_step(struct ts_step *step, ucontext_t *context) {
    greg_t *registers = context->uc_mcontext.gregs;
    // The return from a system call executes one more instruction before it traps.
    for (; step->after_system_call != 0;) {
        const uint64_t address = step->after_system_call;
        step->after_system_call = is_system_call((const uint8_t *)address) ? address + 2 : 0;
        note(step, address, (uint64_t)registers[REG_RSP]);
    }
    if (!(registers[REG_EFL] & TRAP_FLAG)) {
        if (is_off_marker((const uint8_t *)registers[REG_RIP])) {
            step->count -= OFF_INSTRUCTIONS;
            stop(step, context, TS_STEP_COMPLETE, false);
            return;
        }
        // The region restored flags that it had saved before.
        registers[REG_EFL] |= TRAP_FLAG;
    }
    for (;;) {
        if ((uint64_t)registers[REG_RSP] >= step->stack_limit) {
            stop(step, context, TS_STEP_LEFT, true);
            return;
        }
        note(step, (uint64_t)registers[REG_RIP], (uint64_t)registers[REG_RSP]);
        if (is_over_limit(step, context)) return;
        if (!is_system_call((const uint8_t *)registers[REG_RIP])) return;
        const uint64_t next = (uint64_t)registers[REG_RIP] + 2;
        switch (prepare_call(step, context)) {
        case CALL_GOES_ON: step->after_system_call = next; return;
        case CALL_STOPS: return;
        case CALL_DONE: break;
        }
    }
}

static void on_trap(int number, siginfo_t *info, void *context) {
    const int error = errno;
    struct ts_step *step = current;
    ucontext_t *thread = context;
    if (info->si_code == TRAP_TRACE && step != NULL && step->thread == (int32_t)syscall(SYS_gettid))
        on_step(step, thread);
    else if (info->si_code == TRAP_TRACE && atomic_load(&flag_was_inherited))
        thread->uc_mcontext.gregs[REG_EFL] &= ~(greg_t)TRAP_FLAG;
    else
        chain(number, info, context);
    errno = error;
}

// Where the stack pointer is only after the caller of ts_step_prepare has returned. The frame pointer it had, if it is
// one: any address of its frame or above will do. Else a frame as large as hardly any is.
static uint64_t stack_limit(const uint64_t *frame) {
    const uint64_t stack_pointer = (uint64_t)(uintptr_t)(frame + 2), caller_frame = frame[0];
    const bool is_frame = caller_frame >= stack_pointer && caller_frame - stack_pointer < 1 << 20;
    return is_frame ? caller_frame + 16 : stack_pointer + (1 << 16);
}

// A region of this thread that began and never ended: it was left where the handler could not tell, or this call comes
// from within it. Being stepped ends here either way, and nobody is told of a half-stepped region as if it were whole.
static void abandon(void) {
    struct ts_step *step = current;
    ts_step_off();
    ts_step_finish(step);
    step->state = TS_STEP_LEFT;
}

__attribute__((noinline)) int ts_step_prepare(struct ts_step *step) {
    if (current != NULL) abandon();
    step->count = 0;
    step->after_system_call = 0;
    step->stack_limit = stack_limit(__builtin_frame_address(0));
    step->thread = (int32_t)syscall(SYS_gettid);
    const uint64_t now = now_nanoseconds();
    step->deadline = step->maximum_nanoseconds > UINT64_MAX - now ? UINT64_MAX : now + step->maximum_nanoseconds;
    const int error = add_user();
    if (error != 0) return error;

    sigset_t trap, before;
    sigemptyset(&trap);
    sigaddset(&trap, SIGTRAP);
    pthread_sigmask(SIG_UNBLOCK, &trap, &before);
    step->trap_was_blocked = sigismember(&before, SIGTRAP) == 1;
    step->state = TS_STEP_RUNNING;
    current = step;
    return 0;
}

void ts_step_finish(struct ts_step *step) {
    // What left the region in the handler's eyes was put back there.
    const bool is_put_back = step->state == TS_STEP_LEFT || step->state == TS_STEP_SIGNAL_TAKEN;
    if (step->state == TS_STEP_IDLE || is_put_back) return;
    current = NULL;
    remove_user();
    if (!step->trap_was_blocked) return;
    sigset_t trap;
    sigemptyset(&trap);
    sigaddset(&trap, SIGTRAP);
    pthread_sigmask(SIG_BLOCK, &trap, NULL);
}

int ts_step_known_loop(struct ts_step *step, uint64_t rounds) {
    const int error = ts_step_prepare(step);
    if (error != 0) return error;
    uint64_t sum = 0;
    __asm__ volatile(
        TS_STEP_ON "1:\tadd %[rounds], %[sum]\n\tdec %[rounds]\n\tjnz 1b\n\t" TS_STEP_OFF
        : [rounds] "+r"(rounds), [sum] "+r"(sum)
        :
        : "cc", "memory");
    ts_step_finish(step);
    return 0;
}

#else
typedef int ts_another_architecture;
#endif
