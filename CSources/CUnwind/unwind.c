#include "CUnwind.h"

#include <libunwind.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// Searches a table of {start, entry} pairs; public in the library, absent from its header.
extern int UNW_OBJ(dwarf_search_unwind_table)(unw_addr_space_t, unw_word_t, unw_dyn_info_t *, unw_proc_info_t *, int,
                                              void *);

// libunwind wants a table to search. We have found the entry already, so it gets a table of that one entry, at an
// address that no user process can have.
static const uint64_t one_entry_table = 0xffffff0000000000u;

enum {
    cache_entries = 512,    // rows that libunwind keeps per address space
    entry_code_bytes = 64,  // how far past the entry point still counts as the thread's root
};

struct ts_unwind_space {
    unw_addr_space_t engine;  // NULL until the first unwind: most spaces are never unwound by libunwind
    ts_unwind_mapping *mappings;
    size_t count;
    size_t recent;  // index of the last mapping found
};

// One unwind in progress: what the accessors may see, and what went wrong.
typedef struct request {
    ts_unwind_space *space;
    const uint64_t *registers;
    const uint8_t *stack;
    uint64_t stack_low, stack_high;
    const ts_unwind_mapping *mapping;  // of the frame being stepped
    const ts_frame_section *section;   // of its unwind entry, or NULL
    uint64_t table_entry;
    int left_stack;
} request;

const ts_unwind_mapping *ts_unwind_mapping_at(const ts_unwind_space *space, uint64_t address) {
    const ts_unwind_mapping *recent = &space->mappings[space->recent];
    if (space->count && address >= recent->start && address < recent->end) return recent;
    size_t low = 0, high = space->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (space->mappings[middle].end <= address)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == space->count || address < space->mappings[low].start) return NULL;
    ((ts_unwind_space *)space)->recent = low;
    return &space->mappings[low];
}

static int find_proc_info(unw_addr_space_t engine, unw_word_t ip, unw_proc_info_t *info, int want_details, void *arg) {
    request *r = arg;
    const ts_unwind_mapping *mapping = ts_unwind_mapping_at(r->space, ip);
    if (!mapping || !mapping->module) return -UNW_ENOINFO;
    const ts_unwind_module *module = mapping->module;
    const ts_fde *entry = ts_fde_at(module, ip - mapping->bias);
    if (!entry) return -UNW_ENOINFO;

    // The pair is relative to the start of the section, which keeps both numbers within 32 bits for any real file.
    const ts_frame_section *section = ts_fde_section(module, entry);
    uint64_t base = section->address + mapping->bias;
    int64_t start = (int64_t)(entry->start - section->address);
    if (start != (int32_t)start) return -UNW_ENOINFO;
    r->table_entry = (uint64_t)(uint32_t)start | (uint64_t)entry->fde << 32;
    r->mapping = mapping;
    r->section = section;

    unw_dyn_info_t table;
    memset(&table, 0, sizeof table);
    table.format = UNW_INFO_FORMAT_REMOTE_TABLE;
    table.start_ip = module->low + mapping->bias;
    table.end_ip = module->high + mapping->bias;
    table.u.rti.segbase = base;
    table.u.rti.table_data = one_entry_table;
    table.u.rti.table_len = sizeof r->table_entry / sizeof(unw_word_t);
    return UNW_OBJ(dwarf_search_unwind_table)(engine, ip, &table, info, want_details, arg);
}

// Reads code bytes of the mapped file: only to recognize signal trampolines that have no unwind entry.
static int read_code(const ts_unwind_mapping *mapping, uint64_t address, unw_word_t *value) {
    uint8_t bytes[sizeof *value] = {0};
    if (mapping->module->file < 0) return -UNW_EINVAL;
    off_t offset = (off_t)(address - mapping->start + mapping->file_offset);
    if (pread(mapping->module->file, bytes, sizeof bytes, offset) <= 0) return -UNW_EINVAL;
    memcpy(value, bytes, sizeof bytes);
    return 0;
}

