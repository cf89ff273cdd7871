/* exec_midway DELAY PROGRAM ARGS…
 *
 * Proves that an exec in the middle of a recording drops the old address space: spins in before_exec for DELAY
 * seconds, then becomes PROGRAM (another fixture).
 */
#include "split.h"

OPAQUE void before_exec(double seconds) {
    for (double end = split_now() + seconds; split_now() < end;) {
        SPLIT_LOOP(2000);
    }
    split_sink++;
}

int main(int argc, char **argv) {
    if (argc < 3) return 2;
    split_ready();
    before_exec(split_argument(argc, argv, 1, 1));
    execv(argv[2], argv + 2);
    perror(argv[2]);
    return 1;
}
