/* signal_handler SECONDS
 *
 * Proves that a stack goes through the signal frame to main: an interval timer interrupts `interrupted` at
 * arbitrary instructions, and the handler does the split, for about three quarters of the time.
 */
#include <sys/time.h>

#include "split.h"

static void on_alarm(int signal) {
    (void)signal;
    run_split(0.006);
    split_sink++;
}

/* Arithmetic without calls: the frame below the handler is interrupted anywhere, prologue included. */
OPAQUE void interrupted(double end) {
    while (!split_stop && split_now() < end) {
        SPLIT_LOOP(500);
    }
    split_sink++;
}

int main(int argc, char **argv) {
    split_stop_on_signals();
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = on_alarm;
    action.sa_flags = SA_RESTART;
    sigaction(SIGALRM, &action, NULL);
    struct itimerval every = {{0, 8000}, {0, 8000}};
    double end = split_now() + split_argument(argc, argv, 1, 30);
    split_ready();
    setitimer(ITIMER_REAL, &every, NULL);
    interrupted(end);
    return 0;
}
