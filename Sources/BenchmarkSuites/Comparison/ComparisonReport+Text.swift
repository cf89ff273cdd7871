package import Statistics

internal import Benchmarking
internal import FoundationEssentials

extension ComparisonReport {
    /// A table for a terminal, then what a reader must know.
    package var text: String {
        let rows = [Self.titles] + results.map(\.cells)
        let widths = Self.titles.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        var lines = ["A  \(a)", "B  \(b)"]
        lines += rows.map { row in
            var line = ""
            for (column, cell) in row.enumerated() {
                let padding = String(repeating: " ", count: widths[column] - cell.count)
                line += (column == 0 ? "" : "  ") + (Self.isNumber[column] ? padding + cell : cell + padding)
            }
            return line
        }
        return (lines + notes).joined(separator: "\n") + "\n"
    }

    /// The same for a pull request.
    package var markdown: String {
        func row(_ cells: [String]) -> String {
            "| " + cells.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ") + " |"
        }
        var lines = ["A: `\(a)`, B: `\(b)`", ""]
        lines.append(row(Self.titles))
        lines.append("|" + Self.isNumber.map { $0 ? " ---: |" : " --- |" }.joined())
        lines += results.map { result in
            var cells = result.cells
            cells[0] = "`\(cells[0])`"
            if result.verdict == .slower { cells[5] = "**\(cells[5])**" }
            return row(cells)
        }
        if !notes.isEmpty { lines += [""] + notes.map { "- \($0)" } }
        return lines.joined(separator: "\n") + "\n"
    }

    /// The report as stored: JSON with sorted keys.
    package func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
    }

    private static let titles = ["benchmark", "A", "B", "B against A", "A against itself", "verdict", "rounds"]
    private static let isNumber = [false, true, true, true, true, false, true]

    private var notes: [String] {
        var notes: [String] = []
        for result in results {
            if let failed = result.failure {
                // What a command does, it does for each of its metrics.
                let name = result.mode == .command ? "\(result.id)" : result.name
                let note = "\(name): \(failed.arm.name) \(failed.failure.text)"
                if notes.last != note { notes.append(note) }
            }
            notes += result.warnings.map { "\(result.name): \($0.text)" }
        }
        for (side, ids) in [("A", onlyInA), ("B", onlyInB)] where !ids.isEmpty {
            notes.append("only in \(side): \(ids.map(\.description).joined(separator: ", "))")
        }
        return notes + warnings.map(\.text)
    }
}

extension ComparisonResult {
    /// The benchmark, and of a command what was measured.
    fileprivate var name: String {
        guard mode == .command else { return id.description }
        return "\(id) (\(BenchmarkMetric(id: metric)?.title ?? metric))"
    }

    fileprivate var cells: [String] {
        let change = ratio.flatMap { ratio in
            interval.map { PercentText.signed(ratio, interval: $0) } ?? "\(PercentText.signed(ratio)), no interval"
        }
        let control = controlRatio.flatMap { ratio in
            controlInterval.map { PercentText.signed(ratio, interval: $0) }
        }
        let judged = failure == nil ? verdict.text : "failed"
        return [
            name, a.map(Self.duration) ?? "–", b.map(Self.duration) ?? "–", change ?? "–", control ?? "–", judged,
            blocks > 0 && blocks < rounds ? "\(rounds) in \(blocks) blocks" : "\(rounds)",
        ]
    }

    /// Four digits with the unit that suits: medians, which are for orientation; what is resolved is the ratio.
    private static func duration(_ nanoseconds: Double) -> String {
        var value = nanoseconds
        var unit = "ns"
        for larger in ["µs", "ms", "s"] where value >= 1_000 {
            value /= 1_000
            unit = larger
        }
        let digits = SignificantDigits(value: value, uncertainty: value >= 100 ? 0.1 : value >= 10 ? 0.01 : 0.001)
        return "\(digits?.valueText ?? "\(value)") \(unit)"
    }
}

extension Verdict {
    /// As people read it.
    package var text: String { self == .notResolved ? "not resolved" : rawValue }
}
