/// How many operations were slow of themselves, from lengths and rates: no probe tells.
///
/// A slow operation that nothing in the guest interrupted was slow itself or stopped from outside. A loop that does
/// nothing else tells how often the machine does the latter, by length (``OutsideGaps``). And an operation that is slow
/// for long is interrupted by chance, too: of those that were interrupted, as many are slow of themselves as interrupts
/// of this rate hit the ones that are.
struct SlowCodeEstimate {
    /// Operations of one length class that one of the two explanations fits.
    private struct Share {
        var operations = 0.0
        var excessTicks = 0.0
        var longestTicks: UInt64 = 0

        var meanExcess: Double { operations > 0 ? excessTicks / operations : 0 }

        mutating func add(_ other: Share, weight: Double) {
            operations += weight * other.operations
            excessTicks += weight * other.excessTicks
            if weight >= 0.5 || longestTicks == 0 { longestTicks = max(longestTicks, other.longestTicks) }
        }
    }

    private var own = Share()
    private var outside = Share()
    /// Interrupted ones that were slow of themselves.
    private var interruptedOwn = Share()
    /// Length classes in which the machine explains most that nothing else does.
    private var outsideClasses: Set<Int> = []
    /// Length classes in which most that were interrupted were slow of themselves.
    private var ownClasses: Set<Int> = []

    /// - Parameters:
    ///   - undisturbed: operations that no probe saw interrupted; `interrupted`: those that a device or a timer did.
    ///   - threshold: ticks above which an operation is slow.
    ///   - totalTicks: spent inside operations.
    init(
        undisturbed: LatencyHistogram, interrupted: LatencyHistogram, threshold: UInt64, median: Double,
        gaps: OutsideGaps, totalTicks: Double
    ) {
        let hit = Self.byLength(interrupted, above: threshold, median: median)
        var unexplained = hit.mapValues(\.operations)
        let interruptsPerTick = totalTicks > 0 ? Double(interrupted.count) / totalTicks : 0
        let slow = Self.byLength(undisturbed, above: threshold, median: median)
        for (length, observed) in slow.sorted(by: { $0.key < $1.key }) {
            // A gap's neighbors count too: it is seen with what the operation itself takes.
            let gapsExpected = (length - 1...length + 1).map { gaps.expected(class: $0, ticks: totalTicks) }.max() ?? 0
            let outsideShare = min(1, gapsExpected / observed.operations)
            if outsideShare > 0.5 { outsideClasses.insert(length) }
            if outsideShare > 0 { outside.add(observed, weight: outsideShare) }
            guard outsideShare < 1 else { continue }
            own.add(observed, weight: 1 - outsideShare)
            // An interrupt makes them longer, into the next class if they are near its edge.
            var hitsExpected =
                (1 - outsideShare) * observed.operations * interruptsPerTick * (observed.meanExcess + median)
            for length in [length, length + 1] {
                guard let seen = hit[length], let left = unexplained[length], left > 0 else { continue }
                let taken = min(left, hitsExpected)
                hitsExpected -= taken
                unexplained[length] = left - taken
                interruptedOwn.add(seen, weight: taken / seen.operations)
                if left - taken < 0.5 * seen.operations { ownClasses.insert(length) }
            }
        }
    }

    private static func byLength(
        _ histogram: LatencyHistogram, above threshold: UInt64, median: Double
    ) -> [Int: Share] {
        var shares: [Int: Share] = [:]
        for (value, count) in zip(histogram.values, histogram.counts) where value > threshold {
            let excess = Double(value) - median
            let share = Share(operations: Double(count), excessTicks: excess * Double(count), longestTicks: value)
            shares[OutsideGaps.lengthClass(excess), default: Share()].add(share, weight: 1)
        }
        return shares
    }

    /// Adds what is slow of itself and what was stopped from outside; takes from the interrupts what is not theirs.
    func correct(_ causes: inout [CauseCount]) {
        for index in causes.indices where causes[index].cause == .interrupt {
            causes[index].operations -= interruptedOwn.operations
            causes[index].outliers -= interruptedOwn.operations
            causes[index].excessTicks -= interruptedOwn.excessTicks
        }
        var slow = own
        slow.add(interruptedOwn, weight: 1)
        for (cause, share) in [(OutlierCause.ownCode, slow), (.outside, outside)] where share.operations > 0 {
            causes.append(
                CauseCount(
                    cause: cause, operations: share.operations, outliers: share.operations,
                    excessTicks: share.excessTicks, longestTicks: share.longestTicks))
        }
    }

    /// The likeliest cause of one slow operation, given what the probes saw.
    func likelyCause(_ seen: OutlierCause, excessTicks: Double) -> OutlierCause {
        let length = OutsideGaps.lengthClass(excessTicks)
        if seen == .ownCode && outsideClasses.contains(length) { return .outside }
        if seen == .interrupt && ownClasses.contains(length) { return .ownCode }
        return seen
    }
}
