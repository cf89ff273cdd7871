/* undisturbed SECONDS
 *
 * Proves that being profiled changes nothing: counts every signal (a stop shows by its SIGCONT) and every EINTR,
 * reads its TracerPid 500 times a second, and measures the longest gap of its own clock. Ends after SECONDS, or when
 * standard input is closed (so that the test needs no signal either), and prints
 *
 *     verdict ok|disturbed signals=N interrupted=N traced=N gap_ms=N
 *
 * `gap_ms` is for information: on a busy machine the scheduler makes gaps of its own.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>

#include "split.h"

static volatile sig_atomic_t signals;
static volatile int ending;
static volatile long interrupted_calls, traced;

static void count(int signal) {
    (void)signal;
    signals++;
}

static void count_every_signal(void) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = count; /* no SA_RESTART: an interrupted call shows as EINTR */
    for (int number = 1; number < NSIG; number++) {
        if (number == SIGSEGV || number == SIGBUS || number == SIGILL || number == SIGFPE) continue;
        sigaction(number, &action, NULL); /* SIGKILL, SIGSTOP and glibc's own two are refused */
    }
}

static int tracer(void) {
    char text[4096];
    int file = open("/proc/self/status", O_RDONLY | O_CLOEXEC);
    if (file < 0) return 0;
    ssize_t length = read(file, text, sizeof text - 1);
    close(file);
    if (length <= 0) return 0;
    text[length] = 0;
    char *line = strstr(text, "\nTracerPid:");
    return line ? atoi(line + strlen("\nTracerPid:")) : 0;
}

static void *watch(void *unused) {
    while (!ending) {
        if (tracer() != 0) traced++;
        struct timespec pause = {0, 2000000};
        if (nanosleep(&pause, NULL) < 0 && errno == EINTR) interrupted_calls++;
    }
    return unused;
}

int main(int argc, char **argv) {
    double end = split_now() + split_argument(argc, argv, 1, 30);
    count_every_signal();
    pthread_t watcher;
    if (pthread_create(&watcher, NULL, watch, NULL) != 0) return 1;
    split_ready();

    double longest = 0, last = split_now();
    while (last < end) {
        split_heavy(1000);
        struct pollfd input = {STDIN_FILENO, POLLIN, 0};
        int events = poll(&input, 1, 0);
        if (events < 0 && errno == EINTR) interrupted_calls++;
        if (events > 0 && (input.revents & POLLHUP)) break;
        double now = split_now();
        if (now - last > longest) longest = now - last;
        last = now;
    }
    ending = 1;
    pthread_join(watcher, NULL);
    int disturbed = signals || interrupted_calls || traced;
    printf("verdict %s signals=%d interrupted=%ld traced=%ld gap_ms=%.0f\n", disturbed ? "disturbed" : "ok",
           (int)signals, interrupted_calls, traced, longest * 1e3);
    return disturbed;
}
