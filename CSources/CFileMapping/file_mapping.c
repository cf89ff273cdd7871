#include "CFileMapping.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

enum { SLOTS = 32 };

// `end` is written after `start` and cleared before it: the handler sees a whole range or none.
static struct {
    _Atomic uintptr_t start, end;
} mappings[SLOTS];

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int is_installed;
static struct sigaction previous;
static uintptr_t page_size;

// Async-signal-safe: reads the table and calls the kernel. mmap is not on POSIX's list, but Linux's is a plain call.
static void on_bus_error(int signal, siginfo_t *info, void *context) {
    uintptr_t address = (uintptr_t)info->si_addr;
    for (int i = 0; i < SLOTS; i++) {
        if (address < atomic_load(&mappings[i].end) && address >= atomic_load(&mappings[i].start)) {
            void *page = (void *)(address & ~(page_size - 1));
            if (mmap(page, page_size, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == page) return;
        }
    }
    if (previous.sa_flags & SA_SIGINFO) {
        previous.sa_sigaction(signal, info, context);
    } else if (previous.sa_handler != SIG_DFL && previous.sa_handler != SIG_IGN) {
        previous.sa_handler(signal);
    } else {
        // Returning meets the fault again, and this time it ends the process.
        sigaction(signal, &previous, NULL);
    }
}

static int install(void) {
    if (is_installed) return 0;
    page_size = (uintptr_t)sysconf(_SC_PAGESIZE);
    struct sigaction action = {.sa_flags = SA_SIGINFO | SA_ONSTACK};
    action.sa_sigaction = on_bus_error;
    sigemptyset(&action.sa_mask);
    if (sigaction(SIGBUS, &action, &previous) != 0) return -1;
    is_installed = 1;
    return 0;
}

const void *ts_map_file(int file, size_t size) {
    const void *result = NULL;
    pthread_mutex_lock(&lock);
    int slot = 0;
    while (slot < SLOTS && atomic_load(&mappings[slot].end) != 0) slot++;
    if (slot < SLOTS && install() == 0) {
        void *mapped = mmap(NULL, size, PROT_READ, MAP_PRIVATE, file, 0);
        if (mapped != MAP_FAILED) {
            atomic_store(&mappings[slot].start, (uintptr_t)mapped);
            // The last page is there whole.
            atomic_store(&mappings[slot].end, ((uintptr_t)mapped + size + page_size - 1) & ~(page_size - 1));
            result = mapped;
        }
    }
    pthread_mutex_unlock(&lock);
    return result;
}

void ts_unmap_file(const void *start, size_t size) {
    pthread_mutex_lock(&lock);
    for (int i = 0; i < SLOTS; i++) {
        if (atomic_load(&mappings[i].start) != (uintptr_t)start || atomic_load(&mappings[i].end) == 0) continue;
        atomic_store(&mappings[i].end, 0);
        atomic_store(&mappings[i].start, 0);
        munmap((void *)(uintptr_t)start, size);
        break;
    }
    pthread_mutex_unlock(&lock);
}
