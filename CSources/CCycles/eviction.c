#include "eviction.h"

#include <errno.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>

#include "processor.h"

enum { BLOCK = 64, PAGE = 4096 };

#if defined(__x86_64__)

static size_t line_bytes(void) { return 64; }

__attribute__((target("clflushopt"))) static void flush_lines_unordered(const char *line, const char *end) {
    for (; line < end; line += 64) __builtin_ia32_clflushopt((void *)(uintptr_t)line);
}

static void flush_lines(const char *line, const char *end) {
    static atomic_int known = -1;
    int has_unordered = atomic_load_explicit(&known, memory_order_relaxed);
    if (has_unordered < 0) {
        struct ts_processor processor;
        ts_processor_read(&processor);
        has_unordered = processor.has_clflushopt;
        atomic_store_explicit(&known, has_unordered, memory_order_relaxed);
    }
    __builtin_ia32_mfence();
    if (has_unordered)
        flush_lines_unordered(line, end);
    else
        for (; line < end; line += 64) __builtin_ia32_clflush(line);
    __builtin_ia32_mfence();
}

// Block: mov eax, edi; imul edi, edi, 69069; add edi, 1; test eax, 1 << bit; jz over; add r8d, 1; over: jmp next.
static size_t write_block(uint8_t *code, int32_t distance, uint32_t bit, int is_last) {
    static const uint8_t start[] = {0x89, 0xf8, 0x69, 0xff, 0xcd, 0x0d, 0x01, 0x00, 0x83, 0xc7, 0x01, 0xa9};
    static const uint8_t branch[] = {0x74, 0x04, 0x41, 0x83, 0xc0, 0x01};
    uint8_t *at = code;
    memcpy(at, start, sizeof start);
    at += sizeof start;
    const uint32_t mask = 1u << bit;
    memcpy(at, &mask, sizeof mask);
    at += sizeof mask;
    memcpy(at, branch, sizeof branch);
    at += sizeof branch;
    if (is_last) {
        *at++ = 0xc3;
    } else {
        *at++ = 0xe9;
        const int32_t relative = distance - (int32_t)(at + 4 - code);
        memcpy(at, &relative, sizeof relative);
        at += 4;
    }
    return (size_t)(at - code);
}

static const uint8_t padding = 0xcc;

#elif defined(__aarch64__)

static size_t line_bytes(void) {
    uint64_t type;
    __asm__("mrs %0, ctr_el0" : "=r"(type));
    const uint64_t data = 4u << (type >> 16 & 15), code = 4u << (type & 15);
    return data < code ? data : code;
}

static void flush_lines(const char *line, const char *end) {
    const size_t step = line_bytes();
    __asm__ volatile("dsb ish" : : : "memory");
    for (; line < end; line += step) __asm__ volatile("dc civac, %0\n\tic ivau, %0" : : "r"(line) : "memory");
    __asm__ volatile("dsb ish\n\tisb" : : : "memory");
}

// Block: mov w9, #69069 (two halves); mul w1, w0, w9; add w0, w1, #1; tbz w0, #bit, +8; add w2, w2, #1; b next.
static size_t write_block(uint8_t *code, int32_t distance, uint32_t bit, int is_last) {
    const uint32_t words[] = {
        0x5281b9a9, 0x72a00029, 0x1b097c01, 0x11000420, 0x36000040 | bit << 19, 0x11000442,
        is_last ? 0xd65f03c0 : 0x14000000 | ((uint32_t)((distance - 24) / 4) & 0x3ffffff),
    };
    memcpy(code, words, sizeof words);
    return sizeof words;
}

static const uint8_t padding = 0;

#endif

void ts_flush_range(const void *start, size_t bytes) {
    if (bytes == 0) return;
    const uintptr_t line = line_bytes(), first = (uintptr_t)start & ~(line - 1);
    flush_lines((const char *)first, (const char *)start + bytes);
}

uint64_t ts_stream_lines(const void *start, size_t bytes) {
    uint64_t sum = 0;
    for (int pass = 0; pass < 2; pass++)
        for (size_t at = 0; at + sizeof sum <= bytes; at += BLOCK)
            sum += *(const volatile uint64_t *)(const void *)((const char *)start + at);
    return sum;
}

static uint64_t next_random(uint64_t *state) {
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return *state >> 33;
}

// A random cycle through all blocks that starts at block 0: order[n] is the block that comes n-th.
static void shuffle(uint32_t *order, size_t count, uint64_t seed) {
    for (size_t at = 0; at < count; at++) order[at] = (uint32_t)at;
    for (size_t at = count - 1; at > 1; at--) {
        const size_t other = 1 + next_random(&seed) % at;
        const uint32_t block = order[at];
        order[at] = order[other];
        order[other] = block;
    }
}

ts_filler ts_filler_make(size_t bytes, uint64_t seed) {
    if (bytes == 0 || bytes % PAGE != 0 || bytes > 64u << 20) {
        errno = EINVAL;
        return NULL;
    }
    const size_t count = bytes / BLOCK, order_bytes = (count * sizeof(uint32_t) + PAGE - 1) / PAGE * PAGE;
    uint8_t *code = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    uint32_t *order = mmap(NULL, order_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    int error = code == MAP_FAILED || order == MAP_FAILED ? ENOMEM : 0;
    if (error == 0) {
        shuffle(order, count, seed);
        memset(code, padding, bytes);
        for (size_t at = 0; at < count; at++) {
            const size_t here = order[at], next = order[(at + 1) % count];
            const int32_t distance = ((int32_t)next - (int32_t)here) * BLOCK;
            write_block(code + here * BLOCK, distance, 8 + (uint32_t)next_random(&seed) % 8, at == count - 1);
        }
        __builtin___clear_cache((char *)code, (char *)code + bytes);
        if (mprotect(code, bytes, PROT_READ | PROT_EXEC) != 0) error = errno;
    }
    if (order != MAP_FAILED) munmap(order, order_bytes);
    if (error == 0) return (ts_filler)(uintptr_t)code;
    if (code != MAP_FAILED) munmap(code, bytes);
    errno = error;
    return NULL;
}

void ts_filler_free(ts_filler filler, size_t bytes) { munmap((void *)(uintptr_t)filler, bytes); }

uint64_t ts_filler_run(ts_filler filler, uint64_t argument) { return filler(argument); }
