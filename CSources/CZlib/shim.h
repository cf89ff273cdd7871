#ifndef TICKSCOPE_CZLIB_SHIM_H
#define TICKSCOPE_CZLIB_SHIM_H

#include <zlib.h>

// zlib's initializers are macros that add the version and the size of the stream; Swift does not import macros with
// arguments.

static inline int tickscope_deflate_init(z_stream *stream, int level, int windowBits, int memoryLevel) {
    return deflateInit2(stream, level, Z_DEFLATED, windowBits, memoryLevel, Z_DEFAULT_STRATEGY);
}

static inline int tickscope_inflate_init(z_stream *stream, int windowBits) {
    return inflateInit2(stream, windowBits);
}

#endif
