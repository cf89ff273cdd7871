internal import BenchmarkSuites
internal import FoundationEssentials

/// Baselines as people and programs read them.
package struct BaselineList: Sendable {
    package var baselines: [Baseline]

    package init(baselines: [Baseline]) { self.baselines = baselines }

    package func text(width: Int?) -> String {
        guard !baselines.isEmpty else { return "no baselines\n" }
        var table = ReportTable(columns: [
            .init(title: "name", isText: true), .init(title: "saved (UTC)", isText: true), .init(title: "benchmarks"),
            .init(title: "commit", isText: true, expendability: 1),
            .init(title: "branch", isText: true, expendability: 2),
            .init(title: "host", isText: true, expendability: 3), .init(title: "pinned", isText: true),
        ])
        table.rows = baselines.map { baseline in
            [
                baseline.name.description, Self.time(baseline.savedAtNanoseconds), "\(baseline.benchmarkCount)",
                PlainText.of((baseline.origin.commit ?? "").prefix(12)), PlainText.of(baseline.origin.branch ?? ""),
                PlainText.of(baseline.hostname), baseline.isPinned ? "pinned" : "",
            ]
        }
        let lines = TextTable(table: table.withoutEmptyColumns(), width: width).lines()
        return ([lines.head] + lines.rows).map { $0 + "\n" }.joined()
    }

    private struct Content: Encodable {
        var name: String
        var run: Int64
        var savedAtNanoseconds: Int64
        var benchmarks: Int
        var commit: String?
        var branch: String?
        var tool: String
        var hostname: String
        var isPinned: Bool
    }

    package func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let content = baselines.map {
            Content(
                name: $0.name.description, run: $0.runNumber, savedAtNanoseconds: $0.savedAtNanoseconds,
                benchmarks: $0.benchmarkCount, commit: $0.origin.commit, branch: $0.origin.branch, tool: $0.tool,
                hostname: $0.hostname, isPinned: $0.isPinned)
        }
        return String(decoding: try encoder.encode(content), as: UTF8.self) + "\n"
    }

    private static func time(_ nanoseconds: Int64) -> String {
        CalendarText.utc(seconds: nanoseconds / 1_000_000_000, separator: " ")
    }
}
