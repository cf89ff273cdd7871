internal import ProfileFormats

/// A trace as JSON, repetitions folded: schema `tickscope-instruction-trace/1`, described in `docs/benchmarks.md`.
package struct TraceJSONFormat: Sendable {
    package static let schema = "tickscope-instruction-trace/1"

    package init() {}

    package func encode(_ trace: OperationTrace) -> [UInt8] {
        let rows = FoldedTrace(trace).rows.map { value($0, trace) }
        let document = JSONValue.object([
            ("schema", .text(Self.schema)), ("benchmark", .text(trace.subject.benchmark)),
            ("program", .text(trace.subject.program)), ("instructions", .integer(trace.subject.instructions)),
            ("recorded", .integer(trace.recorded)), ("isRepeatable", .boolean(trace.subject.isRepeatable)),
            ("calls", .integer(Int64(trace.calls.count - 1))),
            ("warnings", .array(trace.warnings.map { .text($0) })), ("rows", .array(rows)),
        ])
        return Array((document.rendered() + "\n").utf8)
    }

    private func value(_ row: FoldedTrace.Row, _ trace: OperationTrace) -> JSONValue {
        var members: [(String, JSONValue)] = [("depth", .integer(Int64(row.depth)))]
        let record = trace.calls[Int(row.first)]
        switch row.kind {
        case .loop: members.append(("kind", .text("loop")))
        case .call:
            let function = trace.functions[Int(record.function)]
            members.append(("kind", .text(record.entry == .jump ? "jump" : "call")))
            members.append(("function", .text(function.name)))
            members.append(("module", .text(function.module)))
        }
        members += [
            ("count", .integer(row.count)), ("total", .integer(row.total)), ("self", .integer(row.own)),
            ("least", .integer(row.range.lowerBound)), ("most", .integer(row.range.upperBound)),
            ("first", .integer(Int64(record.begin))),
        ]
        if row.kind == .call, record.site >= 0 {
            let site = trace.sites[Int(record.site)]
            if !site.inlined.isEmpty { members.append(("through", .array(site.inlined.map { .text($0) }))) }
            if !site.file.isEmpty { members.append(("file", .text(site.file))) }
            if site.line > 0 { members.append(("line", .integer(Int64(site.line)))) }
        }
        return .object(members)
    }
}
