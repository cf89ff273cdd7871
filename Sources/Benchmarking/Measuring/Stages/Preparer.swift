internal import CCycles
internal import Glibc

/// What happens before each operation in latency mode, outside its stamps.
protocol Preparer: AnyObject {
    /// What a preparation takes, ticks, about.
    var estimatedTicks: Double { get }
    /// Whether operations have an intended start, so that their response time is measured from it.
    var measuresResponse: Bool { get }
    /// - Returns: ticks of the intended start, where there is one.
    func prepare(operationTicks: Double) -> UInt64
}

/// Sleeps before each operation.
final class IdlePreparer: Preparer {
    private var pause: timespec
    let estimatedTicks: Double
    let measuresResponse = false

    init(microseconds: Double, ticksPerSecond: Double) {
        let nanoseconds = min(max(microseconds * 1e3, 0), 1e12)
        pause = timespec(
            tv_sec: Int(nanoseconds / 1e9), tv_nsec: Int(nanoseconds.truncatingRemainder(dividingBy: 1e9)))
        // A sleep takes some fifty microseconds longer than asked for.
        estimatedTicks = (microseconds + 60) * 1e-6 * ticksPerSecond
    }

    func prepare(operationTicks: Double) -> UInt64 {
        var remaining = timespec()
        while nanosleep(&pause, &remaining) != 0 && errno == EINTR { pause = remaining }
        return 0
    }
}

/// Spins until the operation is due. An operation that is late starts at once, and its waiting counts.
final class OpenLoopPreparer: Preparer {
    private let interval: Double
    private let arrival: Arrival
    private var due: Double = 0
    private var generator = SplitMix64(seed: 0x9E37_79B9_7F4A_7C15)
    let measuresResponse = true

    init(perSecond: Double, arrival: Arrival, ticksPerSecond: Double) {
        interval = max(1, ticksPerSecond / perSecond)
        self.arrival = arrival
    }

    var estimatedTicks: Double { interval }

    func prepare(operationTicks: Double) -> UInt64 {
        let now = Double(ts_now_ticks())
        if due == 0 { due = now }
        switch arrival {
        case .regular: due += interval
        case .poisson: due += -log(max(generator.unit(), 1e-12)) * interval
        }
        let intended = UInt64(due)
        while ts_now_ticks() < intended {}
        return intended
    }
}

/// A small generator that makes runs repeatable (Steele, Lea and Flood 2014).
struct SplitMix64: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// Uniform in 0 ..< 1.
    mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }
}
