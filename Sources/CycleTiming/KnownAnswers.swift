internal import CCycles

/// Measures what is known, to tell whether the harness is right on this machine.
package struct KnownAnswers: Hashable, Sendable {
    /// The measured cost of one kernel.
    package struct Answer: Hashable, Sendable {
        package var kernel: KnownKernel
        /// Core cycles per instruction: the median over epochs.
        package var cycles: Cycles
        /// The first and the third quartile of the epochs.
        package var quartiles: ClosedRange<Double>
        /// What is published for this processor; nil where nothing exact is.
        package var published: Double?

        /// Measured minus published.
        package var error: Double? { published.map { cycles.rawValue - $0 } }
    }

    package var answers: [Answer]
    /// Cycles of the core per tick of the counter while measuring: the median over the epochs that count.
    package var coreClock: CoreClock
    /// The share of epochs in which nobody else used this core's units. Another thread of the core (of another guest,
    /// too) takes execution slots from this one: chains suffer by a percent, what needs the full width by half.
    package var quietShare: Double

    package subscript(kernel: KnownKernel) -> Answer? { answers.first { $0.kernel == kernel } }

    /// The largest distance from a published cost; nil when nothing is published for this processor.
    package var largestError: Double? { answers.compactMap { $0.error.map(abs) }.max() }

    /// Measures every kernel that the processor has, about 40 ms on a quiet core.
    ///
    /// In each epoch every kernel runs n and 2n times right after n and 2n of the reference chain, so that both see the
    /// same frequency; stamps, fences and their shadow cancel in the differences. An interruption spoils one epoch,
    /// which the median over epochs ignores. Only quiet epochs count, which is judged by a kernel of its own, not by the
    /// answers: the empty loop, one round a cycle, twice as slow as soon as the core is shared.
    /// - Parameters:
    ///   - epochs: quiet ones to wait for.
    ///   - seconds: not to wait longer. With too few quiet epochs by then the quietest count; see ``quietShare``.
    /// - Throws: ``TimingError`` when most epochs were interrupted.
    package static func measure(epochs: Int = 75, seconds: Double = 3) throws -> KnownAnswers {
        let processor = Processor.current
        let kernels = KnownKernel.allCases.filter(processor.supports)
        let start = try ClockCalibration.moment().nanoseconds
        var all: [Epoch] = []
        var quiet = 0
        _ = Epoch.run(kernels)  // Warms caches, predictors and the core's clock up.
        while quiet < max(1, epochs) {
            let epoch = Epoch.run(kernels)
            if epoch.isQuiet { quiet += 1 }
            all.append(epoch)
            let elapsed = try ClockCalibration.moment().nanoseconds &- start
            if Double(elapsed) > seconds * 1e9 && all.count >= epochs { break }
        }
        let counted = all.sorted { $0.disturbance < $1.disturbance }.prefix(max(quiet, all.count / 8, 1))
        return try KnownAnswers(
            kernels: kernels, epochs: Array(counted), quietShare: Double(quiet) / Double(all.count), processor)
    }

    private init(kernels: [KnownKernel], epochs: [Epoch], quietShare: Double, _ processor: Processor) throws {
        let rates = epochs.flatMap(\.rates)
        let costs = kernels.indices.map { index in epochs.compactMap { $0.costs[index] } }
        guard costs.allSatisfy({ $0.count * 2 > epochs.count }),
            let clock = CoreClock(additions: median(rates), chainTicks: 1)
        else { throw TimingError(.clock, "most measurements were interrupted: the machine is too busy; retry") }
        answers = zip(kernels, costs).map { kernel, costs in
            Answer(
                kernel: kernel, cycles: Cycles(rawValue: median(costs)), quartiles: quartiles(costs),
                published: PublishedCosts.cycles(
                    kernel, vendor: processor.vendor, family: processor.family, model: processor.model))
        }
        coreClock = clock
        self.quietShare = quietShare
    }
}

/// One measurement of every kernel.
private struct Epoch {
    /// Core cycles per instruction, by kernel; nil where an interruption made a difference negative.
    var costs: [Double?] = []
    /// Cycles per tick, by kernel.
    var rates: [Double] = []
    /// How far the empty loop was from one cycle a round.
    var disturbance = Double.infinity

    var isQuiet: Bool { disturbance < 0.03 }

    static func run(_ kernels: [KnownKernel]) -> Epoch {
        var epoch = Epoch()
        let before = distanceFromOneCycle()
        for kernel in kernels {
            let clock = referenceClock()
            epoch.costs.append(clock.flatMap { cost(of: kernel, $0) })
            if let clock { epoch.rates.append(clock.cyclesPerTick) }
        }
        epoch.disturbance = max(before, distanceFromOneCycle())
        return epoch
    }

    private static func distanceFromOneCycle() -> Double {
        guard let clock = referenceClock(), let cost = cost(of: .emptyLoop, clock) else { return .infinity }
        return abs(cost - 1)
    }

    private static let hundreds: UInt64 = 200

    private static func referenceClock() -> CoreClock? {
        let once = ts_chain_add(hundreds)
        let twice = ts_chain_add(2 * hundreds)
        return CoreClock(additions: Double(100 * hundreds), chainTicks: Double(twice) - Double(once))
    }

    /// Cycles per instruction, from one difference; nil when an interruption made it negative.
    private static func cost(of kernel: KnownKernel, _ clock: CoreClock) -> Double? {
        let once = kernel.run(hundreds: hundreds).rawValue
        let twice = kernel.run(hundreds: 2 * hundreds).rawValue
        guard twice > once else { return nil }
        return clock.cycles(ticks: Double(twice - once)).rawValue / Double(100 * hundreds)
    }
}

private func quartiles(_ values: [Double]) -> ClosedRange<Double> {
    let sorted = values.sorted()
    return sorted[sorted.count / 4]...sorted[sorted.count * 3 / 4]
}
