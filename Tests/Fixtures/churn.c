/* churn SECONDS
 *
 * Proves that threads which live for a few milliseconds are sampled and leak nothing in the recorder: two at a
 * time, each does the split for 5 ms in short_thread, some hundred a second.
 */
#include <pthread.h>

#include "split.h"

OPAQUE void *short_thread(void *unused) {
    run_split(0.005);
    split_sink++;
    return unused;
}

int main(int argc, char **argv) {
    double end = split_now() + split_argument(argc, argv, 1, 30);
    split_stop_on_signals();
    split_ready();
    while (!split_stop && split_now() < end) {
        pthread_t pair[2];
        for (int i = 0; i < 2; i++)
            if (pthread_create(&pair[i], NULL, short_thread, NULL) != 0) return 1;
        for (int i = 0; i < 2; i++) pthread_join(pair[i], NULL);
    }
    return 0;
}
