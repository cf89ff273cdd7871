#include "CTasks.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef PIDFD_THREAD
#define PIDFD_THREAD O_EXCL
#endif

static void close_pair(int pair[2]) {
    close(pair[0]);
    close(pair[1]);
}

int ts_launch_prepare(char *const argv[], ts_launch *launch) {
    int gate[2], report[2];
    if (pipe2(gate, O_CLOEXEC) < 0) return -errno;
    if (pipe2(report, O_CLOEXEC) < 0) {
        int error = errno;
        close_pair(gate);
        return -error;
    }
    pid_t pid = fork();
    if (pid < 0) {
        int error = errno;
        close_pair(gate);
        close_pair(report);
        return -error;
    }
    if (pid == 0) {
        close(gate[1]);
        close(report[0]);
        char go = 0;
        ssize_t n;
        do n = read(gate[0], &go, 1);
        while (n < 0 && errno == EINTR);
        if (n != 1) _exit(127);
        sigset_t ours;
        sigemptyset(&ours);
        sigaddset(&ours, SIGINT);
        sigaddset(&ours, SIGTERM);
        sigprocmask(SIG_UNBLOCK, &ours, NULL);
        execvp(argv[0], argv);
        int error = errno;
        while (write(report[1], &error, sizeof error) < 0 && errno == EINTR) {}
        _exit(127);
    }
    close(gate[0]);
    close(report[1]);
    launch->pid = pid;
    launch->gate = gate[1];
    launch->report = report[0];
    return 0;
}

int ts_launch_release(ts_launch *launch) {
    char go = 1;
    ssize_t n;
    do n = write(launch->gate, &go, 1);
    while (n < 0 && errno == EINTR);
    close(launch->gate);
    launch->gate = -1;
    int error = 0;
    do n = read(launch->report, &error, sizeof error);
    while (n < 0 && errno == EINTR);
    close(launch->report);
    launch->report = -1;
    if (n != sizeof error) return 0;
    waitpid(launch->pid, NULL, 0);
    return -error;
}

void ts_launch_cancel(ts_launch *launch) {
    close(launch->gate);
    close(launch->report);
    waitpid(launch->pid, NULL, 0);
}

int ts_pidfd_open(pid_t pid, int thread) {
    long fd = syscall(SYS_pidfd_open, pid, thread ? PIDFD_THREAD : 0);
    return fd < 0 ? -errno : (int)fd;
}

int ts_affinity_get(pid_t task, uint8_t *bits, size_t bytes) {
    return sched_getaffinity(task, bytes, (cpu_set_t *)(void *)bits) < 0 ? -errno : 0;
}

int ts_affinity_set(pid_t task, const uint8_t *bits, size_t bytes) {
    return sched_setaffinity(task, bytes, (const cpu_set_t *)(const void *)bits) < 0 ? -errno : 0;
}

int ts_wait_exited(int status) { return WIFEXITED(status); }
int ts_wait_exit_code(int status) { return WEXITSTATUS(status); }
int ts_wait_signal(int status) { return WTERMSIG(status); }

int64_t ts_read_memory(int32_t pid, uint64_t address, void *buffer, size_t bytes) {
    // A read that begins in one mapping ends at the first page that is not there; pieces keep what came before it.
    enum { PIECE = 1 << 16 };
    size_t done = 0;
    while (done < bytes) {
        size_t wanted = bytes - done < PIECE ? bytes - done : PIECE;
        struct iovec local = {(char *)buffer + done, wanted};
        struct iovec remote = {(void *)(uintptr_t)(address + done), wanted};
        ssize_t count = process_vm_readv(pid, &local, 1, &remote, 1, 0);
        if (count < 0) return done > 0 ? (int64_t)done : -errno;
        done += (size_t)count;
        if ((size_t)count < wanted) break;
    }
    return (int64_t)done;
}
