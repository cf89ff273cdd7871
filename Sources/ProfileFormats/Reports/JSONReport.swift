internal import ProfileModel

/// A report for programs. The schema is stable within a `schema_version`: keys may be added, never removed or changed.
///
/// Trees are lists in which each node names its parent's position, since readers limit how deep values may nest.
struct JSONReport {
    static let schemaVersion: Int64 = 1

    private let context: ReportContext

    init(_ context: ReportContext) { self.context = context }

    func render(_ content: ReportContent) -> String {
        let profile = context.profile
        let type = profile.sampleTypes[context.column]
        let metadata = profile.metadata
        var members: [(String, JSONValue)] = [
            ("schema_version", .integer(Self.schemaVersion)),
            ("value", .object([("name", .text(type.name)), ("unit", .text(type.unit))])),
            ("total", weight(context.values.total)),
            (
                "recording",
                .object([
                    ("start_ns", .integer(metadata.timeNanoseconds)),
                    ("duration_ns", .integer(metadata.durationNanoseconds)),
                    ("event", metadata.periodType.map { .text($0.name) } ?? .null),
                    ("period", metadata.period == 0 ? .null : .integer(metadata.period)),
                    ("period_unit", metadata.periodType.map { .text($0.unit) } ?? .null),
                    ("quality", metadata.quality.map(quality) ?? .null),
                ])
            ),
        ]
        switch content {
        case .functions(let rows, let omitted):
            members.append(("functions", .array(rows.map(function))))
            members.append(("omitted_functions", .integer(Int64(omitted))))
        case .tree(let tree, let title, _):
            members.append(("title", .text(title)))
            members.append(("minimum_percent", .number(context.report.minimumPercent)))
            members.append(("nodes", .array(nodes(tree))))
        }
        return JSONValue.object(members).rendered() + "\n"
    }

    private func quality(_ quality: RecordingQuality) -> JSONValue {
        var members = RecordingQuality.Metric.allCases.map { metric in
            (metric.rawValue, quality[metric].map { JSONValue.integer($0) } ?? .null)
        }
        members.append(("named_frames", .integer(quality.namedFrames)))
        members.append(("total_frames", .integer(quality.totalFrames)))
        return .object(members)
    }

    private func weight(_ weight: Weight) -> JSONValue {
        .object([
            ("value", .integer(weight.value)),
            ("samples", context.profile.sampleCountColumn == nil ? .null : .integer(weight.samples)),
            ("share", .number(weight.share(of: context.values.total))),
        ])
    }

    private func members(of symbol: Symbol) -> [(String, JSONValue)] {
        [
            ("function", .text(symbol.name)), ("module", symbol.module.isEmpty ? .null : .text(symbol.module)),
            ("category", .text("\(symbol.category)")),
        ]
    }

    private func sourceMembers(of symbol: Symbol) -> [(String, JSONValue)] {
        [
            ("file", symbol.source.file.isEmpty ? .null : .text(symbol.source.file)),
            ("start_line", symbol.source.startLine == 0 ? .null : .integer(Int64(symbol.source.startLine))),
        ]
    }

    private func function(_ row: FunctionTable.Row) -> JSONValue {
        .object(
            members(of: row.symbol) + [("self", weight(row.own)), ("total", weight(row.total))]
                + sourceMembers(of: row.symbol))
    }

    private func nodes(_ tree: CallTree) -> [JSONValue] {
        var positions: [Int: Int64] = [:]
        var values: [JSONValue] = []
        context.visit(tree) { visit in
            let node = tree.nodes[visit.node]
            let symbol = tree.symbol(of: visit.node)!
            positions[visit.node] = Int64(values.count)
            values.append(
                .object(
                    [
                        ("parent", positions[Int(node.parent)].map { .integer($0) } ?? .null),
                        ("depth", .integer(Int64(visit.depth))),
                    ] + members(of: symbol) + [
                        ("inlined", .boolean(symbol.isInlined)), ("self", weight(node.own)),
                        ("total", weight(node.total)),
                    ] + sourceMembers(of: symbol)))
        }
        return values
    }
}
