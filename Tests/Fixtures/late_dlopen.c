/* late_dlopen SECONDS DELAY LIBRARY
 *
 * Proves that a library opened after the attach is found: it is opened DELAY seconds after `ready`, and the split
 * runs inside it.
 */
#include <dlfcn.h>

#include "split.h"

int main(int argc, char **argv) {
    if (argc < 4) return 2;
    split_ready();
    split_sleep(split_argument(argc, argv, 2, 1));
    void *library = dlopen(argv[3], RTLD_NOW);
    void (*entry)(double) = NULL;
    if (library) *(void **)&entry = dlsym(library, "library_entry");
    if (!entry) {
        fprintf(stderr, "%s\n", dlerror());
        return 1;
    }
    entry(split_argument(argc, argv, 1, 30));
    split_sink++;
    return 0;
}
