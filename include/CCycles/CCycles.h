// What Swift cannot say about measuring cycles: time stamps with their fences, barriers against the optimizer, chains of
// instructions of known latency, probes of the kernel's interference, single-stepping. What stands in a hot path is
// `static inline`, so that it inlines into Swift and costs the instructions it is.
#ifndef TICKSCOPE_CCYCLES_H
#define TICKSCOPE_CCYCLES_H

#include "assignment.h"
#include "barriers.h"
#include "chain.h"
#include "clock.h"
#include "interruptions.h"
#include "kernels.h"
#include "processor.h"
#include "processors.h"
#include "rdpmc.h"
#include "stamps.h"

#endif
