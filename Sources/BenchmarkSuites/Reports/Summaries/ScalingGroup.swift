internal import Benchmarking
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
        if !fit.isResolved { text += "; not resolved: " + (fit.warnings.last?.description ?? "too few sizes") }
        return text
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
