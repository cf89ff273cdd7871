// What a measuring loop is told to do next. The loops live where the measured code is, so that it inlines into them: in
// Swift (`Measurement.measure`) and in C (`tickscope/bench.h`). Who decides what to measure hands out assignments.
#ifndef TICKSCOPE_CCYCLES_ASSIGNMENT_H
#define TICKSCOPE_CCYCLES_ASSIGNMENT_H

#include <stdint.h>

#include "stepping.h"

enum {
    // Copies of the operation in the two loops whose difference is measured.
    TS_COPIES_SINGLE = 4,
    TS_COPIES_TWICE = 8,
};

// Kinds of assignments.
enum {
    TS_ASSIGNMENT_DONE = 0,     // leave the loop
    TS_ASSIGNMENT_SINGLE = 1,   // `rounds` times TS_COPIES_SINGLE operations between two stamps
    TS_ASSIGNMENT_TWICE = 2,    // `rounds` times TS_COPIES_TWICE operations between two stamps
    TS_ASSIGNMENT_PLAIN = 3,    // `rounds` operations between two stamps
    TS_ASSIGNMENT_STAMPED = 4,  // `rounds` operations, each between two stamps of its own
    TS_ASSIGNMENT_STEPPED = 5,  // one operation, instruction by instruction
};

// Flags of a stamped assignment.
enum {
    TS_STAMPED_PREPARES = 1,  // something is to be done before each operation
    TS_STAMPED_REPORTS = 2,   // the end of each operation is reported, not only where a probe was hit
};

// One stamped operation.
typedef struct ts_operation {
    uint32_t ticks;  // what it took; UINT32_MAX when longer
    uint32_t start;  // when it began, 1,024 ticks since the loop's `origin`
} ts_operation;

typedef struct ts_assignment {
    int32_t kind;
    int32_t flags;  // stamped: TS_STAMPED_ bits
    uint64_t rounds;
    uint64_t origin;           // stamped: ticks when the loop's time begins
    ts_operation *operations;  // stamped: room for `rounds` operations
    struct ts_step *step;      // stepped: to be prepared, then finished, around the operation
} ts_assignment;

static inline uint32_t ts_clamped_ticks(uint64_t ticks) { return ticks < UINT32_MAX ? (uint32_t)ticks : UINT32_MAX; }

#endif
