// Allocates known amounts in known ways, and says what was counted. What is named is what runs, in that order.
#include <dlfcn.h>
#include <errno.h>
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "counted.h"

// The compiler must not know that a block is not used.
static void *keep(void *memory) {
    __asm__ volatile("" : "+r"(memory) : : "memory");
    return memory;
}

static void nothing(void) {}

// Every entry of the allocator once: 10 allocations, of them 1 by realloc of a block; all freed.
static void every_entry(void) {
    void *blocks[9] = {
        malloc(100), calloc(3, 50), realloc(NULL, 60), reallocarray(NULL, 5, 7), aligned_alloc(64, 128),
        memalign(32, 40), valloc(10), pvalloc(20),
    };
    if (posix_memalign(&blocks[8], 256, 512) != 0) abort();
    blocks[0] = keep(realloc(blocks[0], 5000));
    for (int i = 0; i < 9; i++) free(keep(blocks[i]));
    free(keep(NULL));
}

// Nothing that counts: each fails, and errno says why.
static void failures(void) {
    void *block = keep(malloc(8));
    errno = 0;
    volatile size_t most = SIZE_MAX;
    void *none[4] = {malloc(most - 64), calloc(most, 2), reallocarray(keep(block), most, 2)};
    none[3] = realloc(keep(block), most - 64);
    if (none[0] || none[1] || none[2] || none[3] || errno != ENOMEM) abort();
    free(keep(block));
}

// A realloc to nothing frees; a string of the C library's is allocated by it, not by us.
static void inside_library(void) {
    free(keep(strdup("a string of twenty-nine bytes")));
    void *block = keep(malloc(24));
    if (realloc(block, 0)) abort();
}

static void operations(int count) {
    for (int i = 0; i < count; i++) {
        char *text = keep(malloc(32 + (size_t)(i & 63)));
        text = keep(realloc(text, 4096));
        free(text);
        free(keep(calloc(2, 16)));
    }
}

static void measured(const char *name, void (*body)(void)) {
    struct region region;
    region_begin(&region);
    body();
    region_end(&region, name);
}

// --- Threads

enum { THREADS = 8, WAVES = 40, ROUNDS = 500 };

static void *churn(void *unused) {
    for (int i = 0; i < ROUNDS; i++) free(keep(malloc(48)));
    return unused;
}

// Threads that start and end while counting: THREADS * WAVES of them, ROUNDS pairs each.
static void threads(void) {
    pthread_t ids[THREADS];
    for (int wave = 0; wave < WAVES; wave++) {
        for (int i = 0; i < THREADS; i++) pthread_create(&ids[i], NULL, churn, NULL);
        for (int i = 0; i < THREADS; i++) pthread_join(ids[i], NULL);
    }
}

// More threads than there are blocks, one after another: blocks of ended threads are taken over.
static void many_threads(void) {
    for (int i = 0; i < 2500; i++) {
        pthread_t id;
        pthread_create(&id, NULL, churn, NULL);
        pthread_join(id, NULL);
    }
}

static pthread_barrier_t gate;

static void *waiting_churn(void *unused) {
    churn(NULL);
    pthread_barrier_wait(&gate);
    return unused;
}

// More threads at once than there are blocks.
static void crowd(void) {
    enum { CROWD = 1200 };
    static pthread_t ids[CROWD];
    pthread_attr_t small;
    pthread_attr_init(&small);
    pthread_attr_setstacksize(&small, 65536);
    pthread_barrier_init(&gate, NULL, CROWD + 1);
    for (int i = 0; i < CROWD; i++) {
        if (pthread_create(&ids[i], &small, waiting_churn, NULL) != 0) abort();
    }
    pthread_barrier_wait(&gate);
    for (int i = 0; i < CROWD; i++) pthread_join(ids[i], NULL);
}

static atomic_bool done;

static void *churn_until_done(void *unused) {
    while (!atomic_load(&done)) churn(NULL);
    return unused;
}

// Switched on and off while others allocate, and while threads come and go.
static void toggled(void) {
    pthread_t ids[3];
    for (int i = 0; i < 3; i++) pthread_create(&ids[i], NULL, churn_until_done, NULL);
    for (int i = 0; i < 300; i++) {
        ts_counting state;
        ts_counting_start(TS_COUNT_ALLOCATIONS, &state);
        if (state.allocations_gap != TS_GAP_NONE) abort();
        ts_counts before, after;
        ts_counts_thread(&before);
        operations(5);
        ts_counts_thread(&after);
        if (after.allocations - before.allocations != 15) abort();
        ts_counting_stop();
    }
    atomic_store(&done, true);
    for (int i = 0; i < 3; i++) pthread_join(ids[i], NULL);
}

