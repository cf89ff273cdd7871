internal import Benchmarking
internal import FoundationEssentials
internal import Statistics

extension GateReport {
    /// The version of the JSON that ``json()`` writes; keys may be added within one.
    package static let schemaVersion = 1

    private struct Content: Encodable {
        var schemaVersion = GateReport.schemaVersion
        var baseline: String
        var verdict: String
        var summary: String
        var familyError = RegressionGate.familyError
        var findings: [Finding]
        var failures: [Note]
        var notCompared: [Note]
        var added: [String]
        var warnings: [String]
        var attributions: [AttributionContent]
    }

    private struct AttributionContent: Encodable {
        struct Function: Encodable {
            var name: String
            var module: String
            var was: String?
            var finding: Attribution.Finding
            var before: Double?
            var after: Double?
            var change: Double?
            var interval: ConfidenceInterval?
            var smallestNamed: Double?
            var instructions: Attribution.Instructions?
        }

        struct Move: Encodable {
            var from: [String]
            var to: [String]
            var amount: Double
        }

        var id: BenchmarkID
        var metric: String
        var before: Double
        var after: Double
        var functions: [Function]
        var moves: [Move]
        var explained: Double
        var moved: Double
        var unexplained: Double?
        var unexplainedInterval: ConfidenceInterval?
        var smallestNamedOfFifth: Double?
        var smallestNamedOfTwentieth: Double?
        var samplesBefore: Int64
        var samplesAfter: Int64
        var dispersion: Double
        var notes: [String]

        init(_ attribution: Attribution) {
            id = attribution.id
            metric = attribution.metric.id
            before = attribution.before
            after = attribution.after
            functions = attribution.rows.map { row in
                Function(
                    name: row.function, module: row.module, was: row.formerName, finding: row.finding,
                    before: row.cost?.before, after: row.cost?.after, change: row.cost?.difference,
                    interval: row.cost?.interval, smallestNamed: row.cost?.smallestDetectable,
                    instructions: row.instructions)
            }
            moves = attribution.moves.map { Move(from: $0.from, to: $0.to, amount: $0.amount) }
            explained = attribution.explained
            moved = attribution.moved
            unexplained = attribution.unexplained?.difference
            unexplainedInterval = attribution.unexplained?.interval
            smallestNamedOfFifth = attribution.smallest?.fifth
            smallestNamedOfTwentieth = attribution.smallest?.twentieth
            samplesBefore = attribution.samples.before
            samplesAfter = attribution.samples.after
            dispersion = attribution.dispersion
            notes = attribution.notes
        }
    }

    private struct Note: Encodable {
        var benchmark: String
        var text: String
    }

    private struct Finding: Encodable {
        var id: BenchmarkID
        var metric: String
        var verdict: GateVerdict
        var gates: Bool
        var basis: GateFinding.Basis
        var baseline: Double?
        var candidate: Double?
        var change: Double?
        var changeIsShare: Bool
        var interval: ConfidenceInterval?
        var tolerance: Double
        var noiseFloor: Double?
        var smallestVisible: Double?
        var adjustedPValue: Double?
        var moreProcesses: Int?
        var baselineProcesses: Int
        var candidateProcesses: Int
        var excludesRegression: Bool
        var toleranceBelowNoise: Bool
        var note: String?
    }

    /// One line of JSON with sorted keys: equal reports are equal bytes. Described in `docs/regressions.md`.
    package func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        func finite(_ value: Double?) -> Double? { value.flatMap { $0.isFinite ? $0 : nil } }
        let findings = findings.map { finding in
            Finding(
                id: finding.id, metric: finding.metric.id, verdict: finding.verdict, gates: finding.gates,
                basis: finding.basis, baseline: finite(finding.baseline), candidate: finite(finding.candidate),
                change: finite(finding.change), changeIsShare: finding.isRelative,
                interval: finding.interval.flatMap { $0.lower.isFinite && $0.upper.isFinite ? $0 : nil },
                tolerance: finding.tolerance, noiseFloor: finite(finding.noiseFloor),
                smallestVisible: finite(finding.smallestVisible), adjustedPValue: finite(finding.adjustedPValue),
                moreProcesses: finding.moreReplicates, baselineProcesses: finding.baselineReplicates,
                candidateProcesses: finding.candidateReplicates, excludesRegression: finding.excludesRegression,
                toleranceBelowNoise: finding.isToleranceBelowNoise, note: finding.note)
        }
        let word =
            hasRegressed
            ? "regressed"
            : !toleranceErrors.isEmpty ? "tolerance-below-noise" : isUnresolved ? "not-resolved" : "passed"
        let content = Content(
            baseline: baselineName, verdict: word, summary: summary, findings: findings,
            failures: failures.map { Note(benchmark: $0.id.description, text: $0.text) },
            notCompared: unjudged.map { Note(benchmark: $0.id.description, text: $0.text) },
            added: added.map(\.description), warnings: warnings,
            attributions: attributions.map(AttributionContent.init))
        return String(decoding: try encoder.encode(content), as: UTF8.self) + "\n"
    }
}
