// SPDX-License-Identifier: MIT OR GPL-2.0-only
//
// A sample record has room for 64 KiB of stack. This program, run by the kernel when a sample is taken, writes the part
// of the stack beyond them into records of its own. It is so short that it is assembled here instead of compiled.
#include "CPerfEvents.h"

#include <errno.h>
#include <linux/bpf.h>
#include <stddef.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static int bpf(int command, union bpf_attr *attr) {
    long result = syscall(SYS_bpf, command, attr, sizeof *attr);
    return result < 0 ? -errno : (int)result;
}

static int create_map(uint32_t type, uint32_t value_size, uint32_t entries) {
    union bpf_attr attr;
    memset(&attr, 0, sizeof attr);
    attr.map_type = type;
    attr.key_size = 4;
    attr.value_size = value_size;
    attr.max_entries = entries;
    return bpf(BPF_MAP_CREATE, &attr);
}

#if defined(__x86_64__)
// Offsets in struct pt_regs, with which struct bpf_perf_event_data begins (asm/ptrace.h).
enum { PT_REGS_CS = 136, PT_REGS_SP = 152 };

// Instructions (linux/bpf.h). `I` holds the next free place.
#define I(operation, destination, source, offset, immediate)                                                \
    program[count++] = (struct bpf_insn){                                                                   \
        .code = (operation), .dst_reg = (destination), .src_reg = (source), .off = (offset), .imm = (immediate)}
#define MOVE(to, from) I(BPF_ALU64 | BPF_MOV | BPF_X, to, from, 0, 0)
#define MOVE_IMMEDIATE(to, value) I(BPF_ALU64 | BPF_MOV | BPF_K, to, 0, 0, value)
#define ADD_IMMEDIATE(to, value) I(BPF_ALU64 | BPF_ADD | BPF_K, to, 0, 0, value)
#define LOAD(to, from, offset) I(BPF_LDX | BPF_MEM | BPF_DW, to, from, offset, 0)
#define CALL(function) I(BPF_JMP | BPF_CALL, 0, 0, 0, function)
#define LOAD_MAP(to, map)                                          \
    I(BPF_LD | BPF_DW | BPF_IMM, to, BPF_PSEUDO_MAP_FD, 0, map);   \
    I(0, 0, 0, 0, 0)

enum { PAGE = 4096, LONGEST_PROGRAM = 512 };

// Jumps whose target is not known yet.
typedef struct forward {
    size_t at[TS_TAIL_PAGES * TS_TAIL_RECORDS + 8];
    size_t count;
} forward;

static void resolve(struct bpf_insn *program, forward *jumps, size_t target) {
    for (size_t i = 0; i < jumps->count; i++) program[jumps->at[i]].off = (int16_t)(target - jumps->at[i] - 1);
    jumps->count = 0;
}

