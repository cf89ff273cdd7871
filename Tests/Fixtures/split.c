/* split SECONDS
 *
 * Proves that shares are right and stacks complete for plain optimized code without frame pointers. Also built
 * as a static PIE, stripped of its symbols, and as the target of the mount-namespace and launch tests.
 */
#include "split.h"

int main(int argc, char **argv) {
    split_stop_on_signals();
    split_ready();
    run_split(split_argument(argc, argv, 1, 30));
    return 0;
}
