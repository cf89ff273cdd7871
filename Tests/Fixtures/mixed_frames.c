/* mixed_frames SECONDS
 *
 * Built with frame pointers everywhere but in leaves: proves that their chain is followed as far as it leads and no
 * further. `without` keeps no frame pointer and leaves its caller's in place: whoever follows the chain from the leaf
 * loses the caller of `without`, which is `around`.
 *
 * With -DOWN_START and -nostartfiles `without` keeps one too, and the chain leads from the leaf to the entry; C
 * libraries that keep none break it off there.
 */
#include "split.h"

#ifdef OWN_START
#define LEAVES_OUT
__asm__(".globl _start\n"
        "_start: xor %ebp, %ebp\n"
        "mov (%rsp), %edi\n"
        "lea 8(%rsp), %rsi\n"
        "and $-16, %rsp\n"
        "call main\n"
        "mov %eax, %edi\n"
        "call exit\n");
#else
#define LEAVES_OUT __attribute__((optimize("omit-frame-pointer")))
#endif

enum { MIXED_LEVELS = 10, MIXED_BYTES = 1000 };

OPAQUE void mixed_inner(int levels, double seconds) {
    volatile uint8_t frame[MIXED_BYTES];
    frame[levels] = (uint8_t)levels;
    if (levels > 1)
        mixed_inner(levels - 1, seconds);
    else
        split_rounds(seconds);
    split_sink += frame[levels];
}

OPAQUE LEAVES_OUT void without(double seconds) {
    volatile uint8_t frame[MIXED_BYTES];
    frame[1] = 1;
    mixed_inner(MIXED_LEVELS, seconds);
    split_sink += frame[1];
}

OPAQUE void around(double seconds) {
    volatile uint8_t frame[MIXED_BYTES];
    frame[1] = 1;
    without(seconds);
    split_sink += frame[1];
}

OPAQUE void mixed_outer(int levels, double seconds) {
    volatile uint8_t frame[MIXED_BYTES];
    frame[levels] = (uint8_t)levels;
    if (levels > 1)
        mixed_outer(levels - 1, seconds);
    else
        around(seconds);
    split_sink += frame[levels];
}

int main(int argc, char **argv) {
    split_stop_on_signals();
    split_ready();
    mixed_outer(MIXED_LEVELS, split_argument(argc, argv, 1, 30));
    return 0;
}
