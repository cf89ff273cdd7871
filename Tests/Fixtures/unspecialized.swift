// unspecialized SECONDS
//
// Proves that stacks stay complete where the hot leaves are the short witnesses of the Swift library: the split runs
// in a generic type that cannot be specialized, so every multiplication is a call through a witness table. Epilogues
// there restore a register by `pop` while their table rows still place it at its old slot, now below the stack
// pointer, which no captured stack holds: a register whose slot is below the stack pointer has its value already.

import Glibc

func now() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}

protocol Workload {
    func heavy(unit: UInt64)
    func light(unit: UInt64)
}

/// The state of the work lives behind a pointer that the optimizer knows nothing of, so the loops stay.
struct Chain<Number: FixedWidthInteger>: Workload {
    var state: UnsafeMutablePointer<Number>
    var factor: Number

    @inline(never)
    func heavy(unit: UInt64) {
        var value = state.pointee | 1
        for _ in 0..<3 * unit { value = value &* factor }
        state.pointee = value
    }

    @inline(never)
    func light(unit: UInt64) {
        var value = state.pointee | 1
        for _ in 0..<unit { value = value &* factor }
        state.pointee = value
    }
}

@inline(never)
func repeatUntil(_ end: Double, _ body: @escaping (UInt64) -> Void) {
    var random: UInt32 = 12345
    repeat {
        for _ in 0..<8 {
            random = random &* 1_664_525 &+ 1_013_904_223
            body(2000 + UInt64(random >> 20))
        }
    } while now() < end
}

@inline(never)
func descend(_ depth: Int, _ workload: any Workload, _ end: Double) -> Int {
    if depth > 1 { return descend(depth - 1, workload, end) &+ Int(getppid() & 1) }
    repeatUntil(end) { unit in
        workload.heavy(unit: unit)
        workload.light(unit: unit)
    }
    return depth
}

let seconds = CommandLine.arguments.count > 1 ? Double(CommandLine.arguments[1]) ?? 30 : 30
let state = UnsafeMutablePointer<UInt64>.allocate(capacity: 1)
state.initialize(to: 1)
print("ready \(getpid())")
fflush(nil)
let depth = descend(20, Chain<UInt64>(state: state, factor: 0x9E37_79B9_7F4A_7C15), now() + seconds)
exit(depth < 1_000_000 ? 0 : 1)
