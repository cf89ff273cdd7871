/// What a benchmark says about itself, beside what was measured of it: counts of its own, what it came to, and where the
/// time of an operation goes.
package struct BenchmarkRecord: Codable, Hashable, Sendable {
    /// A quantity, such as a working set; one value a process.
    package struct Quantity: Codable, Hashable, Sendable {
        package var name: String
        /// `bytes`, `ns`, or a word in the plural; empty for a plain number.
        package var unit: String
        package var values: [Double]

        package init(name: String, unit: String, values: [Double]) {
            self.name = name
            self.unit = unit
            self.values = values
        }
    }

    /// Something that must come out the same in each process, such as a digest of the final state.
    package struct Outcome: Codable, Hashable, Sendable {
        package var name: String
        package var text: String

        package init(name: String, text: String) {
            self.name = name
            self.text = text
        }
    }

    package var quantities: [Quantity] = []
    package var outcomes: [Outcome] = []
    package var stages: StageRecord?

    package init() {}

    package var isEmpty: Bool { quantities.isEmpty && outcomes.isEmpty && stages == nil }

    /// The records of several processes as one.
    ///
    /// - Throws: ``Disagreement`` when an outcome differs between them.
    package init(merging records: [BenchmarkRecord]) throws(Disagreement) {
        for record in records {
            for quantity in record.quantities {
                if let index = quantities.firstIndex(where: { $0.name == quantity.name && $0.unit == quantity.unit }) {
                    quantities[index].values += quantity.values
                } else {
                    quantities.append(quantity)
                }
            }
            for outcome in record.outcomes {
                if let known = outcomes.first(where: { $0.name == outcome.name }) {
                    if known.text != outcome.text {
                        throw Disagreement(name: outcome.name, texts: [known.text, outcome.text])
                    }
                } else {
                    outcomes.append(outcome)
                }
            }
            if let more = record.stages {
                if stages == nil { stages = more } else { stages?.add(more) }
            }
        }
    }

    /// Two processes of one benchmark came to different things.
    package struct Disagreement: Error {
        package let name: String
        package let texts: [String]

        package var failure: BenchmarkFailure {
            BenchmarkFailure(
                "outcome", "the \(name) differs between processes: \(texts.joined(separator: " and "))")
        }
    }
}

/// How the time of operations divides into stages.
package struct StageRecord: Codable, Hashable, Sendable {
    package struct Stage: Codable, Hashable, Sendable {
        package var name: String
        /// Ticks of all of them, marks included.
        package var ticks: Double
        /// Ticks of each, marks included.
        package var histogram: LatencyHistogram

        package init(name: String, ticks: Double, histogram: LatencyHistogram) {
            self.name = name
            self.ticks = ticks
            self.histogram = histogram
        }
    }

    /// In the order in which they happen.
    package var stages: [Stage]
    package var operations: UInt64
    /// What a mark by itself takes, ticks on average.
    package var markTicks: Double
    package var ticksPerSecond: Double
    /// The steps of the clock, ticks.
    package var tickStep: Double

    package init(
        stages: [Stage], operations: UInt64, markTicks: Double, ticksPerSecond: Double, tickStep: Double
    ) {
        self.stages = stages
        self.operations = operations
        self.markTicks = markTicks
        self.ticksPerSecond = ticksPerSecond
        self.tickStep = tickStep
    }

    /// Adds what another process recorded of the same stages.
    mutating func add(_ other: StageRecord) {
        for stage in other.stages {
            if let index = stages.firstIndex(where: { $0.name == stage.name }) {
                stages[index].ticks += stage.ticks
                stages[index].histogram.add(stage.histogram)
            } else {
                stages.append(stage)
            }
        }
        // The mean of the marks, weighted.
        let total = Double(operations) + Double(other.operations)
        if total > 0 {
            markTicks = (markTicks * Double(operations) + other.markTicks * Double(other.operations)) / total
        }
        operations &+= other.operations
    }
}
