// Which words a function loads from fixed places: enough of the two instruction sets to find a variable that has no
// symbol. Pure: both decoders work on any machine, on bytes.
// Formats: Intel SDM volume 2, 2.1 (ModRM, RIP-relative addressing); Arm ARM C6.2, ADRP and LDR (immediate).
#include <string.h>

#include "internal.h"

static size_t add(uintptr_t *places, size_t count, size_t capacity, uintptr_t place) {
    for (size_t i = 0; i < count; i++) {
        if (places[i] == place) return count;
    }
    if (count < capacity) places[count++] = place;
    return count;
}

// mov disp32(%rip), %r64 and call or jmp *disp32(%rip). Instructions are not delimited: bytes of one that look like
// another give a place that the caller must be able to tell is none.
size_t ts_x86_64_loads(const uint8_t *code, size_t bytes, uintptr_t at, uintptr_t *places, size_t capacity) {
    size_t count = 0;
    for (size_t i = 0; i + 6 <= bytes; i++) {
        bool is_move = i > 0 && (code[i - 1] & 0xfb) == 0x48 && code[i] == 0x8b && (code[i + 1] & 0xc7) == 0x05;
        bool is_branch = code[i] == 0xff && (code[i + 1] == 0x15 || code[i + 1] == 0x25);
        if (!is_move && !is_branch) continue;
        int32_t displacement;
        memcpy(&displacement, code + i + 2, sizeof displacement);
        count = add(places, count, capacity, at + i + 6 + (uintptr_t)(intptr_t)displacement);
    }
    return count;
}

// adrp xN, page and a later ldr xM, [xN, #offset].
size_t ts_aarch64_loads(const uint8_t *code, size_t bytes, uintptr_t at, uintptr_t *places, size_t capacity) {
    uintptr_t pages[32] = {0};
    size_t count = 0;
    for (size_t i = 0; i + 4 <= bytes; i += 4) {
        uint32_t word;
        memcpy(&word, code + i, sizeof word);
        unsigned destination = word & 31, base = word >> 5 & 31;
        if ((word & 0x9f000000) == 0x90000000) {
            int64_t immediate = (int64_t)((word >> 5 & 0x7ffff) << 2 | (word >> 29 & 3));
            if (immediate >> 20) immediate -= 1 << 21;
            pages[destination] = ((at + i) & ~(uintptr_t)4095) + (uintptr_t)(immediate * 4096);
        } else if ((word & 0xffc00000) == 0xf9400000 && pages[base]) {
            count = add(places, count, capacity, pages[base] + (word >> 10 & 0xfff) * 8);
        }
    }
    return count;
}
