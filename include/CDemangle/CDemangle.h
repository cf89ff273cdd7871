#ifndef TICKSCOPE_CDEMANGLE_H
#define TICKSCOPE_CDEMANGLE_H

#include <stddef.h>

/// Demangles a name of the Itanium C++ ABI into a buffer.
///
/// A name of some hundred bytes may stand for gigabytes: its substitutions double what they refer to. The C++ runtime's
/// `abi::__cxa_demangle` puts all of it into memory; this gives up where the buffer ends. It allocates nothing on the
/// heap, and some 80 bytes of stack for each byte of the name.
/// @param mangled zero-terminated, at most some ten thousand bytes.
/// @return the bytes written, not zero-terminated; 0 when this is no such name, or too long a one.
size_t tickscope_demangle(const char *mangled, char *output, size_t capacity);

#endif
