package import Benchmarking
internal import ProfileModel
internal import Statistics

/// Which functions a benchmark's change in cost comes from.
///
/// Two sources, each with what it cannot tell:
/// - **Instructions** that one operation executes in each function, counted one by one: exact, without noise and the same on
///   every machine with the same code. They do not tell how long instructions take.
/// - **Costs**: a process's cost per operation, measured without sampling, divided over functions by their shares of its
///   samples. Processes are the replicates, so that intervals cover how they differ. At most one benchmark in a hundred
///   without a change has a function named (Benjamini–Hochberg at 1 %).
///
/// Functions are those of the symbol table; code that was inlined counts for the function that it was inlined into.
package struct Attribution: Sendable {
    /// One benchmark in how many may have a function named wrongly, as a share.
    package static let falseShare = 0.01

    package enum Finding: String, Hashable, Sendable, Codable {
        case grown, shrunk, new, vanished, moved
        /// Its cost is not known to have changed, its instructions are: they hide behind others, or are too few to be seen.
        case instructions
        case notResolved = "not-resolved"
    }

    package struct Row: Hashable, Sendable {
        package var function: String
        package var module: String
        /// What it was called before, where it is taken to be renamed.
        package var formerName: String?
        package var finding: Finding
        /// Cost per operation; nil without samples.
        package var cost: CostChange?
        /// Instructions of one operation, before and after.
        package var instructions: Instructions?
    }

    package struct Instructions: Hashable, Sendable, Codable {
        package var before: Int64
        package var after: Int64

        package var change: Int64 { after - before }
    }

    package struct Move: Hashable, Sendable {
        package var from: [String]
        package var to: [String]
        /// In the unit of ``Attribution/metric``.
        package var amount: Double
    }

    package let id: BenchmarkID
    /// What costs are in: `cycles`, or `time` where there are none.
    package let metric: BenchmarkMetric
    /// Mean cost per operation over processes.
    package let before: Double
    package let after: Double
    /// Named functions first, then those whose change is greatest.
    package let rows: [Row]
    package let moves: [Move]
    /// Sums of the changes of named functions, of what moved, and of all others, the last with its interval.
    package let explained: Double
    package let moved: Double
    package let unexplained: CostChange?
    /// The smallest change that would have been named in four of five cases, of a function with 20 % and with 5 % of the
    /// cost; nil without samples.
    package let smallest: (fifth: Double, twentieth: Double)?
    /// Samples and processes of each side.
    package let samples: (before: Int64, after: Int64)
    package let processes: (before: Int, after: Int)
    /// Variance of counts over that of chance.
    package let dispersion: Double
    /// Whether both sides have exact instruction counts.
    package let hasInstructions: Bool
    /// What else to know; lines.
    package let notes: [String]

    /// Functions that are named as the cause.
    package var named: [Row] { rows.filter { $0.finding != .notResolved && $0.finding != .moved } }
}

