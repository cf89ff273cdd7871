// swift_retain of Swift 6.3 passes its hook through a function, its adapter, that clears the bits by which strings and
// arrays mark what is no pointer, and does not ask first whether there is a pointer at all: with hooks on, retaining a
// string of 9 to 15 bytes, which lives in the pointer, reads memory at an address made of its letters. swift_retain
// reaches the adapter through a variable. It has no exported symbol, so it is found by the code of swift_retain, and
// given a function that lets what is no pointer pass. It is never put back: the runtime looks at it only while hooks
// are on, and a thread may have seen that they are.
#include <string.h>

#include "internal.h"

enum { CODE_BYTES = 160 };  // swift_retain has some 120

static _Atomic(void *) original;

static TS_HOOK void *adapter(void *object) {
    if ((intptr_t)object <= 0) return object;
    return ((void *(*)(void *))atomic_load_explicit(&original, memory_order_relaxed))(object);
}

typedef struct {
    const uint8_t *function;
    _Atomic(void *) *const *known;  // variables that are something else
    size_t known_count;
    _Atomic(void *) *variable;  // found
    size_t candidates;
} search;

static bool is_in(const struct dl_phdr_info *info, uintptr_t address, uint32_t type, uint32_t flags) {
    for (size_t i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *header = &info->dlpi_phdr[i];
        uintptr_t offset = address - info->dlpi_addr - header->p_vaddr;
        if (header->p_type == type && (header->p_flags & flags) == flags && offset < header->p_memsz) return true;
    }
    return false;
}

static int visit(struct dl_phdr_info *info, size_t size, void *data) {
    (void)size;
    search *wanted = data;
    uintptr_t start = (uintptr_t)wanted->function;
    if (!is_in(info, start, PT_LOAD, PF_X) || !is_in(info, start + CODE_BYTES - 1, PT_LOAD, PF_X)) return 0;
    uintptr_t places[16];
#if defined(__x86_64__)
    size_t count = ts_x86_64_loads(wanted->function, CODE_BYTES, start, places, 16);
#else
    size_t count = ts_aarch64_loads(wanted->function, CODE_BYTES, start, places, 16);
#endif
    for (size_t i = 0; i < count; i++) {
        // A variable, and in it a function of the runtime.
        if (places[i] % sizeof(void *) != 0 || !is_in(info, places[i], PT_LOAD, PF_W)) continue;
        if (is_in(info, places[i], PT_GNU_RELRO, 0)) continue;
        _Atomic(void *) *variable = (void *)places[i];
        if (!is_in(info, (uintptr_t)atomic_load(variable), PT_LOAD, PF_X)) continue;
        bool is_known = false;
        for (size_t k = 0; k < wanted->known_count; k++) is_known |= variable == wanted->known[k];
        if (is_known) continue;
        wanted->variable = variable;
        wanted->candidates++;
    }
    return 1;
}

bool ts_swift_adapter_install(const void *retain, _Atomic(void *) *const *known, size_t known_count) {
    if (atomic_load(&original)) return true;
    search wanted = {.function = retain, .known = known, .known_count = known_count};
    dl_iterate_phdr(visit, &wanted);
    if (wanted.candidates != 1) return false;
    atomic_store(&original, atomic_load(wanted.variable));
    atomic_store(wanted.variable, (void *)adapter);
    return true;
}
