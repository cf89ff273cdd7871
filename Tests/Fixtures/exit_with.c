/* exit_with SECONDS STATUS | exit_with SECONDS signal NUMBER
 *
 * Proves that the status of a launched program is passed on: does the split, then exits or dies as told. Prints
 * the first thing in main, so that the test also sees that nothing ran before the recorder let it.
 */
#include "split.h"

int main(int argc, char **argv) {
    split_ready();
    run_split(split_argument(argc, argv, 1, 1));
    if (argc > 3) {
        signal(atoi(argv[3]), SIG_DFL);
        raise(atoi(argv[3]));
    }
    return argc > 2 ? atoi(argv[2]) : 0;
}
