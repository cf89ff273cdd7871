// Counting allocations of a process while it runs.
#ifndef TICKSCOPE_CALLOCATIONS_H
#define TICKSCOPE_CALLOCATIONS_H

#include <stdint.h>

#endif
