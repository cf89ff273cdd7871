internal import CCycles
internal import PerfEvents

/// Samples in which code the operation spends its time, in a pass of its own: a sample costs microseconds.
///
/// Only addresses are kept, so that samples can be many: how sure a share of the time is depends on their number alone.
/// Samples come in pieces of some milliseconds, each at a period of its own that is drawn from ±20 % around the usual one:
/// a fixed one would meet an operation that takes as long, or a multiple, at the same place each time. Pieces in which
/// another thread used the core are left out when enough others remain.
final class SamplingStage: MeasurementStage {
    private let warmUp: WarmUpStage
    private let clock: EpochClock
    private let ticksPerSecond: Double
    private let budgetTicks: UInt64
    private let deadline: UInt64
    private var sampler: OwnAddressSampler?
    private var begin: UInt64 = 0
    private var disturbance = 0.0
    private var period: UInt64 = 0
    /// Time that the samples with the core to themselves stand for.
    private var quietNanoseconds = 0.0
    private var generator = SystemRandomNumberGenerator()
    private var quiet: [UInt64: Int64] = [:]
    private var disturbed: [UInt64: Int64] = [:]
    private(set) var problem: String?

    /// Seconds of a piece, and samples above which one could overflow the ring.
    private static let pieceSeconds = 3e-3
    private static let patience: UInt64 = 2
    private static let mostSamplesOfPiece = Double(OwnAddressSampler.capacity) / 2

    init(after warmUp: WarmUpStage, clock: EpochClock, seconds: Double, ticksPerSecond: Double, deadline: UInt64) {
        self.warmUp = warmUp
        self.clock = clock
        self.ticksPerSecond = ticksPerSecond
        budgetTicks = UInt64(seconds * ticksPerSecond)
        self.deadline = deadline
    }

    func next() -> ts_assignment? {
        if begin == 0 {
            begin = ts_now_ticks()
            do { sampler = try OwnAddressSampler() } catch { problem = "\(error)" }
            disturbance = clock.reading().disturbance
        }
        let now = ts_now_ticks()
        guard let sampler, now < deadline, !hasEnough(elapsed: now &- begin) else { return nil }
        // As the operations that are timed: eight copies where one is short.
        let isShort = warmUp.operationTicks < 2_500
        let copies = isShort ? Double(TS_COPIES_TWICE) : 1
        let rounds = max(1, Self.pieceSeconds * ticksPerSecond / (copies * warmUp.operationTicks))
        var assignment = ts_assignment()
        assignment.kind = Int32(isShort ? TS_ASSIGNMENT_TWICE : TS_ASSIGNMENT_PLAIN)
        assignment.rounds = UInt64(rounds)
        let nanoseconds = rounds * copies * warmUp.operationTicks / ticksPerSecond * 1e9
        let usual = max(Double(OwnAddressSampler.shortestPeriod), nanoseconds / Self.mostSamplesOfPiece)
        period = UInt64(usual * Double.random(in: 0.8...1.2, using: &generator))
        sampler.start(period: period)
        return assignment
    }

    func finish(ticks: UInt64) {
        guard let sampler else { return }
        sampler.stop()
        let before = disturbance
        disturbance = clock.reading().disturbance
        let isQuiet = ThroughputEpoch(ticks: 1, coreCyclesPerTick: 1, disturbance: max(before, disturbance)).isQuiet
        sampler.drain { address in
            if isQuiet {
                quiet[address, default: 0] += 1
                quietNanoseconds += Double(period)
            } else {
                disturbed[address, default: 0] += 1
            }
        }
    }

    /// Whether the time is over: on a busy machine up to twice the budget, for samples with the core to itself.
    private func hasEnough(elapsed: UInt64) -> Bool {
        guard elapsed >= budgetTicks else { return false }
        return quietNanoseconds * ticksPerSecond >= 0.9e9 * Double(budgetTicks)
            || elapsed >= Self.patience * budgetTicks
    }

    func end() {
        if let sampler, sampler.losses > 0 { problem = "the kernel lost samples: one operation takes too long" }
        sampler = nil
    }

    /// Samples by address.
    var counts: [UInt64: Int64] {
        let (calm, others) = (quiet.values.reduce(0, +), disturbed.values.reduce(0, +))
        return calm >= others ? quiet : quiet.merging(disturbed, uniquingKeysWith: +)
    }
}
