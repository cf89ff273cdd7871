// DWARF unwinding of captured registers and stack bytes with libunwind's remote interface.
//
// The caller describes an address space as sorted mappings of modules, each with its call-frame information.
// Nothing here reads another process or any memory but what it was given; every byte of it is taken as hostile.
#ifndef TICKSCOPE_CUNWIND_H
#define TICKSCOPE_CUNWIND_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// General registers in DWARF order, the program counter behind them.
enum {
    TS_UNWIND_REGISTERS = 17,
    TS_UNWIND_SP = 7,
    TS_UNWIND_PC = 16,
};

// One function's unwind entry. Addresses are relative to the module.
typedef struct ts_fde {
    uint64_t start;
    uint32_t length;
    uint32_t fde;  // offset in its section
} ts_fde;

// The high bits of ts_fde.length: what kind of frame the function makes, and where it is described.
#define TS_FDE_SIGNAL 0x80000000u     // the kernel's signal trampoline
#define TS_FDE_OUTERMOST 0x40000000u  // the return address is declared undefined: a thread starts here
#define TS_FDE_DEBUG 0x20000000u      // in the module's debug_frame instead of its eh_frame
#define TS_FDE_LENGTH 0x1fffffffu

// Call-frame information in the format of .eh_frame. What was not read from the file yet is 0; the records of an entry
// that ts_fde_at has found are there, and stay as they are.
typedef struct ts_frame_section {
    const uint8_t *bytes;
    uint64_t size;
    uint64_t address;  // by the module's own addresses
} ts_frame_section;

// A file's unwind information. The pointers stay valid until the last space that uses the module is gone.
typedef struct ts_unwind_module {
    ts_frame_section eh_frame;
    ts_frame_section debug_frame;  // what .debug_frame adds to it; not looked at before an entry of it was found
    const ts_fde *(*find)(void *context, uint64_t address);  // any thread
    void *context;
    uint64_t entry_point;  // where the kernel starts the program, 0 for none
    uint64_t low, high;    // addresses the module occupies
    int file;              // to read code bytes from, or -1
    uint64_t serial;       // of this module alone, whatever comes to lie at its address later
} ts_unwind_module;

typedef struct ts_unwind_mapping {
    uint64_t start, end;
    uint64_t bias;         // mapped address - module address
    uint64_t file_offset;  // of `start`
    const ts_unwind_module *module;  // NULL: executable memory without a readable file
    int is_generated;                // code written at run time
} ts_unwind_mapping;

// Why a stack ends where it ends.
typedef enum ts_unwind_end {
    TS_UNWIND_ROOT = 0,         // the thread's entry
    TS_UNWIND_STACK_BYTES = 1,  // the next frame lies outside the captured bytes
    TS_UNWIND_NO_INFO = 2,      // the last program counter has no unwind entry
    TS_UNWIND_NO_MODULE = 3,    // the last program counter is in no known executable mapping
    TS_UNWIND_BAD_INFO = 4,     // the unwind entry does not work out
    TS_UNWIND_DEPTH = 5,        // more frames than fit
} ts_unwind_end;

typedef struct ts_unwind_space ts_unwind_space;

// An address space without mappings, or NULL when memory is short.
ts_unwind_space *ts_unwind_space_create(void);
void ts_unwind_space_destroy(ts_unwind_space *space);

// Replaces the mappings: sorted, not overlapping, copied. Returns 0, or -1 when memory is short (mappings unchanged).
int ts_unwind_space_set(ts_unwind_space *space, const ts_unwind_mapping *mappings, size_t count);

// Unwinds one sample.
//
// `pcs` receives the interrupted program counter, then for each caller an address inside its calling instruction
// (the return address - 1, but the exact address for a frame interrupted by a signal).
// Returns the number of frames, at least 1 when max > 0; `*end` says why they end.
size_t ts_unwind(ts_unwind_space *space, const uint64_t registers[TS_UNWIND_REGISTERS], const void *stack,
                 size_t stack_bytes, uint64_t *pcs, size_t max, ts_unwind_end *end);

// The mapping that holds an address, or NULL.
const ts_unwind_mapping *ts_unwind_mapping_at(const ts_unwind_space *space, uint64_t address);

// The entry that covers a module address, or NULL. Of functions that overlap, the one that starts last.
static inline const ts_fde *ts_fde_at(const ts_unwind_module *module, uint64_t address) {
    return module->find(module->context, address);
}

// The section that an entry is in.
static inline const ts_frame_section *ts_fde_section(const ts_unwind_module *module, const ts_fde *entry) {
    return entry->length & TS_FDE_DEBUG ? &module->debug_frame : &module->eh_frame;
}

#ifdef __cplusplus
}
#endif
#endif