static int access_memory(unw_addr_space_t engine, unw_word_t address, unw_word_t *value, int write, void *arg) {
    (void)engine;
    request *r = arg;
    const uint64_t word = sizeof(unw_word_t);
    if (write) return -UNW_EINVAL;
    if (address >= r->stack_low && address < r->stack_high && r->stack_high - address >= word) {
        memcpy(value, r->stack + (address - r->stack_low), word);
        return 0;
    }
    if (address == one_entry_table) {
        *value = r->table_entry;
        return 0;
    }
    const ts_unwind_mapping *mapping = r->mapping;
    if (mapping && mapping->module) {
        const ts_unwind_module *module = mapping->module;
        uint64_t own = address - mapping->bias;
        const ts_frame_section *section = r->section;
        if (section && own - section->address < section->size) {
            uint64_t offset = own - section->address;
            uint64_t left = section->size - offset;
            *value = 0;
            memcpy(value, section->bytes + offset, left < word ? left : word);
            return 0;
        }
        if (address >= mapping->start && address < mapping->end) return read_code(mapping, address, value);
        // Personality routines are found through a pointer in the module's data, which unwinding never follows.
        if (own >= module->low && own < module->high) {
            *value = 0;
            return 0;
        }
    }
    r->left_stack = 1;
    return -UNW_EINVAL;
}

static int access_register(unw_addr_space_t engine, unw_regnum_t number, unw_word_t *value, int write, void *arg) {
    (void)engine;
    const request *r = arg;
    if (write || number < 0 || number >= TS_UNWIND_REGISTERS) return -UNW_EBADREG;
    *value = r->registers[number];
    return 0;
}

static void put_unwind_info(unw_addr_space_t engine, unw_proc_info_t *info, void *arg) {
    (void)engine, (void)info, (void)arg;
}

static int no_dynamic_info(unw_addr_space_t engine, unw_word_t *list, void *arg) {
    (void)engine, (void)list, (void)arg;
    return -UNW_ENOINFO;
}

static int no_float_register(unw_addr_space_t engine, unw_regnum_t number, unw_fpreg_t *value, int write, void *arg) {
    (void)engine, (void)number, (void)value, (void)write, (void)arg;
    return -UNW_EINVAL;
}

static int no_resume(unw_addr_space_t engine, unw_cursor_t *cursor, void *arg) {
    (void)engine, (void)cursor, (void)arg;
    return -UNW_EINVAL;
}

static int no_name(unw_addr_space_t engine, unw_word_t ip, char *name, size_t size, unw_word_t *offset, void *arg) {
    (void)engine, (void)ip, (void)name, (void)size, (void)offset, (void)arg;
    return -UNW_EINVAL;
}

static unw_accessors_t accessors = {
    .find_proc_info = find_proc_info,
    .put_unwind_info = put_unwind_info,
    .get_dyn_info_list_addr = no_dynamic_info,
    .access_mem = access_memory,
    .access_reg = access_register,
    .access_fpreg = no_float_register,
    .resume = no_resume,
    .get_proc_name = no_name,
};

ts_unwind_space *ts_unwind_space_create(void) { return calloc(1, sizeof(ts_unwind_space)); }

static int make_engine(ts_unwind_space *space) {
    if (space->engine) return 0;
    space->engine = unw_create_addr_space(&accessors, 0);
    if (!space->engine) return -1;
    unw_set_caching_policy(space->engine, UNW_CACHE_GLOBAL);
    unw_set_cache_size(space->engine, cache_entries, 0);
    return 0;
}

void ts_unwind_space_destroy(ts_unwind_space *space) {
    if (!space) return;
    if (space->engine) unw_destroy_addr_space(space->engine);
    free(space->mappings);
    free(space);
}

