#include "CCycles.h"

// The module is a header; a translation unit proves that it stands alone.
_Static_assert(sizeof(uint64_t) == sizeof(void *), "a word holds a pointer");
