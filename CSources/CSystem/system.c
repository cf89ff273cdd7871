#include "CSystem.h"

#include <fcntl.h>
#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

// Address space that is claimed at once; memory is what is used of it. Beyond it the heap grows as ever.
enum { RESERVE = 128 << 20, HUGE_PAGE = 2 << 20 };

void ts_prepare_large_heap(void) {
#ifdef __GLIBC__
    if (!mallopt(M_TOP_PAD, RESERVE)) return;
    mallopt(M_MMAP_THRESHOLD, 1 << 30);
    mallopt(M_TRIM_THRESHOLD, 1 << 30);
    // One heap for all threads: those of others begin small, and large tables do not fit into them.
    mallopt(M_ARENA_MAX, 1);
    // More than what is left of the heap so far, so that it grows.
    void *first = malloc(1 << 20);
    uintptr_t start = ((uintptr_t)first + HUGE_PAGE - 1) & ~(uintptr_t)(HUGE_PAGE - 1);
    uintptr_t end = (uintptr_t)sbrk(0) & ~(uintptr_t)(HUGE_PAGE - 1);
    if (first && start < end) madvise((void *)start, end - start, MADV_HUGEPAGE);
    free(first);
#endif
}

void ts_begin_writeback(int file) { sync_file_range(file, 0, 0, SYNC_FILE_RANGE_WRITE); }