// --- Processes and libraries

// The child counts for itself, with a thread of its own; the parent's counts are the parent's.
static void forked(void) {
    operations(10);
    pid_t child = fork();
    if (child == 0) {
        ts_counts before, after;
        ts_counts_process(&before);
        operations(7);
        pthread_t id;
        pthread_create(&id, NULL, churn, NULL);
        pthread_join(id, NULL);
        operations(1);
        ts_counts_process(&after);
        ts_counting_stop();
        _exit(after.allocations - before.allocations == 24 + ROUNDS ? 0 : 1);
    }
    int status;
    waitpid(child, &status, 0);
    if (status != 0) abort();
    operations(10);
}

static const char *library;

// A library of 3 allocations a call: loaded while counting is on it is counted once counting is started again.
static void late_library(void) {
    void *handle = dlopen(library, RTLD_LAZY);
    if (!handle) abort();
    void (*allocate)(void) = (void (*)(void))dlsym(handle, "allocate_three");
    struct region late, again;
    region_begin(&late);
    allocate();
    region_end(&late, "loaded-before");
    dlclose(handle);
    region_begin(&late);
    handle = dlopen(library, RTLD_LAZY);
    allocate = (void (*)(void))dlsym(handle, "allocate_three");
    ts_counts before, after;
    ts_counts_thread(&before);
    allocate();
    ts_counts_thread(&after);
    printf("loaded-while-counting allocations=%d\n", (int)(after.allocations - before.allocations));
    region_begin(&again);
    allocate();
    region_end(&again, "counted-again");
    dlclose(handle);  // with its slots redirected
    region_end(&late, "unloaded-while-counting");
    handle = dlopen(library, RTLD_LAZY);
    allocate = (void (*)(void))dlsym(handle, "allocate_three");
    allocate();
    dlclose(handle);
}

// --- Where it allocates

__attribute__((noinline)) void offender(int count) {
    for (int i = 0; i < count; i++) free(keep(malloc(77)));
}

static void sites(void) {
    static ts_site entries[2];
    ts_site_log log = {2, 0, entries};
    ts_counting state;
    ts_counting_start(TS_COUNT_ALLOCATIONS, &state);
    ts_sites_record(&log);
    offender(5);
    ts_sites_record(NULL);
    offender(5);
    ts_counting_stop();
    Dl_info info;
    for (unsigned i = 0; i < log.count; i++) {
        const char *name = dladdr((void *)(entries[i].frames[0] - 1), &info) ? info.dli_sname : NULL;
        printf("site bytes=%d depth=%u in=%s\n", (int)entries[i].bytes, entries[i].depth, name ? name : "?");
    }
}

// --- Nothing remains

static char *file_text(const char *path, size_t *size) {
    static char texts[2][1 << 20];
    static int next;
    char *text = texts[next++ & 1];
    FILE *file = fopen(path, "r");
    *size = fread(text, 1, sizeof texts[0], file);
    fclose(file);
    return text;
}

// Protections of all memory before and after; the slots of this program and of its libraries are compared by who asks
// for the words of every writable or once writable mapping that is private to a file.
static void restored(void) {
    ts_counting state;
    // Once beforehand: the C library keeps what is registered for a fork.
    ts_counting_start(TS_COUNT_ALLOCATIONS | TS_COUNT_SWIFT, &state);
    ts_counting_stop();
    size_t before_size, after_size;
    (void)file_text("/proc/self/maps", &before_size);
    char *before = file_text("/proc/self/maps", &before_size);
    static unsigned char copies[16 << 20];
    enum { RANGES = 256 };
    static struct { unsigned char *start; size_t bytes, at; } ranges[RANGES];
    size_t used = 0, count = 0;
    for (char *line = before; line && *line && count < RANGES; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL) {
        uintptr_t start, end;
        char mode[5], path[256] = "";
        sscanf(line, "%lx-%lx %4s %*s %*s %*s %255[^\n]", &start, &end, mode, path);
        bool is_own = strstr(path, "counted") && mode[1] == 'w';  // holds the counters themselves
        if (path[0] != '/' || mode[0] != 'r' || is_own || used + (end - start) > sizeof copies) continue;
        ranges[count].start = (unsigned char *)start;
        ranges[count].bytes = end - start;
        ranges[count].at = used;
        used += end - start;
        count++;
    }
    for (size_t i = 0; i < count; i++) memcpy(copies + ranges[i].at, ranges[i].start, ranges[i].bytes);
    ts_counting_start(TS_COUNT_ALLOCATIONS | TS_COUNT_SWIFT, &state);
    size_t changed = 0;
    for (size_t i = 0; i < count; i++) {
        for (size_t byte = 0; byte < ranges[i].bytes; byte += 8) {
            changed += memcmp(copies + ranges[i].at + byte, ranges[i].start + byte, 8) != 0;
        }
    }
    ts_counting_stop();
    char *after = file_text("/proc/self/maps", &after_size);
    size_t differing = 0;
    for (size_t i = 0; i < count; i++) {
        for (size_t byte = 0; byte < ranges[i].bytes; byte += 8) {
            bool differs = memcmp(copies + ranges[i].at + byte, ranges[i].start + byte, 8) != 0;
            differing += differs;
        }
    }
    bool same = before_size == after_size && memcmp(before, after, before_size) == 0;
    printf("restored maps-equal=%d slots=%u redirected-words=%zu words-left=%zu bytes-compared=%zu\n", same, state.slots,
           changed, differing, used);
    if (!same) printf("--- before\n%.*s--- after\n%.*s", (int)before_size, before, (int)after_size, after);
}

