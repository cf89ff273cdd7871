/* deep SECONDS
 *
 * Proves that a stack deeper than the captured bytes is said to be truncated: 2,000 frames of 96 bytes or more are
 * over 190 KiB, more than the kernel captures. Every call of deep_descend runs the split at the bottom.
 */
#include "split.h"

enum { DEEP_FRAMES = 2000 };

OPAQUE void deep_descend(int depth, double seconds) {
    volatile uint64_t locals[8];
    locals[depth & 7] = (uint64_t)depth;
    if (depth > 1)
        deep_descend(depth - 1, seconds);
    else
        run_split(seconds);
    split_sink += locals[depth & 7];
}

int main(int argc, char **argv) {
    split_stop_on_signals();
    split_ready();
    deep_descend(DEEP_FRAMES, split_argument(argc, argv, 1, 30));
    return 0;
}
