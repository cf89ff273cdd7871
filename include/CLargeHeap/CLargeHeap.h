// The heap of a process that builds large tables once and then ends.
#ifndef TICKSCOPE_CLARGEHEAP_H
#define TICKSCOPE_CLARGEHEAP_H

#ifdef __cplusplus
extern "C" {
#endif

// Keeps memory that is freed, and asks for large pages; where the system refuses, everything stays as it was. To be
// called early, once.
//
// By default every large table gets pages of its own from the system and gives them back when it is outgrown, so most
// pages of a short run are zeroed by the kernel again and again, 4 KiB at a time: a fifth of the CPU time of an import.
void ts_prepare_large_heap(void);

#ifdef __cplusplus
}
#endif
#endif
