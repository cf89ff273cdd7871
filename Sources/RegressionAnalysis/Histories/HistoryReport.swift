internal import BenchmarkSuites
package import Statistics

/// The steps of a history for people and for programs.
package struct HistoryReport: Hashable, Sendable {
    package let file: HistoryFile
    package let history: HistoryChanges
    package let falseAlarmRate: Double

    package init(_ file: HistoryFile, falseAlarmRate: Double = HistoryDetector.usualFalseAlarmRate) {
        self.file = file
        self.falseAlarmRate = falseAlarmRate
        history = HistoryChanges(file.values, falseAlarmRate: falseAlarmRate)
    }

    /// `{"points": N, "changePoints": [{"index", "interval", "before", "after", "p"}]}`: numbers with all their digits,
    /// so that equal histories are equal bytes.
    package func json() -> String {
        let changes = history.changes.map { change in
            "    {\"index\": \(change.index), \"interval\": [\(change.interval.lowerBound), \(change.interval.upperBound)], "
                + "\"before\": \(change.before), \"after\": \(change.after), \"p\": \(change.pValue)}"
        }
        let list = changes.isEmpty ? "[]" : "[\n" + changes.joined(separator: ",\n") + "\n  ]"
        return "{\n  \"points\": \(file.values.count),\n  \"changePoints\": \(list)\n}\n"
    }

    /// - Parameter width: columns of the terminal.
    package func text(width: Int = 80) -> String {
        let count = history.changes.count
        var lines = [
            "\(file.values.count) values, \(count == 0 ? "no change point" : "\(count) change point\(count == 1 ? "" : "s")")"
                + " (a series without one shows one in at most \(Self.short(falseAlarmRate * 100)) % of cases)"
        ]
        let spark = Sparkline(
            file.values, changes: history.changes.map(\.index), levels: levels, width: max(20, min(width, 120) - 2))
        if !spark.line.isEmpty {
            lines += ["", "  \(spark.line)"]
            if count > 0 { lines.append("  \(spark.marks)") }
        }
        if count > 0 { lines += [""] + table() }
        for warning in history.warnings { lines += ["", "warning: \(warning.description)"] }
        return lines.joined(separator: "\n") + "\n"
    }

    /// All levels and three deviations around them; nil when it cannot be said.
    private var levels: ClosedRange<Double>? {
        let median = history.changes.isEmpty ? Median.of(file.values.lazy.filter(\.isFinite)) : nil
        let all = history.changes.flatMap { [$0.before, $0.after] } + (median.map { [$0] } ?? [])
        guard history.noise > 0, let least = all.min(), let greatest = all.max() else { return nil }
        return (least - 3 * history.noise)...(greatest + 3 * history.noise)
    }

    private func table() -> [String] {
        var rows = [["index", "between", "before", "after", "change", "p"]]
        if file.commits != nil { rows[0] += ["commits"] }
        for change in history.changes {
            let (low, high) = (change.interval.lowerBound, change.interval.upperBound)
            var row = [
                "\(change.index)", low == high ? "\(low)" : "\(low)…\(high)", Self.short(change.before),
                Self.short(change.after), Self.percent(change), Self.probability(change.pValue),
            ]
            if let commits = file.commits {
                let names = [low, change.index, high].map { PlainText.of(commits[$0], limit: 12) }
                row.append(low == high ? names[1] : "\(names[1]) (\(names[0])…\(names[2]))")
            }
            rows.append(row)
        }
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            let cells = row.indices.map { column in
                let space = String(repeating: " ", count: widths[column] - row[column].count)
                return column == 6 ? row[column] : space + row[column]
            }
            return "  " + cells.joined(separator: "  ")
        }
    }

    private static func percent(_ change: HistoryChange) -> String {
        let ratio = (change.after - change.before) / abs(change.before)
        guard ratio.isFinite, change.before != 0 else { return "" }
        return (ratio >= 0 ? "+" : "") + short(ratio * 100, digits: 3) + " %"
    }

    private static func probability(_ value: Double) -> String { value < 1e-6 ? "< 1e-6" : short(value, digits: 2) }

    /// A few significant digits.
    private static func short(_ value: Double, digits: Int = 5) -> String {
        guard value != 0, value.isFinite else { return value == 0 ? "0" : "\(value)" }
        let uncertainty = abs(value) / Double((0..<digits).reduce(1) { product, _ in product * 10 }) * 5
        let text = SignificantDigits(value: value, uncertainty: uncertainty)?.valueText ?? "\(value)"
        guard text.contains(".") else { return text }
        let kept = text.reversed().drop { $0 == "0" }
        return String((kept.first == "." ? kept.dropFirst() : kept).reversed())
    }
}
