#if defined(__aarch64__)

#include "stepping.h"

#include <errno.h>

// A process cannot set its own single-step bit on arm64.
int ts_step_prepare(struct ts_step *step) {
    step->state = TS_STEP_IDLE;
    return ENOSYS;
}

void ts_step_finish(struct ts_step *step) { (void)step; }

int ts_step_known_loop(struct ts_step *step, uint64_t rounds) {
    (void)rounds;
    return ts_step_prepare(step);
}

#else
typedef int ts_another_architecture;
#endif
