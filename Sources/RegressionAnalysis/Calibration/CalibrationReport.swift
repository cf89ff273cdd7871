internal import BenchmarkSuites
internal import Benchmarking
internal import FoundationEssentials
internal import ProfileFormats

/// A calibration as people and programs read it.
package struct CalibrationReport: Sendable {
    package let calibration: Calibration
    /// Processes of each side that it is told for, and the change that some should be recommended for, as a share.
    package let processes: Int
    package let change: Double

    package init(_ calibration: Calibration, processes: Int, change: Double) {
        self.calibration = calibration
        self.processes = processes
        self.change = change
    }

    package func text(width: Int?) -> String {
        var table = ReportTable(columns: [
            .init(title: "benchmark", isText: true), .init(title: "metric", isText: true),
            .init(title: "spread of processes"), .init(title: "of epochs", expendability: 2),
            .init(title: "A/A", expendability: 1), .init(title: "\(processes) processes show"),
            .init(title: "for \(Self.percent(change)): processes"), .init(title: "epochs", expendability: 3),
        ])
        table.rows = calibration.entries.map { entry in
            [
                PlainText.of(entry.id.description, limit: 200), entry.metric, Self.percent(entry.spread),
                entry.withinSpread.map(Self.percent) ?? "",
                (entry.difference > 0 ? "+" : "") + Self.percent(entry.difference),
                Self.percent(entry.smallestVisible(processes: processes)),
                entry.processes(showing: change).map(String.init) ?? "more than \(Calibration.mostProcesses)",
                entry.usefulEpochs.map { "\($0) of \(entry.epochs ?? 0)" } ?? "",
            ]
        }
        let lines = TextTable(table: table.withoutEmptyColumns(), width: width).lines()
        var text = ([lines.head] + lines.rows).map { $0 + "\n" }.joined()
        for alarm in calibration.falseAlarms {
            text += "warning   \(PlainText.of(alarm)): called changed although nothing was: the machine is not steady\n"
        }
        if let widest = calibration.entries.compactMap({ $0.processes(showing: change) }).max() {
            text += "a change of \(Self.percent(change)) shows with --processes \(widest)"
            let hopeless = calibration.entries.count { $0.processes(showing: change) == nil }
            text += hopeless > 0 ? ", but for \(hopeless) of \(calibration.entries.count)\n" : "\n"
        }
        return text
    }

    private struct Content: Encodable {
        struct Entry: Encodable {
            var id: BenchmarkID
            var metric: String
            var median: Double
            var spread: Double
            var withinSpread: Double?
            var difference: Double
            var smallestVisible: Double
            var recommendedProcesses: Int?
            var usefulEpochs: Int?
        }

        var schemaVersion = Calibration.schemaVersion
        var machine: MachineFingerprint
        var processes: Int
        var change: Double
        var entries: [Entry]
        var falseAlarms: [String]
    }

    /// One line of JSON with sorted keys. Described in `docs/regressions.md`.
    package func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let entries = calibration.entries.map { entry in
            Content.Entry(
                id: entry.id, metric: entry.metric, median: entry.median, spread: entry.spread,
                withinSpread: entry.withinSpread, difference: entry.difference,
                smallestVisible: entry.smallestVisible(processes: processes),
                recommendedProcesses: entry.processes(showing: change), usefulEpochs: entry.usefulEpochs)
        }
        let content = Content(
            machine: calibration.machine, processes: processes, change: change, entries: entries,
            falseAlarms: calibration.falseAlarms)
        return String(decoding: try encoder.encode(content), as: UTF8.self) + "\n"
    }

    static func percent(_ share: Double) -> String {
        guard share.isFinite else { return "∞" }
        return NumberText.fixed(share * 100, decimals: abs(share) < 0.1 ? 2 : 0) + " %"
    }
}