extension Attribution {
    /// Nil when one of the sides has no profile.
    /// - Throws: ``RegressionError`` when the profiles cannot be compared.
    package init?(_ old: BenchmarkResult, _ new: BenchmarkResult) throws {
        guard let a = old.profile, let b = new.profile,
            let (metric, first, second) = Self.costs(old, new)
        else { return nil }
        id = old.id
        self.metric = metric
        let costs = (first, second)
        before = Self.mean(costs.0)
        after = Self.mean(costs.1)
        let sides = (Side(a, costs.0), Side(b, costs.1))
        samples = (sides.0.samples, sides.1.samples)
        processes = (sides.0.profiles.count, sides.1.profiles.count)
        var notes = Set([a.unavailable, b.unavailable].compactMap { $0 }).sorted().map { "no samples: \($0)" }

        var comparison: ProfileComparison?
        if !sides.0.profiles.isEmpty, !sides.1.profiles.isEmpty {
            var options = ProfileComparison.Options()
            // Half of it is for functions, the other for a tree that there is none of here.
            options.falseDiscoveryRate = 2 * Self.falseShare
            options.hasKnownTotals = true
            comparison = try ProfileComparison(
                ComparedProfiles(
                    before: sides.0.profiles.map { .init(name: "before", profile: $0) },
                    after: sides.1.profiles.map { .init(name: "after", profile: $0) }, normalization: .none),
                options: options)
        }
        hasInstructions = a.instructions != nil && b.instructions != nil
        if !hasInstructions {
            let reasons = [a.instructionsUnavailable, b.instructionsUnavailable].compactMap { $0 }
            notes.append("no exact instruction counts" + (reasons.first.map { ": \($0)" } ?? ""))
        }
        let exact = hasInstructions ? Self.instructions(a, b) : [:]
        let built = Self.rows(comparison, exact, modules: Self.modules(a, b))
        rows = built
        let isSampled = comparison != nil
        moves = (comparison?.moves ?? []).map { move in
            let names = comparison?.names ?? []
            return Move(
                from: move.from.map { names[$0] }, to: move.to.map { names[$0] }, amount: move.amount / Self.scale)
        }
        moved = (comparison?.moved ?? 0) / Self.scale
        explained = built.reduce(0) { sum, row in
            row.finding == .notResolved || row.finding == .moved ? sum : sum + (row.cost?.difference ?? 0)
        }
        // Functions whose instructions changed are named, too, and so none of the rest.
        let alsoNamed = built.filter { $0.finding == .instructions }.reduce(0) { $0 + ($1.cost?.difference ?? 0) }
        unexplained = comparison.map { $0.unexplained.scaled(by: 1 / Self.scale).shifted(by: -alsoNamed) }
        smallest = comparison.map {
            ($0.smallestChange(share: 0.2) / Self.scale, $0.smallestChange(share: 0.05) / Self.scale)
        }
        dispersion = comparison?.dispersion ?? 1
        if isSampled, min(processes.0, processes.1) < 3 {
            notes.append("too few processes to tell how they differ: intervals cover the chance of sampling alone")
        }
        self.notes = notes
    }

    /// Costs are whole numbers in profiles: a millionth of their unit.
    fileprivate static let scale = 1e6

    /// One side's processes as profiles whose values sum to the cost of an operation.
    private struct Side {
        var profiles: [Profile] = []
        var samples: Int64 = 0

        init(_ profile: FunctionProfile, _ costs: [Double]) {
            let median = Median.of(costs) ?? 0
            for (index, counts) in profile.samples.enumerated() {
                let total = counts.reduce(0, +)
                let cost = profile.samples.count == costs.count ? costs[index] : median
                guard total > 0, cost > 0, cost < 1e12 else { continue }
                samples += total
                profiles.append(Self.profile(profile.functions, counts, weight: cost * scale / Double(total)))
            }
        }

        private static func profile(_ functions: [FunctionProfile.Function], _ counts: [Int64], weight: Double)
            -> Profile
        {
            var builder = ProfileBuilder(sampleTypes: [.samples, SampleType(name: "cost", unit: "millionths")])
            let labels = builder.intern(LabelSet())
            for (function, count) in zip(functions, counts) where count > 0 {
                let frame = builder.intern(Frame(function: builder.intern(Function(name: function.name))))
                builder.add(
                    stack: builder.stack(rootFirst: [frame]), labelSet: labels,
                    values: [count, Int64((Double(count) * weight).rounded())])
            }
            return builder.profile
        }
    }

    /// What both sides have: cycles or time of a process, else the median of its latencies.
    private static func costs(_ old: BenchmarkResult, _ new: BenchmarkResult) -> (BenchmarkMetric, [Double], [Double])?
    {
        for metric in GateMetric.costs where metric.polarity == .lowerIsBetter {
            if let a = old.series(metric)?.values, let b = new.series(metric)?.values, !a.isEmpty, !b.isEmpty {
                return (metric, a, b)
            }
        }
        func medians(_ result: BenchmarkResult) -> [Double] {
            guard let latency = result.latency else { return [] }
            return (latency.processes ?? [latency.machine]).compactMap { histogram in
                histogram.value(quantile: 0.5).map { latency.nanoseconds(Double($0)) }
            }
        }
        let (a, b) = (medians(old), medians(new))
        return a.isEmpty || b.isEmpty ? nil : (.latencyP50, a, b)
    }

