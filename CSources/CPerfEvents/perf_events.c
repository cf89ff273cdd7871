#include "CPerfEvents.h"

#include <errno.h>
#include <linux/hw_breakpoint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

_Static_assert(sizeof(struct perf_event_attr) >= PERF_ATTR_SIZE_VER5, "kernel headers older than Linux 4.1");

int ts_perf_open(const ts_perf_spec *spec, int32_t task, int32_t cpu) {
    struct perf_event_attr attr;
    memset(&attr, 0, sizeof attr);
    attr.size = sizeof attr;
    attr.type = spec->type;
    attr.config = spec->config;
    attr.sample_type = spec->sample_type;
    attr.read_format = spec->read_format;
    attr.sample_regs_user = spec->user_registers;
    attr.sample_stack_user = spec->user_stack_bytes;
    attr.disabled = (spec->flags & TS_PERF_DISABLED) != 0;
    attr.inherit = (spec->flags & TS_PERF_INHERIT) != 0;
    attr.exclude_kernel = (spec->flags & TS_PERF_EXCLUDE_KERNEL) != 0;
    attr.exclude_hv = (spec->flags & TS_PERF_EXCLUDE_HV) != 0;
    attr.enable_on_exec = (spec->flags & TS_PERF_ENABLE_ON_EXEC) != 0;
    attr.exclude_callchain_user = (spec->flags & TS_PERF_NO_USER_CALLCHAIN) != 0;
    attr.exclude_callchain_kernel = (spec->flags & TS_PERF_NO_KERNEL_CALLCHAIN) != 0;
    if (spec->flags & TS_PERF_FREQUENCY) {
        attr.freq = 1;
        attr.sample_freq = spec->period;
    } else {
        attr.sample_period = spec->period;
    }
    if (spec->flags & TS_PERF_SIDEBAND) {
        attr.mmap = 1;
        attr.mmap2 = 1;
        attr.comm = 1;
        attr.comm_exec = 1;
        attr.task = 1;
    }
    if (spec->wakeup_bytes) {
        attr.watermark = 1;
        attr.wakeup_watermark = spec->wakeup_bytes;
    }
    attr.sample_id_all = 1;
    attr.use_clockid = 1;
    attr.clockid = CLOCK_MONOTONIC;
    long fd = syscall(SYS_perf_event_open, &attr, task, cpu, -1, PERF_FLAG_FD_CLOEXEC);
    return fd < 0 ? -errno : (int)fd;
}

int ts_perf_open_write_watch(int32_t task, uint64_t address) {
    struct perf_event_attr attr;
    memset(&attr, 0, sizeof attr);
    attr.size = sizeof attr;
    attr.type = PERF_TYPE_BREAKPOINT;
    attr.bp_type = HW_BREAKPOINT_W;
    attr.bp_addr = address;
    attr.bp_len = HW_BREAKPOINT_LEN_8;
    attr.sample_period = 1;
    attr.sample_type = PERF_SAMPLE_TIME;
    attr.disabled = 1;
    attr.exclude_kernel = 1;
    attr.exclude_hv = 1;
    attr.use_clockid = 1;
    attr.clockid = CLOCK_MONOTONIC;
    long fd = syscall(SYS_perf_event_open, &attr, task, -1, -1, PERF_FLAG_FD_CLOEXEC);
    return fd < 0 ? -errno : (int)fd;
}

int ts_perf_open_counter(uint32_t type, uint64_t config, uint32_t flags, int leader) {
    struct perf_event_attr attr;
    memset(&attr, 0, sizeof attr);
    attr.size = sizeof attr;
    attr.type = type;
    attr.config = config;
    attr.read_format = PERF_FORMAT_TOTAL_TIME_ENABLED | PERF_FORMAT_TOTAL_TIME_RUNNING;
    // A member follows its leader.
    attr.disabled = leader < 0;
    attr.exclude_kernel = (flags & TS_PERF_EXCLUDE_KERNEL) != 0;
    attr.exclude_hv = (flags & TS_PERF_EXCLUDE_HV) != 0;
    long fd = syscall(SYS_perf_event_open, &attr, 0, -1, leader, PERF_FLAG_FD_CLOEXEC);
    return fd < 0 ? -errno : (int)fd;
}

static int control(int event, unsigned long request, unsigned long argument) {
    return ioctl(event, request, argument) < 0 ? -errno : 0;
}

int ts_perf_enable(int event) { return control(event, PERF_EVENT_IOC_ENABLE, 0); }

int ts_perf_disable(int event) { return control(event, PERF_EVENT_IOC_DISABLE, 0); }

int ts_perf_enable_group(int leader) { return control(leader, PERF_EVENT_IOC_ENABLE, PERF_IOC_FLAG_GROUP); }

int ts_perf_disable_group(int leader) { return control(leader, PERF_EVENT_IOC_DISABLE, PERF_IOC_FLAG_GROUP); }

int ts_perf_arm(int event, int times) { return control(event, PERF_EVENT_IOC_REFRESH, (unsigned long)times); }

int ts_perf_set_period(int event, uint64_t period) {
    return control(event, PERF_EVENT_IOC_PERIOD, (unsigned long)&period);
}

int ts_perf_redirect(int event, int ring_owner) {
    return control(event, PERF_EVENT_IOC_SET_OUTPUT, (unsigned long)ring_owner);
}
