/* threads SECONDS DELAY [COUNT]
 *
 * Proves that every thread is sampled, and those that start after the attach as well: half of COUNT (default 64)
 * threads run from the start in early_thread, the other half starts after DELAY seconds, or on SIGUSR1, in
 * late_thread.
 */
#include <pthread.h>

#include "split.h"

static double end_time;
static volatile sig_atomic_t start_late;

OPAQUE void *early_thread(void *unused) {
    run_split(end_time - split_now());
    split_sink++;
    return unused;
}

OPAQUE void *late_thread(void *unused) {
    run_split(end_time - split_now());
    split_sink++;
    return unused;
}

static void on_start_late(int signal) {
    (void)signal;
    start_late = 1;
}

static void start(int count, pthread_t *threads, void *(*routine)(void *)) {
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, 128 << 10);
    for (int i = 0; i < count; i++)
        if (pthread_create(&threads[i], &attributes, routine, NULL) != 0) exit(1);
    pthread_attr_destroy(&attributes);
}

int main(int argc, char **argv) {
    double delay = split_argument(argc, argv, 2, 1.5);
    int count = (int)split_argument(argc, argv, 3, 64);
    if (count < 2 || count > 1024) return 2;
    end_time = split_now() + split_argument(argc, argv, 1, 30);
    split_stop_on_signals();
    signal(SIGUSR1, on_start_late);

    pthread_t threads[1024];
    int early = count / 2;
    start(early, threads, early_thread);
    split_ready();
    for (double late = split_now() + delay; !start_late && !split_stop && split_now() < late;) split_sleep(0.01);
    start(count - early, threads + early, late_thread);
    for (int i = 0; i < count; i++) pthread_join(threads[i], NULL);
    return 0;
}
