/* The library that late_dlopen opens: the whole split is in it, under its one exported entry. */
#include "split.h"

__attribute__((visibility("default"))) void library_entry(double seconds) {
    run_split(seconds);
    split_sink++;
}
