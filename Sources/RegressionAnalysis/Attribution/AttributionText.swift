internal import BenchmarkSuites
internal import Benchmarking
internal import Glibc
internal import ProfileFormats
internal import Statistics

/// An attribution as people read it: lines and a table, for every format that shows text.
struct AttributionText {
    let attribution: Attribution
    /// Rows of a table; beyond, the rest is summed.
    static let mostRows = 12

    /// `book.add: cycles 120.3 → 121.6 (+1.1 %), by function`.
    var title: String {
        let change = attribution.before > 0 ? attribution.after / attribution.before - 1 : 0
        let name = PlainText.of(attribution.id.description, limit: 200)
        return "\(name): \(attribution.metric.id) \(cost(attribution.before)) → \(cost(attribution.after)) "
            + "(\(Self.percent(change))), by function"
    }

    static let columns = ["function", "finding", "before", "now", "change", "95 % interval", "instructions"]

    /// Functions that are named or moved, then those that cost most.
    var shownRows: [Attribution.Row] {
        let named = attribution.rows.filter { $0.finding != .notResolved }
        let others = attribution.rows.filter { $0.finding == .notResolved && ($0.cost?.count ?? 0) > 0 }
            .sorted { ($0.cost?.before ?? 0) + ($0.cost?.after ?? 0) > ($1.cost?.before ?? 0) + ($1.cost?.after ?? 0) }
        return Array(named.prefix(Self.mostRows)) + Array(others.prefix(max(0, 5 - named.count)))
    }

    /// Their cells.
    var rows: [[String]] {
        shownRows.map { row in
            [
                PlainText.of(row.function, limit: 72)
                    + (row.formerName.map { " (was \(PlainText.of($0, limit: 80)))" } ?? ""),
                Self.word(row.finding), row.cost.map { cost($0.before) } ?? "–", row.cost.map { cost($0.after) } ?? "–",
                row.cost.map { signed($0.difference) } ?? "–",
                row.cost?.interval.map { "\(signed($0.lower)) … \(signed($0.upper))" } ?? "–",
                row.instructions.map(Self.instructions) ?? "",
            ]
        }
    }

    /// Sums, what could have been seen, and what to know.
    var remarks: [String] {
        var lines: [String] = []
        let named = attribution.named
        if named.isEmpty { lines.append("no function is known to have changed") }
        for move in attribution.moves {
            func list(_ names: [String]) -> String {
                names.map { PlainText.of($0, limit: 120) }.joined(separator: ", ")
            }
            lines.append(
                "moved, not grown: \(cost(move.amount)) from \(list(move.from)) to \(list(move.to)); the rest costs what it did"
            )
        }
        if let rest = attribution.unexplained {
            var sum = named.isEmpty ? "" : "named \(signed(attribution.explained)), "
            if !attribution.moves.isEmpty { sum += "moved \(signed(attribution.moved)), " }
            let interval = rest.interval.map { " (\(signed($0.lower)) … \(signed($0.upper)))" } ?? ""
            lines.append("\(sum)not explained \(signed(rest.difference))\(interval)")
        }
        if let smallest = attribution.smallest, attribution.before > 0 {
            func share(_ change: Double, _ part: Double) -> String {
                "±\(cost(change)) (\(Self.percent(change / attribution.before / part).drop { $0 == "+" }) of it)"
            }
            lines.append(
                "smallest change that would be named in 80 of 100 cases: \(share(smallest.fifth, 0.2)) of a function with 20 % "
                    + "of the cost, \(share(smallest.twentieth, 0.05)) of one with 5 %"
                    + (attribution.hasInstructions ? "; of instructions, one" : ""))
        }
        if attribution.samples.before + attribution.samples.after > 0 {
            lines.append(
                "\(NumberText.grouped(attribution.samples.before)) and \(NumberText.grouped(attribution.samples.after)) "
                    + "samples in \(attribution.processes.before) and \(attribution.processes.after) processes, which vary by "
                    + "\(NumberText.significant(attribution.dispersion)) times chance")
        }
        return lines + attribution.notes.map { PlainText.of($0, limit: 200) }
    }

    func table() -> ReportTable {
        var table = ReportTable(columns: [
            .init(title: "function", isText: true), .init(title: "finding", isText: true),
            .init(title: "before"), .init(title: "now"), .init(title: "change"),
            .init(title: "95 % interval", expendability: 2), .init(title: "instructions", expendability: 1),
        ])
        table.rows = rows
        return table
    }

    static func word(_ finding: Attribution.Finding) -> String {
        switch finding {
        case .notResolved: "not resolved"
        case .instructions: "other instructions"
        case .moved: "moved, not grown"
        default: finding.rawValue
        }
    }

    private static func instructions(_ counts: Attribution.Instructions) -> String {
        let change = counts.change
        guard change != 0 else { return NumberText.grouped(counts.after) }
        let sign = change > 0 ? "+" : "−"
        return "\(NumberText.grouped(counts.before)) → \(NumberText.grouped(counts.after)) "
            + "(\(sign)\(NumberText.grouped(Int64(clamping: change.magnitude))))"
    }

    private func cost(_ value: Double) -> String {
        UnitText.text(
            value, UnitText.kind(of: attribution.metric),
            uncertainty: attribution.smallest.map { min($0.twentieth, max(1e-9, value / 50)) })
    }

    private func signed(_ value: Double) -> String {
        (value > 0 ? "+" : value < 0 ? "−" : "") + cost(value.magnitude)
    }

    private static func percent(_ share: Double) -> String {
        (share < 0 ? "−" : "+") + NumberText.fixed(share.magnitude * 100, decimals: 2) + " %"
    }
}
