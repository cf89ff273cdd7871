// Pointing the slots of loaded objects at wrappers, and back.
//
// A slot is the word through which an object calls a function of another object, or takes its address: relocations
// JUMP_SLOT and GLOB_DAT name them all. One is redirected when it holds the function that the wrapper calls, or, in an
// object that is bound lazily, when it still points into its own object at the stub that would bind it; where there are
// several allocators it is bound first. What a slot held is kept and put back. Slots that the dynamic linker protects
// after relocation (RELRO) are made writable for the moment. Every store is one aligned word, so a call in another
// thread goes one way or the other.
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "internal.h"

#if defined(__x86_64__)
enum { JUMP_SLOT = R_X86_64_JUMP_SLOT, GLOB_DAT = R_X86_64_GLOB_DAT };
#elif defined(__aarch64__)
enum { JUMP_SLOT = R_AARCH64_JUMP_SLOT, GLOB_DAT = R_AARCH64_GLOB_DAT };
#else
#error "tickscope counts on x86-64 and arm64"
#endif

enum { SAVED = 8192 };

static struct {
    _Atomic(void *) *slot;
    void *original;
} saved[SAVED];
static size_t saved_count;

// --- One object

// The pages that the dynamic linker protects; empty without PT_GNU_RELRO.
static ts_range protected_pages(const ts_object *object) {
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    for (size_t i = 0; i < object->info->dlpi_phnum; i++) {
        const ElfW(Phdr) *header = &object->info->dlpi_phdr[i];
        if (header->p_type != PT_GNU_RELRO) continue;
        uintptr_t start = object->base + header->p_vaddr;
        return (ts_range){start & ~(page - 1), (start + header->p_memsz) & ~(page - 1)};
    }
    return (ts_range){0, 0};
}

static bool is_own_code(const ts_object *object, const void *pointer) {
    uintptr_t offset = (uintptr_t)pointer - object->base;
    for (size_t i = 0; i < object->info->dlpi_phnum; i++) {
        const ElfW(Phdr) *header = &object->info->dlpi_phdr[i];
        if (header->p_type == PT_LOAD && (header->p_flags & PF_X) && offset >= header->p_vaddr &&
            offset - header->p_vaddr < header->p_memsz) {
            return true;
        }
    }
    return false;
}

typedef struct {
    const ts_object *object;
    ts_range pages;
    bool is_open;  // the protected pages are writable now
} visited;

static void set_slot(visited *object, _Atomic(void *) *slot, void *value) {
    uintptr_t place = (uintptr_t)slot;
    ts_range pages = object->pages;
    if (!object->is_open && place >= pages.start && place < pages.end) {
        if (mprotect((void *)pages.start, pages.end - pages.start, PROT_READ | PROT_WRITE) != 0) return;
        object->is_open = true;
    }
    atomic_store(slot, value);
}

static void close_pages(visited *object) {
    if (object->is_open) {
        mprotect((void *)object->pages.start, object->pages.end - object->pages.start, PROT_READ);
    }
    object->is_open = false;
}

typedef struct walk walk;
struct walk {
    ts_target *targets;
    size_t count;
    ts_counting *state;
    const ts_read_only *memory;
    bool may_bind_elsewhere;  // several objects define the first target: a slot not bound yet may lead to any
    void (*at_slot)(walk *, visited *, _Atomic(void *) *slot, const char *name, bool is_jump);
    size_t next;  // where restoring expects the next slot among those saved
};

static void walk_relocations(walk *walk, visited *object, const ElfW(Rela) *relocations, size_t bytes) {
    for (size_t i = 0; i < bytes / sizeof *relocations; i++) {
        unsigned type = (unsigned)ELF64_R_TYPE(relocations[i].r_info);
        if (type != JUMP_SLOT && type != GLOB_DAT) continue;
        uint32_t name = object->object->symbols[ELF64_R_SYM(relocations[i].r_info)].st_name;
        if (name >= object->object->names_size) continue;
        walk->at_slot(walk, object, (void *)(object->object->base + relocations[i].r_offset),
                      object->object->names + name, type == JUMP_SLOT);
    }
}

