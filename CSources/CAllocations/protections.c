// What memory the process may only read: /proc/self/maps, read without allocating.
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "internal.h"

enum { RANGES = 65536 };

static void add_line(ts_read_only *memory, uintptr_t start, uintptr_t end, const char mode[4]) {
    if (mode[0] != 'r' || mode[1] != '-' || memory->count == RANGES) return;
    ts_range *last = memory->count ? &memory->ranges[memory->count - 1] : NULL;
    if (last && last->end == start) {
        last->end = end;
    } else {
        memory->ranges[memory->count++] = (ts_range){start, end};
    }
}

// A line is "start-end rwxp …", hexadecimal.
bool ts_read_only_read(ts_read_only *memory) {
    memory->count = 0;
    memory->ranges = mmap(NULL, RANGES * sizeof(ts_range), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory->ranges == MAP_FAILED) return false;
    int file = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
    if (file < 0) return false;
    enum { START, END, MODE, REST } field = START;
    uintptr_t numbers[2] = {0, 0};
    char mode[4] = {0}, bytes[4096];
    size_t letters = 0;
    for (ssize_t count; (count = read(file, bytes, sizeof bytes)) > 0;) {
        for (ssize_t i = 0; i < count; i++) {
            char c = bytes[i];
            if (c == '\n') {
                field = START;
                numbers[0] = numbers[1] = letters = 0;
            } else if (field == MODE) {
                mode[letters++] = c;
                if (letters == sizeof mode) {
                    field = REST;
                    add_line(memory, numbers[0], numbers[1], mode);
                }
            } else if (field != REST && (c == '-' || c == ' ')) {
                field++;
            } else if (field != REST) {
                numbers[field] = numbers[field] << 4 | (uintptr_t)(c <= '9' ? c - '0' : c - 'a' + 10);
            }
        }
    }
    close(file);
    return true;
}

void ts_read_only_free(ts_read_only *memory) {
    if (memory->ranges != MAP_FAILED) munmap(memory->ranges, RANGES * sizeof(ts_range));
}

bool ts_read_only_holds(const ts_read_only *memory, uintptr_t start, uintptr_t end) {
    for (size_t i = 0; i < memory->count; i++) {
        if (memory->ranges[i].start <= start && end <= memory->ranges[i].end) return true;
    }
    return false;
}
