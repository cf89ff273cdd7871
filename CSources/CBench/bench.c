// The public header stands alone, in C as in C++.
#include "bench.h"
