internal import ProfileFormats

/// A trace as an indented tree with the instructions of each call.
package struct TraceTextFormat: Sendable {
    /// Calls with fewer instructions are left out, and counted.
    package var least: Int64 = 0
    /// Levels below the outermost call that are shown; nil for all.
    package var depth: Int?
    /// Columns of a line; nil for as many as names need.
    package var width: Int?

    package init() {}

    /// Indentation stops here, so that a deep recursion does not fill the disk with blanks.
    private static let deepestIndent = 40

    package func encode(_ trace: OperationTrace) -> [UInt8] {
        var lines = [head(trace)]
        lines += trace.warnings.map { "warning: \($0)" }
        let rows = Self.withoutStubs(FoldedTrace(trace).rows, trace)
        let columns = max(5, NumberText.grouped(trace.recorded).count)
        lines.append("")
        lines.append(TextWidth.padLeft("total", to: columns) + "  " + TextWidth.padLeft("self", to: columns) + "  call")
        var index = 0
        while index < rows.count {
            let row = rows[index]
            guard isShown(row) else {
                // Together with the siblings after it that are not shown either, and all that is below them.
                var sum: (count: Int64, total: Int64) = (0, 0)
                while index < rows.count, rows[index].depth >= row.depth {
                    if rows[index].depth == row.depth {
                        guard !isShown(rows[index]) else { break }
                        sum.count += rows[index].count
                        sum.total += rows[index].total
                    }
                    index += 1
                }
                let text = "… \(NumberText.grouped(sum.count)) \(sum.count == 1 ? "call" : "calls") not shown"
                lines.append(line(sum.total, nil, row.depth, text, columns))
                continue
            }
            lines.append(line(row.total, row.kind == .loop ? nil : row.own, row.depth, label(row, trace), columns))
            index += 1
        }
        if trace.beyond > 0 {
            lines.append("")
            lines.append(
                "\(NumberText.grouped(trace.beyond)) more instructions were executed and are not recorded; at most "
                    + "\(NumberText.grouped(trace.recorded)) are")
        }
        return Array((lines.joined(separator: "\n") + "\n").utf8)
    }

    /// A call through a linkage stub (`malloc@plt`, which jumps to `malloc`) reads as a call of the function; the stub's
    /// instruction counts as its own. Stubs of functions that choose themselves by the processor have no name.
    private static func withoutStubs(_ rows: [FoldedTrace.Row], _ trace: OperationTrace) -> [FoldedTrace.Row] {
        var result: [FoldedTrace.Row] = []
        result.reserveCapacity(rows.count)
        // Depths of the stubs that the next row is below.
        var stubs: [Int] = []
        var index = 0
        while index < rows.count {
            while let depth = stubs.last, rows[index].depth <= depth { stubs.removeLast() }
            var row = rows[index]
            let level = row.depth - stubs.count
            if index + 1 < rows.count, isStub(row, before: rows[index + 1], trace) {
                stubs.append(row.depth)
                index += 1
                let own = row.own + rows[index].own
                let range = row.range
                let entry = trace.calls[Int(row.first)].entry
                let total = row.total
                row = rows[index]
                (row.own, row.total, row.range, row.stubEntry) = (own, total, range, entry)
            }
            row.depth = level
            result.append(row)
            index += 1
        }
        return result
    }

    private static func isStub(
        _ row: FoldedTrace.Row, before next: FoldedTrace.Row, _ trace: OperationTrace
    ) -> Bool {
        let name = trace.functions[Int(trace.calls[Int(row.first)].function)].name
        let isStub = name.hasSuffix("@plt") || name.hasPrefix("[") && row.own <= 3 * row.count
        return isStub && row.kind == .call && next.kind == .call && next.depth == row.depth + 1
            && next.count == row.count && row.own + next.total == row.total
            && trace.calls[Int(next.first)].entry == .jump
    }

    private func isShown(_ row: FoldedTrace.Row) -> Bool {
        row.depth == 0 || row.total >= least && row.depth <= depth ?? .max
    }

    private func head(_ trace: OperationTrace) -> String {
        let calls = trace.calls.count - 1
        let varies = trace.subject.isRepeatable ? "" : "; the operation does not execute as many each time"
        return "\(trace.subject.benchmark): \(NumberText.grouped(trace.subject.instructions)) instructions, "
            + "\(NumberText.grouped(Int64(calls))) \(calls == 1 ? "call" : "calls")\(varies)"
    }

    private func line(_ total: Int64, _ own: Int64?, _ depth: Int, _ text: String, _ columns: Int) -> String {
        let numbers =
            TextWidth.padLeft(NumberText.grouped(total), to: columns) + "  "
            + TextWidth.padLeft(own.map(NumberText.grouped) ?? "", to: columns) + "  "
        let deep = depth > Self.deepestIndent ? "(\(depth)) " : ""
        let line = numbers + String(repeating: "  ", count: min(depth, Self.deepestIndent)) + deep + text
        return width.map { TextWidth.clip(line, to: $0) } ?? line
    }

    private func label(_ row: FoldedTrace.Row, _ trace: OperationTrace) -> String {
        var each = ""
        if row.count > 1 {
            let least = NumberText.grouped(row.range.lowerBound)
            let most = NumberText.grouped(row.range.upperBound)
            each = " × \(NumberText.grouped(row.count)), \(least == most ? least : "\(least) to \(most)") each"
        }
        switch row.kind {
        case .loop: return "loop\(each)"
        case .call:
            let record = trace.calls[Int(row.first)]
            let function = trace.functions[Int(record.function)]
            let module = function.module.isEmpty || row.depth == 0 ? "" : "  (\(function.module))"
            let isJump = row.stubEntry.map { $0 == .jump } ?? (record.entry == .jump)
            let isOwn = function.module == trace.functions[Int(trace.calls[0].function)].module
            return (isJump ? "→ " : "") + function.name + each
                + (isOwn ? "" : module)
        }
    }
}
