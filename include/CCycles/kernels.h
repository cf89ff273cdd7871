// Unrolled runs of one instruction whose cost in core cycles is published. Each executes 100 × `hundreds` of them
// between two stamps and returns the ticks that passed, stamps included: take n and 2n and subtract, which leaves the
// instructions alone. 0 hundreds return 0.
#ifndef TICKSCOPE_CCYCLES_KERNELS_H
#define TICKSCOPE_CCYCLES_KERNELS_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// The reference: register to register additions, each waiting for the one before, one cycle each on every core. Never
// with an immediate: Golden Cove and later fold those away while renaming.
uint64_t ts_chain_add(uint64_t hundreds);

// The same additions with nothing to wait for: as many a cycle as the core has units for.
uint64_t ts_kernel_independent_add(uint64_t hundreds);

// Chains: each waits for the one before.
uint64_t ts_kernel_imul(uint64_t hundreds);
uint64_t ts_kernel_mulsd(uint64_t hundreds);
uint64_t ts_kernel_addsd(uint64_t hundreds);
uint64_t ts_kernel_ror(uint64_t hundreds);
// Loads whose address is the loaded value, from the nearest cache.
uint64_t ts_kernel_chase(uint64_t hundreds);
// Not on every processor: see ts_processor. On arm64 there is no popcnt of a general register: returns 0.
uint64_t ts_kernel_popcnt(uint64_t hundreds);
uint64_t ts_kernel_crc32(uint64_t hundreds);

// 100 × `hundreds` rounds of a loop with nothing in it.
uint64_t ts_kernel_empty_loop(uint64_t hundreds);

#ifdef __cplusplus
}
#endif
#endif