int ts_unwind_space_set(ts_unwind_space *space, const ts_unwind_mapping *mappings, size_t count) {
    ts_unwind_mapping *copy = malloc(sizeof *copy * (count ? count : 1));
    if (!copy) return -1;
    memcpy(copy, mappings, sizeof *copy * count);
    free(space->mappings);
    space->mappings = copy;
    space->count = count;
    space->recent = 0;
    if (space->engine) unw_flush_cache(space->engine, 0, 0);
    return 0;
}

// hot: per sample
size_t ts_unwind(ts_unwind_space *space, const uint64_t registers[TS_UNWIND_REGISTERS], const void *stack,
                 size_t stack_bytes, uint64_t *pcs, size_t max, ts_unwind_end *end) {
    request r = {
        .space = space,
        .registers = registers,
        .stack = stack,
        .stack_low = registers[TS_UNWIND_SP],
    };
    r.stack_high = r.stack_low + stack_bytes;
    if (r.stack_high < r.stack_low) r.stack_high = r.stack_low;

    size_t depth = 0;
    unw_cursor_t cursor;
    *end = TS_UNWIND_BAD_INFO;
    if (max == 0) return 0;
    uint64_t pc = registers[TS_UNWIND_PC];
    uint64_t lookup = pc;  // inside the calling instruction for every frame but an interrupted one
    uint64_t previous_sp = registers[TS_UNWIND_SP];
    pcs[depth++] = pc;
    if (make_engine(space) != 0 || unw_init_remote(&cursor, space->engine, &r) < 0) return depth;

    for (;;) {
        const ts_unwind_mapping *mapping = space->count ? ts_unwind_mapping_at(space, lookup) : NULL;
        if (!mapping || !mapping->module) {
            *end = TS_UNWIND_NO_MODULE;
            return depth;
        }
        r.mapping = mapping;
        uint64_t own = lookup - mapping->bias;
        const ts_fde *entry = ts_fde_at(mapping->module, own);
        r.section = entry ? ts_fde_section(mapping->module, entry) : NULL;
        int trampoline = entry && (entry->length & TS_FDE_SIGNAL);
        if (!entry) {
            uint64_t past = own - mapping->module->entry_point;
            if (mapping->module->entry_point && past < entry_code_bytes) {
                *end = TS_UNWIND_ROOT;
                return depth;
            }
            // Without an entry the library would follow the frame pointer, which is a guess; its recognition of the
            // trampoline's code is not.
            if (unw_is_signal_frame(&cursor) <= 0) {
                *end = TS_UNWIND_NO_INFO;
                return depth;
            }
            trampoline = 1;
        }
        r.left_stack = 0;
        int result = unw_step(&cursor);
        if (r.left_stack) {
            *end = TS_UNWIND_STACK_BYTES;
            return depth;
        }
        unw_word_t next = 0, sp = 0;
        if (result < 0 || unw_get_reg(&cursor, UNW_REG_IP, &next) < 0 || unw_get_reg(&cursor, UNW_REG_SP, &sp) < 0) {
            *end = r.left_stack ? TS_UNWIND_STACK_BYTES : TS_UNWIND_BAD_INFO;
            return depth;
        }
        if (result == 0 || next == 0) {
            int outermost = next == 0 || (entry && (entry->length & TS_FDE_OUTERMOST));
            *end = outermost ? TS_UNWIND_ROOT : TS_UNWIND_BAD_INFO;
            return depth;
        }
        // A caller's frame lies above its callee's; only a signal may switch to another stack, and only a leaf may have
        // nothing on the stack, its return address in a register (vfork).
        int is_leaf = depth == 1;
        if (!trampoline && (sp < previous_sp || (sp == previous_sp && !is_leaf))) {
            *end = TS_UNWIND_BAD_INFO;
            return depth;
        }
        previous_sp = sp;
        pc = next;
        lookup = trampoline ? pc : pc - 1;
        if (depth == max) {
            *end = TS_UNWIND_DEPTH;
            return depth;
        }
        pcs[depth++] = lookup;
    }
}
