// Symbols of loaded objects, looked up as the dynamic linker does for a call: the first definition in load order. Not
// dlsym: in a program at a fixed address it may answer with that program's own stub, which leads back to its slot.
// Layouts: System V ABI (DT_HASH), and the GNU hash section as glibc's dl-lookup.c reads it.
#include <string.h>

#include "internal.h"

// glibc relocates the addresses of a dynamic section in place; the vDSO's stay as they were linked.
static uintptr_t address(const ts_object *object, ElfW(Addr) value) {
    return value < object->base ? object->base + value : value;
}

bool ts_object_read(const struct dl_phdr_info *info, ts_object *object) {
    memset(object, 0, sizeof *object);
    object->base = info->dlpi_addr;
    object->info = info;
    const ElfW(Dyn) *dynamic = NULL;
    for (size_t i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *header = &info->dlpi_phdr[i];
        if (header->p_type == PT_DYNAMIC) dynamic = (const void *)(info->dlpi_addr + header->p_vaddr);
    }
    if (!dynamic) return false;
    bool has_rela = true;
    for (; dynamic->d_tag != DT_NULL; dynamic++) {
        ElfW(Addr) value = dynamic->d_un.d_ptr;
        switch (dynamic->d_tag) {
        case DT_SYMTAB: object->symbols = (const void *)address(object, value); break;
        case DT_STRTAB: object->names = (const void *)address(object, value); break;
        case DT_STRSZ: object->names_size = value; break;
        case DT_GNU_HASH: object->gnu_hash = (const void *)address(object, value); break;
        case DT_HASH: object->sysv_hash = (const void *)address(object, value); break;
        case DT_RELA: object->relocations = (const void *)address(object, value); break;
        case DT_RELASZ: object->relocations_size = value; break;
        case DT_JMPREL: object->plt_relocations = (const void *)address(object, value); break;
        case DT_PLTRELSZ: object->plt_relocations_size = value; break;
        case DT_PLTREL: has_rela = value == DT_RELA; break;
        default: break;
        }
    }
    if (!has_rela) object->plt_relocations_size = 0;
    return object->symbols && object->names;
}

static bool is_definition(const ts_object *object, uint32_t index, const char *name) {
    const ElfW(Sym) *symbol = &object->symbols[index];
    if (symbol->st_shndx == SHN_UNDEF || symbol->st_value == 0 || symbol->st_name >= object->names_size) return false;
    // An indirect function's address is whatever it returns; nobody makes an allocator of one.
    unsigned type = ELF64_ST_TYPE(symbol->st_info);
    if (type != STT_FUNC && type != STT_OBJECT && type != STT_NOTYPE) return false;
    return strcmp(object->names + symbol->st_name, name) == 0;
}

static const ElfW(Sym) *by_gnu_hash(const ts_object *object, const char *name) {
    uint32_t hash = 5381;
    for (const unsigned char *c = (const void *)name; *c; c++) hash = hash * 33 + *c;
    const uint32_t *table = object->gnu_hash;
    uint32_t bucket_count = table[0], first = table[1], bloom_count = table[2];
    if (bucket_count == 0) return NULL;
    const uint32_t *buckets = (const void *)((const ElfW(Addr) *)(table + 4) + bloom_count);
    const uint32_t *chain = buckets + bucket_count;
    uint32_t index = buckets[hash % bucket_count];
    if (index < first) return NULL;
    for (;; index++) {
        uint32_t entry = chain[index - first];
        if ((entry | 1) == (hash | 1) && is_definition(object, index, name)) return &object->symbols[index];
        if (entry & 1) return NULL;
    }
}

static const ElfW(Sym) *by_sysv_hash(const ts_object *object, const char *name) {
    uint32_t hash = 0;
    for (const unsigned char *c = (const void *)name; *c; c++) {
        hash = (hash << 4) + *c;
        hash = (hash ^ ((hash & 0xf0000000) >> 24)) & 0x0fffffff;
    }
    uint32_t bucket_count = object->sysv_hash[0];
    if (bucket_count == 0) return NULL;
    const uint32_t *buckets = object->sysv_hash + 2, *chain = buckets + bucket_count;
    for (uint32_t index = buckets[hash % bucket_count]; index != STN_UNDEF; index = chain[index]) {
        if (is_definition(object, index, name)) return &object->symbols[index];
    }
    return NULL;
}

void *ts_object_symbol(const ts_object *object, const char *name) {
    const ElfW(Sym) *symbol = object->gnu_hash    ? by_gnu_hash(object, name)
                              : object->sysv_hash ? by_sysv_hash(object, name)
                                                  : NULL;
    return symbol ? (void *)(object->base + symbol->st_value) : NULL;
}

typedef struct {
    const char *name;
    void *found;
    size_t definitions;
} search;

static int visit(struct dl_phdr_info *info, size_t size, void *data) {
    (void)size;
    search *wanted = data;
    ts_object object;
    if (!ts_object_read(info, &object)) return 0;
    void *found = ts_object_symbol(&object, wanted->name);
    if (!found) return 0;
    wanted->definitions++;
    if (!wanted->found) wanted->found = found;
    return 0;
}

void *ts_find_symbol(const char *name, size_t *definitions) {
    search wanted = {.name = name};
    dl_iterate_phdr(visit, &wanted);
    if (definitions) *definitions = wanted.definitions;
    return wanted.found;
}
