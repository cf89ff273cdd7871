internal import ProfileModel

/// A report for people.
struct TextReport {
    private let context: ReportContext
    private var values: ValueText { context.values }

    init(_ context: ReportContext) { self.context = context }

    func render(_ content: ReportContent) -> String {
        // The head is never cut, however narrow the terminal: it says what the rest is worth.
        let head = head() + [""]
        var lines: [String] = []
        switch content {
        case .functions(let rows, let omitted):
            lines += table(rows)
            if omitted > 0 {
                lines.append("… \(NumberText.grouped(Int64(omitted))) more functions; --limit shows more")
            }
        case .tree(let tree, let title, let showsOwn):
            lines += self.tree(tree, title: title, showsOwn: showsOwn)
        }
        return (head + lines.map(clipped)).map { $0 + "\n" }.joined()
    }

    // MARK: Head

    private func head() -> [String] {
        var lines: [String] = []
        let summary = context.summary
        if let event = summary.event { lines.append("event     \(event)") }
        if let duration = summary.duration { lines.append("duration  \(duration)") }
        if summary.quality.isEmpty {
            let sampleCount = context.profile.sampleCountColumn.map { context.profile.total(column: $0) }
            let samples = sampleCount.map { "\(NumberText.grouped($0)); " } ?? ""
            lines.append("samples   \(samples)the file does not state how many were lost or truncated")
        } else {
            lines.append("samples   \(summary.quality.joined(separator: ", "))")
        }
        if let named = summary.namedFrames { lines.append("frames    \(named) have a function name") }
        lines.append("shown     \(values.value(values.total.value))")
        return lines
    }

    // MARK: Functions

    private func table(_ rows: [FunctionTable.Row]) -> [String] {
        let numbers = rows.map { row in
            [
                values.percent(row.own), values.cell(row.own.value), values.percent(row.total),
                values.cell(row.total.value),
            ]
        }
        let titles = ["self %", "self", "total %", "total"]
        let widths = titles.indices.map { column in
            numbers.reduce(TextWidth.columns(titles[column])) { max($0, TextWidth.columns($1[column])) }
        }
        // The module column comes last and ragged, so that one long name does not push it out of sight.
        let nameWidth = min(rows.map { TextWidth.columns($0.symbol.name) }.max() ?? 0, nameLimit(widths))
        func line(_ cells: [String], _ name: String, _ module: String) -> String {
            let left = zip(cells, widths).map { TextWidth.padLeft($0, to: $1) }.joined(separator: "  ")
            if module.isEmpty { return left + "  " + name }
            return left + "  " + TextWidth.padRight(name, to: nameWidth) + "  " + module
        }
        var lines = [line(titles, "function", "module")]
        for (row, cells) in zip(rows, numbers) {
            var name = row.symbol.name
            if context.report.terminalWidth != nil { name = TextWidth.clip(name, to: nameWidth) }
            lines.append(line(cells, name, row.symbol.module))
        }
        return lines
    }

    /// Columns for function names: what a terminal has left with room for a module, else a width that most names fit.
    private func nameLimit(_ widths: [Int]) -> Int {
        guard let terminal = context.report.terminalWidth else { return 60 }
        return max(20, terminal - widths.reduce(0, +) - 2 * 4 - 26)
    }

    // MARK: Trees

    /// Deeper levels are not indented any further but numbered, or a deep stack would take quadratic space.
    private static let deepestIndent = 40

    private func tree(_ tree: CallTree, title: String, showsOwn: Bool) -> [String] {
        let minimum = NumberText.significant(context.report.minimumPercent)
        var rows: [([String], String)] = []
        context.visit(tree) { visit in
            let node = tree.nodes[visit.node]
            let symbol = tree.symbol(of: visit.node)!
            var name = String(repeating: "  ", count: min(visit.depth - 1, Self.deepestIndent))
            if visit.depth - 1 > Self.deepestIndent { name += "(\(visit.depth)) " }
            name += symbol.name
            if symbol.isInlined { name += " (inlined)" }
            if !symbol.module.isEmpty { name += "  " + symbol.module }
            let cells = [values.percent(node.total), values.cell(node.total.value)]
            rows.append((cells + (showsOwn ? [values.percent(node.own)] : []), name))
        }
        let titles = ["total %", "total"] + (showsOwn ? ["self %"] : [])
        let widths = titles.indices.map { column in
            rows.reduce(TextWidth.columns(titles[column])) { max($0, TextWidth.columns($1.0[column])) }
        }
        func line(_ cells: [String], _ name: String) -> String {
            zip(cells, widths).map { TextWidth.padLeft($0, to: $1) }.joined(separator: "  ") + "  " + name
        }
        var lines = ["\(title); branches below \(minimum)% of everything are left out", "", line(titles, "function")]
        lines += rows.map { line($0.0, $0.1) }
        return lines
    }

    private func clipped(_ line: String) -> String {
        guard let width = context.report.terminalWidth else { return line }
        return TextWidth.clip(line, to: width)
    }
}
