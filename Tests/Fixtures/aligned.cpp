// aligned SECONDS
//
// Proves that a canonical frame address which is an expression that reads memory is unwound: a function that both
// aligns the stack (a 64-byte aligned local) and moves it (alloca) keeps its caller's stack pointer in memory, and
// its CFA becomes DW_CFA_def_cfa_expression (DW_OP_breg6 …; DW_OP_deref).

#include <alloca.h>

#include "split.h"

namespace fixture {

struct alignas(64) Vector {
    double lanes[8];
};

OPAQUE void fill(Vector &vector, char *bytes, int count) {
    for (int lane = 0; lane < 8; lane++) vector.lanes[lane] = lane * count;
    memset(bytes, count, static_cast<size_t>(count));
}

OPAQUE void realigned(int count, double seconds) {
    Vector vector;
    char *bytes = static_cast<char *>(alloca(static_cast<size_t>(count)));
    fill(vector, bytes, count);
    run_split(seconds);
    split_sink += static_cast<uint64_t>(vector.lanes[count & 7]) + static_cast<uint64_t>(bytes[0]);
}

}  // namespace fixture

int main(int argc, char **argv) {
    split_stop_on_signals();
    split_ready();
    fixture::realigned(100 + argc, split_argument(argc, argv, 1, 30));
    return 0;
}
