// The generic (remote) interface: UNW_LOCAL_ONLY stays undefined on purpose.
#include <libunwind.h>
