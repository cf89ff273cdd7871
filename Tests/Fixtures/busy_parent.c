/* busy_parent SECONDS
 *
 * Proves that who asked for no children gets none, also when the parent's captures change: the parent works, starts a
 * child on SIGUSR1 that works as well, and then goes on below 30 KiB of stack, which smaller captures do not hold.
 */
#include "split.h"

enum { DEEP_LEVELS = 30, DEEP_BYTES = 1000 };

static volatile sig_atomic_t start_child;

static void on_start_child(int signal) {
    (void)signal;
    start_child = 1;
}

OPAQUE void child_work(double seconds) {
    run_split(seconds);
    split_sink++;
}

OPAQUE void parent_work(int levels, double end) {
    volatile uint8_t frame[DEEP_BYTES];
    frame[levels] = (uint8_t)levels;
    if (levels > 1)
        parent_work(levels - 1, end);
    else
        while (!split_stop && split_now() < end) split_heavy(2000);
    split_sink += frame[levels];
}

int main(int argc, char **argv) {
    split_stop_on_signals();
    signal(SIGUSR1, on_start_child);
    double end = split_now() + split_argument(argc, argv, 1, 30);
    split_ready();
    while (!split_stop && !start_child && split_now() < end) split_heavy(2000);
    pid_t child = fork();
    if (child == 0) {
        child_work(end - split_now());
        _exit(0);
    }
    parent_work(DEEP_LEVELS, end);
    kill(child, SIGTERM);
    return 0;
}
