/* forks SECONDS
 *
 * Proves that children which appear after the attach are sampled: the parent only forks, two children at a time,
 * each of which does the split for 0.3 s in child_work.
 */
#include <errno.h>
#include <sys/wait.h>

#include "split.h"

OPAQUE void child_work(void) {
    run_split(0.3);
    split_sink++;
}

static void fork_child(void) {
    pid_t pid = fork();
    if (pid < 0) exit(1);
    if (pid == 0) {
        child_work();
        _exit(0);
    }
}

int main(int argc, char **argv) {
    double end = split_now() + split_argument(argc, argv, 1, 30);
    split_stop_on_signals();
    split_ready();
    fork_child();
    fork_child();
    while (!split_stop && split_now() < end) {
        if (wait(NULL) > 0) fork_child();
    }
    while (wait(NULL) > 0 || errno == EINTR) {}
    return 0;
}
