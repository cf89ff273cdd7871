// Starting a program that waits at a gate until its events are open, and watching tasks. Between fork and exec only
// async-signal-safe C may run, so this cannot be Swift.
#ifndef TICKSCOPE_CTASKS_H
#define TICKSCOPE_CTASKS_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct ts_launch {
    int32_t pid;
    int gate;    // write end: one byte lets the child exec, closing it makes the child exit
    int report;  // read end: an errno if exec fails, end of file if it succeeds
} ts_launch;

// Forks a child that waits at the gate, then executes `argv` (found through PATH), with SIGINT and SIGTERM unblocked,
// which the recorder blocks for itself. `argv` ends with NULL. Returns 0 or -errno.
int ts_launch_prepare(char *const argv[], ts_launch *launch);

// Opens the gate and closes it. Returns 0 once the program runs, -errno when it could not be executed.
int ts_launch_release(ts_launch *launch);

// Closes the gate: the child exits without executing anything, and is reaped.
void ts_launch_cancel(ts_launch *launch);

// A descriptor that becomes readable when the process exits. `thread` asks for one thread (Linux 6.9). -errno on failure.
int ts_pidfd_open(int32_t pid, int thread);

// The CPUs that a task may run on, one bit each, lowest first. 0 or -errno. (GNU extensions, hidden from Swift.)
int ts_affinity_get(int32_t task, uint8_t *bits, size_t bytes);
int ts_affinity_set(int32_t task, const uint8_t *bits, size_t bytes);

// Copies memory of another process, as far as it can be read from `address` on. Returns the bytes copied, or -errno.
int64_t ts_read_memory(int32_t pid, uint64_t address, void *buffer, size_t bytes);

// The wait status of a child: macros in C.
int ts_wait_exited(int status);
int ts_wait_exit_code(int status);
int ts_wait_signal(int status);

#ifdef __cplusplus
}
#endif
#endif