// --- Reading code

// Not in the public header.
size_t ts_x86_64_loads(const uint8_t *code, size_t bytes, uintptr_t at, uintptr_t *places, size_t capacity);
size_t ts_aarch64_loads(const uint8_t *code, size_t bytes, uintptr_t at, uintptr_t *places, size_t capacity);

static void decode(void) {
    // As clang assembles: push %rbp; mov %rsp,%rbp; movzbl 0x28e9f6(%rip),%eax; mov 0x188094(%rip),%rax; pop %rbp;
    // jmp *%rax; mov -0x10(%rip),%r9; jmp *0x18759e(%rip)
    static const uint8_t x86_64[] = {
        0x55, 0x48, 0x89, 0xe5, 0x0f, 0xb6, 0x05, 0xf6, 0xe9, 0x28, 0x00, 0x48, 0x8b, 0x05, 0x94, 0x80, 0x18, 0x00,
        0x5d, 0xff, 0xe0, 0x4c, 0x8b, 0x0d, 0xf0, 0xff, 0xff, 0xff, 0xff, 0x25, 0x9e, 0x75, 0x18, 0x00,
    };
    // stp x29,x30,[sp,#-16]!; adrp x8,#0x12345000; ldrb w8,[x8,#5]; adrp x9,#-0x3000; ldr x9,[x9,#0xa88];
    // adrp x10,#0x1000; ldr x0,[x8,#16]; ldr x1,[x11,#16]; br x9
    static const uint8_t aarch64[] = {
        0xfd, 0x7b, 0xbf, 0xa9, 0x28, 0x1a, 0x09, 0xb0, 0x08, 0x15, 0x40, 0x39, 0xe9, 0xff, 0xff, 0xb0, 0x29, 0x45,
        0x45, 0xf9, 0x0a, 0x00, 0x00, 0xb0, 0x00, 0x09, 0x40, 0xf9, 0x61, 0x09, 0x40, 0xf9, 0x20, 0x01, 0x1f, 0xd6,
    };
    uintptr_t places[4];
    printf("x86-64");
    for (size_t i = 0, count = ts_x86_64_loads(x86_64, sizeof x86_64, 0x400000, places, 4); i < count; i++) {
        printf(" %lx", places[i]);
    }
    printf("\naarch64");
    for (size_t i = 0, count = ts_aarch64_loads(aarch64, sizeof aarch64, 0x400ff0, places, 4); i < count; i++) {
        printf(" %lx", places[i]);
    }
    printf("\n");
}

int main(int argc, char **argv) {
    static const struct { const char *name; void (*body)(void); } bodies[] = {
        {"nothing", nothing}, {"every-entry", every_entry}, {"failures", failures}, {"inside-library", inside_library},
        {"threads", threads}, {"many-threads", many_threads}, {"crowd", crowd}, {"forked", forked},
    };
    for (int i = 1; i < argc; i++) {
        for (size_t k = 0; k < sizeof bodies / sizeof *bodies; k++) {
            if (strcmp(argv[i], bodies[k].name) == 0) measured(bodies[k].name, bodies[k].body);
        }
        if (strcmp(argv[i], "toggled") == 0) toggled();
        if (strcmp(argv[i], "restored") == 0) restored();
        if (strcmp(argv[i], "sites") == 0) sites();
        if (strcmp(argv[i], "decode") == 0) decode();
        if (strcmp(argv[i], "library") == 0) {
            library = argv[++i];
            late_library();
        }
        if (strcmp(argv[i], "plain") == 0) operations(atoi(argv[++i]));
        if (strcmp(argv[i], "operations") == 0) {
            int count = atoi(argv[++i]);
            struct region region;
            region_begin(&region);
            operations(count);
            region_end(&region, "operations");
        }
    }
    printf("done\n");
    return 0;
}
