#include "interruptions.h"

#include <linux/rseq.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <time.h>

// Weak: a C library older than glibc 2.35 has neither.
extern const ptrdiff_t __rseq_offset __attribute__((weak));
extern const unsigned int __rseq_size __attribute__((weak));

ptrdiff_t ts_rseq_section_offset = 0;

__attribute__((constructor)) static void find_rseq_area(void) {
    if (&__rseq_offset == NULL || &__rseq_size == NULL || __rseq_size == 0) return;
    ts_rseq_section_offset = __rseq_offset + (ptrdiff_t)offsetof(struct rseq, rseq_cs);
}

// The section of one byte that is never executed, and the abort handler that the kernel checks but never jumps to: the
// signature in front of it must be the one that glibc registers the area with (RSEQ_SIG of its sys/rseq.h).
__asm__(
    ".pushsection .text.ts_inert, \"ax\", %progbits\n"
    ".balign 16\n"
    ".hidden ts_inert_start\n"
    ".globl ts_inert_start\n"
    "ts_inert_start:\n"
#if defined(__x86_64__)
    "    ud2\n"
#else
    "    udf #0\n"
#endif
    ".balign 16\n"
#if defined(__x86_64__)
    "    .long 0x53053053\n"
#else
    "    .long 0xd428bc00\n"
#endif
    ".hidden ts_inert_abort\n"
    ".globl ts_inert_abort\n"
    "ts_inert_abort:\n"
#if defined(__x86_64__)
    "    ud2\n"
#else
    "    udf #0\n"
#endif
    ".popsection\n");

extern const char ts_inert_start[], ts_inert_abort[];

_Static_assert(sizeof(struct ts_inert_section) == sizeof(struct rseq_cs), "the kernel's structure");
_Static_assert(offsetof(struct ts_inert_section, start) == offsetof(struct rseq_cs, start_ip), "the kernel's structure");
_Static_assert(
    offsetof(struct ts_inert_section, abort) == offsetof(struct rseq_cs, abort_ip), "the kernel's structure");
const struct ts_inert_section ts_inert_section = {
    .start = (uint64_t)(uintptr_t)ts_inert_start,
    .length = 1,
    .abort = (uint64_t)(uintptr_t)ts_inert_abort,
};

void ts_thread_usage_read(struct ts_thread_usage *usage) {
    struct rusage now;
    if (getrusage(RUSAGE_THREAD, &now) != 0) return;
    usage->minor_faults = (uint64_t)now.ru_minflt;
    usage->major_faults = (uint64_t)now.ru_majflt;
    usage->voluntary_switches = (uint64_t)now.ru_nvcsw;
    usage->involuntary_switches = (uint64_t)now.ru_nivcsw;
}

// Signals of crashes: handled by whoever prints backtraces, and no measurement goes on after them.
static bool is_crash(int number) {
    switch (number) {
    case SIGQUIT:
    case SIGSEGV: case SIGBUS: case SIGFPE: case SIGILL: case SIGTRAP: case SIGSYS: case SIGABRT: return true;
    default: return false;
    }
}

bool ts_signals_can_arrive(void) {
    sigset_t blocked;
    if (pthread_sigmask(SIG_BLOCK, NULL, &blocked) != 0) return true;
    for (int number = 1; number <= SIGRTMAX; number++) {
        struct sigaction action;
        // The C library hides its own two from sigaction.
        if (is_crash(number) || sigismember(&blocked, number) || sigaction(number, NULL, &action) != 0) continue;
        if (action.sa_handler != SIG_DFL && action.sa_handler != SIG_IGN) return true;
    }
    return false;
}

bool ts_inject_page_fault(void) {
    const size_t bytes = 4096;
    volatile char *page = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED) return false;
    *page = 1;
    return munmap((void *)page, bytes) == 0;
}

bool ts_inject_sleep(void) {
    const struct timespec pause = {.tv_nsec = 20000};
    return nanosleep(&pause, NULL) == 0;
}
