// To be loaded late: allocates three times a call, once through a pointer to malloc.
#include <stdlib.h>

void allocate_three(void) {
    void *(*volatile pointer)(size_t) = malloc;
    void *volatile blocks[3] = {malloc(1), calloc(1, 1), pointer(1)};
    for (int i = 0; i < 3; i++) free(blocks[i]);
}
