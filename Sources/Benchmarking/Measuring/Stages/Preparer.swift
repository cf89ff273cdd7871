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
    /// Where operations arrive as the benchmark says: the distances between them, in any unit.
    func setArrivalGaps(_ gaps: [Double])
    /// What had to wait, where operations arrive on a schedule.
    var queue: OpenLoopQueue? { get }
}

extension Preparer {
    func setArrivalGaps(_ gaps: [Double]) {}
    var queue: OpenLoopQueue? { nil }
}

/// What had to wait in an open loop.
struct OpenLoopQueue {
    /// The most operations that were due and had not begun, the one that begins included.
    var longest = 0
    /// The longest time from the start of an operation that was due before to the first that began in time, ticks.
    var longestBacklogTicks: UInt64 = 0
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
    private var schedule: ArrivalSchedule
    /// The same schedule, ahead of the other: up to what is due by now.
    private var horizon: ArrivalSchedule
    private var horizonDue: Double = 0
    private var due: Double = 0
    private var waiting = 0
    private var backlogBegin: UInt64?
    private var observed = OpenLoopQueue()
    let measuresResponse = true

    init(perSecond: Double, arrival: Arrival, ticksPerSecond: Double) {
        schedule = ArrivalSchedule(arrival, interval: max(1, ticksPerSecond / perSecond))
        horizon = schedule
    }

    var estimatedTicks: Double { schedule.interval }

    var queue: OpenLoopQueue? { observed }

    func setArrivalGaps(_ gaps: [Double]) {
        schedule.setGaps(gaps)
        horizon = schedule
    }

    func prepare(operationTicks: Double) -> UInt64 {
        let now = ts_now_ticks()
        if due == 0 {
            due = Double(now)
            horizonDue = due + horizon.next()
        }
        due += schedule.next()
        let intended = UInt64(due)
        observe(now, intended)
        while ts_now_ticks() < intended {}
        return intended
    }

    private func observe(_ now: UInt64, _ intended: UInt64) {
        while horizonDue <= Double(now) {
            waiting += 1
            horizonDue += horizon.next()
        }
        if now < intended {
            // It will begin in time, and is the next that the horizon meets.
            waiting += 1
            horizonDue += horizon.next()
            backlogBegin = nil
        } else {
            observed.longest = max(observed.longest, waiting)
            let begin = backlogBegin ?? intended
            backlogBegin = begin
            observed.longestBacklogTicks = max(observed.longestBacklogTicks, now &- begin)
        }
        waiting -= 1
    }
}

/// The distances between the starts of an open loop's operations; a copy goes the same way.
struct ArrivalSchedule {
    let interval: Double
    private let arrival: Arrival
    private var generator = SplitMix64(seed: 0x9E37_79B9_7F4A_7C15)
    /// Of recorded arrivals, with a mean of 1.
    private var gaps: [Double] = []
    private var position = 0

    init(_ arrival: Arrival, interval: Double) {
        self.arrival = arrival
        self.interval = interval
    }

    mutating func setGaps(_ gaps: [Double]) {
        let usable = gaps.map { $0.isFinite && $0 > 0 ? $0 : 0 }
        let mean = usable.reduce(0) { $0 + $1 / Double(usable.count) }
        self.gaps = mean > 0 && mean.isFinite ? usable.map { $0 / mean } : []
        position = 0
    }

    /// Ticks to the next start.
    mutating func next() -> Double {
        switch arrival {
        case .recorded where !gaps.isEmpty:
            defer { position = position + 1 == gaps.count ? 0 : position + 1 }
            return gaps[position] * interval
        case .regular, .recorded: return interval
        case .poisson: return -log(max(generator.unit(), 1e-12)) * interval
        }
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
