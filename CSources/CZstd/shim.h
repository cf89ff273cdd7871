#ifndef TICKSCOPE_CZSTD_SHIM_H
#define TICKSCOPE_CZSTD_SHIM_H

#include <zstd.h>

#endif