    private static func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(max(1, values.count)) }

    private static func instructions(_ a: FunctionProfile, _ b: FunctionProfile) -> [String: Instructions] {
        var counts: [String: Instructions] = [:]
        for (function, count) in zip(a.functions, a.instructions ?? []) where count > 0 {
            counts[ComparableName.of(function.name), default: Instructions(before: 0, after: 0)].before += count
        }
        for (function, count) in zip(b.functions, b.instructions ?? []) where count > 0 {
            counts[ComparableName.of(function.name), default: Instructions(before: 0, after: 0)].after += count
        }
        return counts
    }

    /// The module of each name; of several the one that has most samples.
    private static func modules(_ a: FunctionProfile, _ b: FunctionProfile) -> [String: String] {
        let pairs = (b.functions + a.functions).map { (ComparableName.of($0.name), $0.module) }
        return Dictionary(pairs, uniquingKeysWith: { first, _ in first })
    }

    private static func rows(
        _ comparison: ProfileComparison?, _ exact: [String: Instructions], modules: [String: String]
    ) -> [Row] {
        var exact = exact
        var rows: [Row] = (comparison?.functions ?? []).map { function in
            var counts = exact.removeValue(forKey: function.symbol.name)
            if let former = function.formerName, let old = exact.removeValue(forKey: former) {
                counts = Instructions(before: old.before, after: counts?.after ?? 0)
            }
            return Row(
                function: function.symbol.name, module: modules[function.symbol.name] ?? "",
                formerName: function.formerName,
                finding: finding(function.finding, counts),
                cost: function.own.scaled(by: 1 / scale), instructions: counts)
        }
        // Executed, but so short that no sample met them.
        for (name, counts) in exact.sorted(by: { $0.key < $1.key }) {
            rows.append(
                Row(
                    function: name, module: modules[name] ?? "", formerName: nil,
                    finding: finding(.notResolved, counts), cost: nil,
                    instructions: counts))
        }
        func rank(_ row: Row) -> Int { row.finding == .notResolved ? 2 : row.finding == .moved ? 1 : 0 }
        return rows.sorted { a, b in
            if rank(a) != rank(b) { return rank(a) < rank(b) }
            let (x, y) = (a.cost?.difference.magnitude ?? 0, b.cost?.difference.magnitude ?? 0)
            if x != y { return x > y }
            let (p, q) = (a.instructions?.change.magnitude ?? 0, b.instructions?.change.magnitude ?? 0)
            return p == q ? a.function < b.function : p > q
        }
    }

    private static func finding(_ finding: ProfileComparison.Finding, _ counts: Instructions?) -> Finding {
        switch finding {
        case .grown: .grown
        case .shrunk: .shrunk
        case .new: .new
        case .vanished: .vanished
        case .moved: .moved
        case .notResolved: counts.map { $0.change != 0 } == true ? .instructions : .notResolved
        }
    }
}

extension CostChange {
    fileprivate func scaled(by factor: Double) -> CostChange {
        CostChange(
            before: before * factor, after: after * factor,
            interval: interval.map {
                ConfidenceInterval(
                    lower: $0.lower * factor, upper: $0.upper * factor, confidence: $0.confidence)
            }, pValue: pValue, count: count, smallestDetectable: smallestDetectable * factor)
    }

    fileprivate func shifted(by amount: Double) -> CostChange {
        CostChange(
            before: before, after: after + amount,
            interval: interval.map {
                ConfidenceInterval(
                    lower: $0.lower + amount, upper: $0.upper + amount, confidence: $0.confidence)
            }, pValue: pValue, count: count, smallestDetectable: smallestDetectable)
    }
}
