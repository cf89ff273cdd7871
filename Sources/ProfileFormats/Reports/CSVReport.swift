internal import ProfileModel

/// A report for spreadsheets: RFC 4180 with a header row. Columns may be added at the end, never removed or moved.
///
/// Shares are 0…1. The recording's quality has no place in a table: the text and JSON reports state it.
struct CSVReport {
    private let context: ReportContext

    init(_ context: ReportContext) { self.context = context }

    func render(_ content: ReportContent) -> String {
        var rows: [[String]]
        switch content {
        case .functions(let functions, _):
            rows = [
                [
                    "function", "module", "category", "self", "self_share", "total", "total_share", "self_samples",
                    "total_samples",
                ]
            ]
            for row in functions {
                rows.append(
                    [row.symbol.name, row.symbol.module, "\(row.symbol.category)"] + numbers(row.own, row.total))
            }
        case .tree(let tree, _, _):
            rows = [
                [
                    "depth", "function", "module", "category", "inlined", "self", "self_share", "total", "total_share",
                    "self_samples", "total_samples",
                ]
            ]
            context.visit(tree) { visit in
                let node = tree.nodes[visit.node]
                let symbol = tree.symbol(of: visit.node)!
                rows.append(
                    [
                        String(visit.depth), symbol.name, symbol.module, "\(symbol.category)",
                        symbol.isInlined ? "true" : "false",
                    ] + numbers(node.own, node.total))
            }
        }
        return rows.map { $0.map(Self.quoted).joined(separator: ",") + "\r\n" }.joined()
    }

    private func numbers(_ own: Weight, _ total: Weight) -> [String] {
        let counts = context.profile.sampleCountColumn != nil
        return [
            String(own.value), NumberText.fixed(own.share(of: context.values.total), decimals: 6), String(total.value),
            NumberText.fixed(total.share(of: context.values.total), decimals: 6), counts ? String(own.samples) : "",
            counts ? String(total.samples) : "",
        ]
    }

    private static func quoted(_ text: String) -> String {
        guard text.utf8.contains(where: { [0x22, 0x2C, 0x0A, 0x0D].contains($0) }) else { return text }
        return "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }
}
