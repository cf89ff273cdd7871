// What Linux and its C library offer and Swift's Glibc module lacks.
#ifndef TICKSCOPE_CSYSTEM_H
#define TICKSCOPE_CSYSTEM_H

#ifdef __cplusplus
extern "C" {
#endif

// For a process that builds large tables once and then ends: keeps memory that is freed, and asks for large pages. Where
// the system refuses, everything stays as it was. To be called early, once.
//
// By default every large table gets pages of its own from the system and gives them back when it is outgrown, so most
// pages of a short run are zeroed by the kernel again and again, 4 KiB at a time: a fifth of the CPU time of an import.
void ts_prepare_large_heap(void);

// Lets the system begin to write what a file has in memory only, so that whoever syncs it waits for less. Does nothing
// for a descriptor of something else.
void ts_begin_writeback(int file);

#ifdef __cplusplus
}
#endif
#endif
