/* sleeper SECONDS [zombie]
 *
 * Proves what happens with nothing to sample: sleeps. With `zombie` it also forks a child that ends at once and
 * that it never waits for, and prints `zombie PID`.
 */
#include <sys/wait.h>

#include "split.h"

int main(int argc, char **argv) {
    split_stop_on_signals();
    if (argc > 2) {
        pid_t child = fork();
        if (child < 0) return 1;
        if (child == 0) _exit(0);
        siginfo_t info;
        waitid(P_PID, (id_t)child, &info, WEXITED | WNOWAIT); /* it is a zombie now, and stays one */
        printf("zombie %d\n", (int)child);
    }
    split_ready();
    split_sleep(split_argument(argc, argv, 1, 30));
    return 0;
}
