internal import Benchmarking
package import BenchmarkSuites
internal import Glibc

/// The difference that does not matter: the wider of a share and an amount.
package struct Tolerance: Hashable, Sendable {
    /// Of the baseline: 0.05 for 5 %.
    package var share: Double
    /// In the metric's unit.
    package var amount: Double
    /// Whether the user asked for it, so that he must hear when it cannot be kept.
    package var isDeclared: Bool

    package init(share: Double = 0, amount: Double = 0, isDeclared: Bool = false) {
        self.share = share
        self.amount = amount
        self.isDeclared = isDeclared
    }
}

/// Tolerances as they are written, the last that fits wins: `15%`, `cycles=2%`, `book.*:time=5%,2ns`.
package struct ToleranceRules: Sendable {
    private struct Rule: Sendable {
        var benchmark: RegularPattern?
        /// Of a suite file: the benchmarks that it is about.
        var scenario: Scenario?
        var metric: String?
        var share: Double
        var amount: Double

        func fits(_ id: BenchmarkID, _ tags: [String]) -> Bool {
            (benchmark?.matches(id.description) ?? true) && (scenario?.selects(id, tags: tags) ?? true)
        }
    }

    private var rules: [Rule] = []

    package init() {}

    /// - Throws: ``RegressionError`` of code `tolerance` for a text that is none, or a metric that cannot gate.
    package init(_ texts: [String]) throws(RegressionError) {
        for text in texts { rules.append(try Self.rule(text)) }
    }

    /// Those of a suite file's scenarios, in its order, then others, which win.
    /// - Throws: ``RegressionError`` of code `tolerance`, with the place in the file.
    package init(_ file: SuiteFile, _ texts: [String] = []) throws(RegressionError) {
        for scenario in file.suites.flatMap(\.scenarios) {
            for tolerance in scenario.overrides.tolerances {
                var rule: Rule
                do {
                    rule = try Self.rule("\(tolerance.metric)=\(tolerance.text)", as: "tolerances:")
                } catch {
                    throw RegressionError(.tolerance, "\(tolerance.location): \(error.description)")
                }
                rule.scenario = scenario
                rules.append(rule)
            }
        }
        rules += try ToleranceRules(texts).rules
    }

    /// What was declared for a metric of a benchmark; nil when nothing was.
    func declared(_ id: BenchmarkID, tags: [String] = [], _ metric: GateMetric) -> Tolerance? {
        // What is said of all metrics is not meant for exact counts, whose every change is one of the program.
        let fitting = rules.last {
            $0.fits(id, tags) && ($0.metric ?? (metric.isDeterministic ? "" : metric.id)) == metric.id
        }
        return fitting.map { Tolerance(share: $0.share, amount: $0.amount, isDeclared: true) }
    }

    /// Whether a rule names the metric for the benchmark, so that it gates although it usually does not.
    func names(_ id: BenchmarkID, tags: [String] = [], _ metric: GateMetric) -> Bool {
        rules.contains { $0.metric == metric.id && $0.fits(id, tags) }
    }

    /// The patterns that fit no benchmark, which are mistakes.
    func unused(in ids: [BenchmarkID]) -> [String] {
        rules.compactMap { rule in
            guard let pattern = rule.benchmark, !ids.contains(where: { pattern.matches($0.description) }) else {
                return nil
            }
            return pattern.text
        }
    }

    // MARK: Reading

    /// - Parameter option: what messages call the place where it is written.
    private static func rule(_ text: String, as option: String = "--tolerance") throws(RegressionError) -> Rule {
        var rest = text[...]
        var rule = Rule(share: 0, amount: 0)
        if let equals = text.lastIndex(of: "=") {
            var key = text[..<equals]
            rest = text[text.index(after: equals)...]
            if let colon = key.lastIndex(of: ":") {
                do {
                    rule.benchmark = try RegularPattern(String(key[..<colon]))
                } catch {
                    throw RegressionError(.tolerance, "\(option) '\(PlainText.of(text))': \(error.description)")
                }
                key = key[key.index(after: colon)...]
            }
            let metric = try metric(String(key), in: text, option)
            rule.metric = metric.id
            try amounts(rest, of: metric, into: &rule, text, option)
        } else {
            try amounts(rest, of: nil, into: &rule, text, option)
        }
        return rule
    }

    private static func metric(_ id: String, in text: String, _ option: String) throws(RegressionError) -> GateMetric {
        guard let metric = GateMetric(id: id) else {
            throw RegressionError(
                .tolerance,
                "\(option) '\(PlainText.of(text))': '\(PlainText.of(id))' is no metric; there are: "
                    + GateMetric.all.map(\.id).joined(separator: ", "))
        }
        guard metric.polarity != .neutral else {
            throw RegressionError(
                .tolerance, "\(option) '\(PlainText.of(text))': neither more nor less of '\(id)' is better")
        }
        return metric
    }

    private static func amounts(
        _ list: Substring, of metric: GateMetric?, into rule: inout Rule, _ text: String, _ option: String
    )
        throws(RegressionError)
    {
        let parts = list.split(separator: ",", omittingEmptySubsequences: false)
        for part in parts {
            let part = part.drop { $0 == " " }
            let number = part.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
            let unit = part.dropFirst(number.count).filter { $0 != " " }
            guard let value = Double(number), value.isFinite, value < 1e15 else { throw wrong(text, option) }
            if unit == "%" {
                guard value <= 1000 else { throw wrong(text, option) }
                rule.share = value / 100
            } else if let metric, let factor = metric.factors[unit] {
                rule.amount = value * factor
            } else {
                throw wrong(text, option, metric)
            }
        }
    }

    private static func wrong(_ text: String, _ option: String, _ metric: GateMetric? = nil) -> RegressionError {
        let units = metric.map { ["%"] + $0.factors.keys.sorted() } ?? ["%"]
        return RegressionError(
            .tolerance,
            "\(option) '\(PlainText.of(text))' is not understood (units here: \(units.joined(separator: " "))); write "
                + "5%, cycles=2% or 'book.*:time=5%,2ns'")
    }
}
