internal import Benchmarking
internal import Glibc
internal import ProfileFormats
internal import Statistics

/// One benchmark with several sizes, and how its cost grows with them.
struct ScalingGroup {
    struct Point {
        let size: Double
        let cost: MetricSummary
    }

    let name: String
    let metric: BenchmarkMetric
    /// By rising size.
    let points: [Point]
    let fit: ComplexityFit
    /// Where the cost begins to rise, if it does so at some size.
    let hinge: HingeFit?
    /// The knee as a working set, where the benchmark reports one.
    private let kneeBytes: Double?

    /// Every benchmark that was measured with at least three sizes, in the order of the results.
    static func groups(_ run: BenchmarkRun) -> [ScalingGroup] {
        var names: [String] = []
        var members: [String: [BenchmarkResult]] = [:]
        for result in run.results where result.id.size != nil {
            if members[result.id.name] == nil { names.append(result.id.name) }
            members[result.id.name, default: []].append(result)
        }
        return names.compactMap { ScalingGroup($0, members[$0]!) }
    }

    private init?(_ name: String, _ results: [BenchmarkResult]) {
        for metric in [BenchmarkMetric.cycles, .time, .latencyP50] {
            let points = results.compactMap { result -> Point? in
                guard let size = result.id.size, size >= 1, size.isFinite, let cost = result.summary(metric) else {
                    return nil
                }
                return Point(size: size, cost: cost)
            }.sorted { $0.size < $1.size }
            guard Set(points.map(\.size)).count >= 3 else { continue }
            guard let fit = ComplexityFit(sizes: points.map(\.size), costs: points.map(\.cost.estimate)) else {
                continue
            }
            self.name = name
            self.metric = metric
            self.points = points
            self.fit = fit
            hinge = HingeFit(sizes: points.map(\.size), costs: points.map(\.cost.estimate))
            kneeBytes = hinge.flatMap { Self.workingSet(at: $0.knee, results) }
            return
        }
        return nil
    }

    /// Such as `book.add: cycles grow as O(log n), 1.8 % from the curve 20 + 3.1·log₂ n`.
    var line: String {
        let noun = metric == .cycles ? "cycles" : metric == .time ? "time" : "p50"
        let deviation = NumberText.significant(fit.best.normalizedRMS * 100)
        var text = "\(name): \(noun) \(metric == .cycles ? "grow" : "grows") as \(fit.complexity)"
        if fit.complexity == .constant { text = "\(name): \(noun) the same at every size, \(fit.complexity)" }
        text += ", \(deviation) % from the curve \(curve)"
        if let hinge {
            func size(_ value: Double) -> String { NumberText.significant(value) }
            text += "; level at \(NumberText.significant(hinge.base)) up to a knee at \(size(hinge.knee)) "
            text += "(95 %: \(size(hinge.interval.lower)) to \(size(hinge.interval.upper)))"
            if let kneeBytes { text += ", a working set of \(UnitText.text(kneeBytes, .bytes, uncertainty: nil))" }
            text += ", then \(NumberText.significant(hinge.slope)) for each doubling"
        }
        if !fit.isResolved { text += "; not resolved: " + (fit.warnings.last?.description ?? "too few sizes") }
        return text
    }

    /// The reported working set at a size, between those of the sizes beside it.
    private static func workingSet(at size: Double, _ results: [BenchmarkResult]) -> Double? {
        let sets = results.compactMap { result -> (size: Double, bytes: Double)? in
            guard let size = result.id.size,
                let quantity = result.record?.quantities.first(where: { $0.unit == "bytes" }),
                let bytes = Median.of(quantity.values), bytes > 0
            else { return nil }
            return (size, bytes)
        }.sorted { $0.size < $1.size }
        guard let upper = sets.firstIndex(where: { $0.size >= size }) else { return nil }
        guard upper > 0, sets[upper].size > sets[upper - 1].size else { return sets[upper].bytes }
        let (a, b) = (sets[upper - 1], sets[upper])
        let share = log2(size / a.size) / log2(b.size / a.size)
        return a.bytes * exp2(share * log2(b.bytes / a.bytes))
    }

    private var curve: String {
        let unit = metric.unit == "ns" ? " ns" : ""
        let fixed = NumberText.significant(fit.best.fixed)
        let growth: String
        switch fit.complexity {
        case .constant: return fixed + unit
        case .logarithmic: growth = "log₂ n"
        case .linear: growth = "n"
        case .linearithmic: growth = "n·log₂ n"
        case .quadratic: growth = "n²"
        case .cubic: growth = "n³"
        }
        let factor = NumberText.significantDigits(fit.best.factor)
        return (fit.best.fixed > 0 ? fixed + " + " : "") + factor + "·" + growth + unit
    }
}

extension NumberText {
    /// Three digits whatever the magnitude, as 0.00123.
    fileprivate static func significantDigits(_ value: Double) -> String {
        guard value > 0, value < 1 else { return significant(value) }
        var decimals = 2
        var scaled = value
        while scaled < 1, decimals < 12 {
            scaled *= 10
            decimals += 1
        }
        return fixed(value, decimals: decimals)
    }
}
