internal import Benchmarking
internal import ProfileFormats
internal import Statistics

/// Puts a verdict into one line, with only the digits that mean something.
struct BudgetWording {
    /// What is bounded.
    var name: String
    private let bound: Double
    private let isAtLeast: Bool
    private let unit: String
    /// What one of the unit is in the metric's own.
    private let scale: Double

    init(key: BudgetKey, bound: Double, isAtLeast: Bool, units: [ThroughputUnit]) {
        name = key.description
        self.bound = bound
        self.isAtLeast = isAtLeast
        let prefixes: [(String, Double)]
        var word = ""
        switch key.metric.unit {
        case "bytes": prefixes = [("GiB", 0x1p30), ("MiB", 0x1p20), ("KiB", 0x1p10), ("bytes", 1)]
        case "cores": prefixes = [("%", 0.01)]
        case "operations/s":
            prefixes = [("G ", 1e9), ("M ", 1e6), ("k ", 1e3), ("", 1)]
            word = QuotedText.bounded(units.first?.name ?? "operations", limit: 30) + "/s"
        case "count": prefixes = [("", 1)]
        case let unit: prefixes = [(unit, 1)]
        }
        let prefix = prefixes.first { bound.magnitude >= $0.1 } ?? prefixes[prefixes.count - 1]
        unit = prefix.0 + word
        scale = prefix.1
    }

    var boundText: String { withUnit(NumberGroups.text(bound / scale)) }

    func text(_ verdict: BudgetVerdict, value: Double, lower: Double, upper: Double) -> String {
        let uncertainty = (upper - lower) / 2
        let measured = withUnit(NumberGroups.text(value / scale, uncertainty / scale, apartFrom: bound / scale))
        let beyond = isAtLeast ? "under" : "over"
        switch verdict {
        case .missed: return "\(name) \(measured) is \(beyond) its budget of \(boundText) by \(by(value, uncertainty))"
        case .kept:
            guard value != bound else { return "\(name) \(measured) is its budget" }
            let side = isAtLeast ? "above" : "below"
            return "\(name) \(measured) keeps its budget of \(boundText), \(by(value, uncertainty)) \(side)"
        case .notResolved:
            let range = [lower, upper].map {
                NumberGroups.text($0 / scale, uncertainty / scale, apartFrom: bound / scale)
            }
            return
                "\(name) \(measured), in the range \(range[0]) to \(withUnit(range[1])), neither keeps nor misses its "
                + "budget of \(boundText); measure more"
        }
    }

    /// How far the value is from the bound: in per cent of it, or itself where the bound is 0.
    private func by(_ value: Double, _ uncertainty: Double) -> String {
        let difference = (value - bound).magnitude
        guard bound != 0 else {
            return withUnit(NumberGroups.text(difference / scale, uncertainty / scale, apartFrom: 0))
        }
        let percent = 100 / bound.magnitude
        // A tenth of a per cent says enough.
        let known = max(uncertainty * percent, 0.1)
        return NumberGroups.text(difference * percent, known, apartFrom: 0) + " %"
    }

    private func withUnit(_ number: String) -> String { unit.isEmpty ? number : number + " " + unit }
}

/// Numbers with grouped thousands and without digits that mean nothing.
enum NumberGroups {
    /// An exact number; of fractions six decimals at most.
    static func text(_ value: Double) -> String {
        var text = NumberText.fixed(value, decimals: 6)
        if text.contains("."), !text.contains("e") {
            while text.last == "0" { text.removeLast() }
            if text.last == "." { text.removeLast() }
        }
        return grouped(text)
    }

    /// A number to the place of its uncertainty's first digit, or further where it would otherwise read as a number that
    /// it is not.
    static func text(_ value: Double, _ uncertainty: Double, apartFrom other: Double) -> String {
        guard let decimals = SignificantDigits(value: value, uncertainty: uncertainty)?.decimals else {
            return text(value)
        }
        for places in decimals...max(decimals, 6) {
            let rounded = round(value, places)
            if value == other || (rounded - other).sign == (value - other).sign && rounded != other {
                return grouped(NumberText.fixed(rounded, decimals: max(0, places)))
            }
        }
        return text(value)
    }

    private static func round(_ value: Double, _ decimals: Int) -> Double {
        let scale = (0..<min(decimals.magnitude, 300)).reduce(1.0) { product, _ in product * 10 }
        let rounded = decimals >= 0 ? (value * scale).rounded() / scale : (value / scale).rounded() * scale
        return rounded.isFinite ? rounded : value
    }

    private static func grouped(_ text: String) -> String {
        let whole = text.prefix { $0 != "." }
        guard let number = Int64(whole), number.magnitude >= 1_000 else { return text }
        return NumberText.grouped(number) + text.dropFirst(whole.count)
    }
}
