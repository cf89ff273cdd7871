// closures SECONDS
//
// Proves that Swift stacks are complete and that Swift names are demangled: the split runs in two methods reached
// through a protocol witness, an escaping closure and a specialized generic function, under 20 recursive frames.

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
struct Chain: Workload {
    var state: UnsafeMutablePointer<UInt64>
    var factor: UInt64

    @inline(never)
    func heavy(unit: UInt64) { multiply(state, by: factor, times: 3 * unit) }

    @inline(never)
    func light(unit: UInt64) { multiply(state, by: factor, times: unit) }
}

@inline(__always)
func multiply<Number: FixedWidthInteger>(_ state: UnsafeMutablePointer<Number>, by factor: Number, times: UInt64) {
    var value = state.pointee | 1
    for _ in 0..<times { value = value &* factor }
    state.pointee = value
}

@inline(never)
func repeatUntil<Unit: FixedWidthInteger>(_ end: Double, _ body: @escaping (Unit) -> Void) {
    var random: UInt32 = 12345
    repeat {
        for _ in 0..<8 {
            random = random &* 1_664_525 &+ 1_013_904_223
            body(2000 + Unit(random >> 20))
        }
    } while now() < end
}

@inline(never)
func descend(_ depth: Int, _ workload: any Workload, _ end: Double) -> Int {
    // Work after the call: not a tail call.
    if depth > 1 { return descend(depth - 1, workload, end) &+ Int(getppid() & 1) }
    repeatUntil(end) { (unit: UInt64) in
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
let depth = descend(20, Chain(state: state, factor: 0x9E37_79B9_7F4A_7C15), now() + seconds)
exit(depth < 1_000_000 ? 0 : 1)
