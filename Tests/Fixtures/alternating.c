/* alternating SECONDS MILLISECONDS
 *
 * Proves that no outer frame is ever made up. Two outer functions take turns, each for so many milliseconds, above the
 * same 24 KiB of recursion, whose frames lie at the same addresses and return to the same places in both turns. Only
 * the leaf's name tells which of the two is really outermost: leaf_first runs below outer_first, leaf_second below
 * outer_second.
 */
#include "split.h"

enum { LEVELS = 24, FRAME_BYTES = 1000 };

OPAQUE void leaf_first(double seconds) {
    for (double end = split_now() + seconds; split_now() < end;) { SPLIT_LOOP(2000); }
    split_sink++;
}

OPAQUE void leaf_second(double seconds) {
    for (double end = split_now() + seconds; split_now() < end;) { SPLIT_LOOP(2000); }
    split_sink++;
}

OPAQUE void alternating_descend(int levels, int is_second, double seconds) {
    volatile uint8_t frame[FRAME_BYTES];
    frame[levels] = (uint8_t)levels;
    if (levels > 1)
        alternating_descend(levels - 1, is_second, seconds);
    else if (is_second)
        leaf_second(seconds);
    else
        leaf_first(seconds);
    split_sink += frame[levels];
}

OPAQUE void outer_first(double seconds) {
    alternating_descend(LEVELS, 0, seconds);
    split_sink++;
}

OPAQUE void outer_second(double seconds) {
    alternating_descend(LEVELS, 1, seconds);
    split_sink++;
}

int main(int argc, char **argv) {
    split_stop_on_signals();
    double end = split_now() + split_argument(argc, argv, 1, 30);
    double turn = split_argument(argc, argv, 2, 5) * 1e-3;
    split_ready();
    while (!split_stop && split_now() < end) {
        outer_first(turn);
        outer_second(turn);
    }
    return 0;
}
