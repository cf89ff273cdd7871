#include "CAllocations.h"

_Static_assert(sizeof(uint64_t) == 8, "counters are 64 bits wide");