// Registers: 6 context, 7 address of the next page, 8 buffer, 9 bytes in it.
static size_t assemble(struct bpf_insn *program, int buffers, int outputs, int has_task_registers) {
    size_t count = 0;
    forward leave = {.count = 0}, emit = {.count = 0};
    MOVE(6, 1);
    if (has_task_registers) {
        CALL(BPF_FUNC_get_current_task_btf);
        MOVE(1, 0);
        CALL(BPF_FUNC_task_pt_regs);
        LOAD(7, 0, PT_REGS_SP);
    } else {
        // The user's stack pointer is in the interrupted registers only when user code was interrupted.
        LOAD(2, 6, PT_REGS_CS);
        I(BPF_ALU64 | BPF_AND | BPF_K, 2, 0, 0, 3);
        leave.at[leave.count++] = count;
        I(BPF_JMP | BPF_JNE | BPF_K, 2, 0, 0, 3);
        LOAD(7, 6, PT_REGS_SP);
    }
    ADD_IMMEDIATE(7, TS_TAIL_SKIPPED);
    I(BPF_ALU64 | BPF_AND | BPF_K, 7, 0, 0, -PAGE);
    CALL(BPF_FUNC_get_smp_processor_id);
    I(BPF_STX | BPF_MEM | BPF_W, 10, 0, -4, 0);
    LOAD_MAP(1, buffers);
    MOVE(2, 10);
    ADD_IMMEDIATE(2, -4);
    CALL(BPF_FUNC_map_lookup_elem);
    leave.at[leave.count++] = count;
    I(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 0, 0);
    MOVE(8, 0);
    for (int record = 0; record < TS_TAIL_RECORDS; record++) {
        I(BPF_STX | BPF_MEM | BPF_DW, 8, 7, 0, 0);
        for (int page = 0; page < TS_TAIL_PAGES; page++) {
            int done = TS_TAIL_HEADER + page * PAGE;
            MOVE_IMMEDIATE(9, done);
            MOVE(1, 8);
            ADD_IMMEDIATE(1, done);
            MOVE_IMMEDIATE(2, PAGE);
            MOVE(3, 7);
            ADD_IMMEDIATE(3, page * PAGE);
            CALL(BPF_FUNC_probe_read_user);
            emit.at[emit.count++] = count;
            I(BPF_JMP | BPF_JNE | BPF_K, 0, 0, 0, 0);
        }
        MOVE_IMMEDIATE(9, TS_TAIL_HEADER + TS_TAIL_PAGES * PAGE);
        resolve(program, &emit, count);
        leave.at[leave.count++] = count;
        I(BPF_JMP | BPF_JEQ | BPF_K, 9, 0, 0, TS_TAIL_HEADER);
        MOVE(1, 6);
        LOAD_MAP(2, outputs);
        I(BPF_ALU | BPF_MOV | BPF_K, 3, 0, 0, -1);  // BPF_F_CURRENT_CPU
        MOVE(4, 8);
        MOVE(5, 9);
        CALL(BPF_FUNC_perf_event_output);
        // A record that is not full was the last.
        leave.at[leave.count++] = count;
        I(BPF_JMP | BPF_JNE | BPF_K, 9, 0, 0, TS_TAIL_HEADER + TS_TAIL_PAGES * PAGE);
        ADD_IMMEDIATE(7, TS_TAIL_PAGES * PAGE);
    }
    resolve(program, &leave, count);
    MOVE_IMMEDIATE(0, 1);  // take the sample itself, too
    I(BPF_JMP | BPF_EXIT, 0, 0, 0, 0);
    return count;
}

static int load(int buffers, int outputs, int has_task_registers) {
    struct bpf_insn program[LONGEST_PROGRAM];
    union bpf_attr attr;
    memset(&attr, 0, sizeof attr);
    attr.prog_type = BPF_PROG_TYPE_PERF_EVENT;
    attr.insn_cnt = (uint32_t)assemble(program, buffers, outputs, has_task_registers);
    attr.insns = (uint64_t)(uintptr_t)program;
    attr.license = (uint64_t)(uintptr_t) "Dual MIT/GPL";
    return bpf(BPF_PROG_LOAD, &attr);
}
#endif

int ts_tail_create(uint32_t cpus, ts_tail *tail) {
#if defined(__x86_64__)
    tail->outputs = create_map(BPF_MAP_TYPE_PERF_EVENT_ARRAY, 4, cpus);
    if (tail->outputs < 0) return tail->outputs;
    int buffers = create_map(BPF_MAP_TYPE_ARRAY, TS_TAIL_HEADER + TS_TAIL_PAGES * PAGE, cpus);
    if (buffers < 0) {
        close(tail->outputs);
        return buffers;
    }
    // Kernels that describe their types tell where a task's user registers are, also while it runs kernel code.
    tail->program = load(buffers, tail->outputs, 1);
    if (tail->program < 0) tail->program = load(buffers, tail->outputs, 0);
    close(buffers);  // the program keeps it
    if (tail->program < 0) close(tail->outputs);
    return tail->program < 0 ? tail->program : 0;
#else
    (void)cpus;
    (void)tail;
    return -ENOSYS;
#endif
}

int ts_tail_set_output(const ts_tail *tail, uint32_t cpu, int event) {
    union bpf_attr attr;
    memset(&attr, 0, sizeof attr);
    attr.map_fd = (uint32_t)tail->outputs;
    attr.key = (uint64_t)(uintptr_t)&cpu;
    attr.value = (uint64_t)(uintptr_t)&event;
    return bpf(BPF_MAP_UPDATE_ELEM, &attr);
}

int ts_tail_attach(const ts_tail *tail, int event) {
    return ioctl(event, PERF_EVENT_IOC_SET_BPF, tail->program) < 0 ? -errno : 0;
}

void ts_tail_destroy(ts_tail *tail) {
    close(tail->program);
    close(tail->outputs);
}