static int visit(struct dl_phdr_info *info, size_t size, void *data) {
    (void)size;
    walk *walk = data;
    ts_object object;
    if (!ts_object_read(info, &object)) return 0;
    visited state = {.object = &object, .pages = protected_pages(&object)};
    // Not protected yet: another thread is loading it, and will protect it, or relocate over what we do.
    if (walk->memory && state.pages.start < state.pages.end &&
        !ts_read_only_holds(walk->memory, state.pages.start, state.pages.end)) {
        if (walk->state) walk->state->skipped++;
        return 0;
    }
    walk_relocations(walk, &state, object.plt_relocations, object.plt_relocations_size);
    walk_relocations(walk, &state, object.relocations, object.relocations_size);
    close_pages(&state);
    return 0;
}

// --- There

// What the dynamic linker binds a slot to: the object may have a scope of its own (RTLD_DEEPBIND).
static void *bound(const ts_target *target, _Atomic(void *) *slot) {
    if (!target->call) return NULL;
    void *memory = target->call(atomic_load(slot));
    void *function = atomic_load(slot);
    if (function == atomic_load(&target->real) && target->is_of_malloc) ts_real_free(memory);
    return function;
}

static void redirect(walk *walk, visited *object, _Atomic(void *) *slot, const char *name, bool is_jump) {
    for (size_t i = 0; i < walk->count; i++) {
        ts_target *target = &walk->targets[i];
        // The first letters differ for most.
        if (target->name[0] != name[0] || strcmp(target->name, name) != 0) continue;
        void *real = atomic_load(&target->real), *current = atomic_load(slot);
        if (!real || current == target->wrapper) return;
        bool is_unbound = is_jump && current != real && is_own_code(object->object, current);
        if (is_unbound && walk->may_bind_elsewhere) {
            current = bound(target, slot);
            is_unbound = false;
        }
        if (current != real && !is_unbound) {
            walk->state->foreign++;
            return;
        }
        // An object that is gone may have had a slot at the same place.
        size_t index = 0;
        while (index < saved_count && saved[index].slot != slot) index++;
        if (index == SAVED) {
            walk->state->skipped++;
            return;
        }
        saved[index].slot = slot;
        saved[index].original = current;
        if (index == saved_count) saved_count++;
        set_slot(object, slot, target->wrapper);
        return;
    }
}

void ts_slots_redirect(ts_target *targets, size_t count, ts_counting *state) {
    ts_read_only memory;
    walk walk = {.targets = targets, .count = count, .state = state, .memory = &memory, .at_slot = redirect};
    size_t definitions;
    ts_find_symbol(targets[0].name, &definitions);
    walk.may_bind_elsewhere = definitions > 1;
    if (ts_read_only_read(&memory)) dl_iterate_phdr(visit, &walk);
    ts_read_only_free(&memory);
    state->slots = (uint32_t)saved_count;
}

// --- And back

static bool is_wrapper_of(const ts_target *targets, size_t count, const void *pointer) {
    for (size_t i = 0; i < count; i++) {
        if (pointer == targets[i].wrapper) return true;
    }
    return false;
}

static bool is_wrapper(const void *pointer) {
    return is_wrapper_of(ts_malloc_targets, ts_malloc_target_count, pointer) ||
           is_wrapper_of(ts_operator_targets, ts_operator_target_count, pointer) ||
           is_wrapper_of(ts_swift_targets, ts_swift_target_count, pointer);
}

// Only slots of objects that are loaded now: what was saved may have been unloaded.
static void restore(walk *walk, visited *object, _Atomic(void *) *slot, const char *name, bool is_jump) {
    (void)name;
    (void)is_jump;
    if (!is_wrapper(atomic_load(slot))) return;
    for (size_t tried = 0; tried < saved_count; tried++, walk->next++) {
        if (walk->next >= saved_count) walk->next = 0;
        if (saved[walk->next].slot != slot) continue;
        set_slot(object, slot, saved[walk->next++].original);
        return;
    }
}

void ts_slots_restore(void) {
    walk walk = {.at_slot = restore};
    dl_iterate_phdr(visit, &walk);
    saved_count = 0;
}
