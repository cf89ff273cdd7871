/* vdso SECONDS
 *
 * Proves that a leaf in the vDSO, which is a file on no disk, is named and unwound: nothing but clock_gettime.
 */
#include "split.h"

OPAQUE void read_clock(double end) {
    while (!split_stop && split_now() < end) split_sink++;
    split_sink++;
}

int main(int argc, char **argv) {
    double end = split_now() + split_argument(argc, argv, 1, 30);
    split_stop_on_signals();
    split_ready();
    read_clock(end);
    return 0;
}
