internal import BenchmarkSuites
package import ProfileModel

/// Profiles of two sides that can be compared: of one event, with samples, with functions in common.
package struct ComparedProfiles: Sendable {
    /// A profile and what messages call it.
    package struct Input: Sendable {
        package var name: String
        package var profile: Profile

        package init(name: String, profile: Profile) {
            self.name = name
            self.profile = profile
        }
    }

    /// Most profiles of both sides.
    package static let mostProfiles = 200

    package let before: [PairedCallTree.Run]
    package let after: [PairedCallTree.Run]
    package let normalization: ProfileNormalization
    /// What the compared column counts.
    package let type: SampleType
    /// Of each run, those before first: what it is divided by.
    let exposures: [Double]
    /// Of each run: the sum of its values, and of how many equal samples it tells as much.
    let totals: [(value: Double, count: Double)]

    /// - Parameter value: name of the column to compare; nil takes the one that each file shows.
    /// - Throws: ``RegressionError`` when they cannot be compared.
    package init(
        before: [Input], after: [Input], value: String? = nil, normalization: ProfileNormalization = .total
    ) throws {
        let inputs = before + after
        guard !before.isEmpty, !after.isEmpty else {
            throw RegressionError(.notComparable, "a diff needs a profile before and one after")
        }
        guard inputs.count <= Self.mostProfiles else {
            throw RegressionError(
                .tooLarge, "\(inputs.count) profiles are more than the \(Self.mostProfiles) that are compared at once")
        }
        var runs: [PairedCallTree.Run] = []
        for input in inputs {
            let asked = normalization == .samples ? input.profile.sampleCountColumn : nil
            guard let column = asked ?? input.profile.valueColumn(named: value) else {
                throw RegressionError(
                    .notComparable,
                    "'\(input.name)' has no values named '\(PlainText.of(value ?? ""))'; it has \(Self.columns(of: input))"
                )
            }
            if normalization == .samples && asked == nil {
                throw RegressionError(
                    .notComparable, "'\(input.name)' does not count samples; use --normalize total")
            }
            runs.append(PairedCallTree.Run(input.profile, column: column))
        }
        type = runs[0].profile.sampleTypes[runs[0].column]
        for (input, run) in zip(inputs, runs) {
            let other = run.profile.sampleTypes[run.column]
            if other != type {
                throw RegressionError(
                    .notComparable,
                    "profiles of different events: '\(inputs[0].name)' shows \(Self.text(type)), '\(input.name)' "
                        + "\(Self.text(other)); choose values that both have with --value (\(Self.columns(of: inputs[0])); "
                        + "\(Self.columns(of: input)))")
            }
            if let first = runs[0].profile.metadata.periodType, let event = run.profile.metadata.periodType,
                first.name != event.name
            {
                throw RegressionError(
                    .notComparable,
                    "profiles of different events: '\(inputs[0].name)' samples \(PlainText.of(first.name)), "
                        + "'\(input.name)' \(PlainText.of(event.name)); record both with the same --event")
            }
        }
        var totals: [(value: Double, count: Double)] = []
        var exposures: [Double] = []
        for (index, (input, run)) in zip(inputs, runs).enumerated() {
            let total = try Self.total(of: run, name: input.name)
            totals.append(total)
            exposures.append(
                try normalization.exposure(
                    of: run, total: total.value, isBefore: index < before.count, name: input.name))
        }
        self.before = Array(runs.prefix(before.count))
        self.after = Array(runs.dropFirst(before.count))
        self.normalization = normalization
        self.totals = totals
        self.exposures = exposures
    }

    /// What the values of each side's profiles together are divided by.
    package var divisors: (before: Double, after: Double) {
        (exposures.prefix(before.count).reduce(0, +), exposures.dropFirst(before.count).reduce(0, +))
    }

    /// Sum of a run's values, and the number of equal samples that would tell as much: (Σw)²/Σw² over its samples (L.
    /// Kish, *Survey Sampling*, 1965), which is their number when all weigh the same.
    private static func total(of run: PairedCallTree.Run, name: String) throws -> (value: Double, count: Double) {
        let profile = run.profile
        let period =
            profile.metadata.periodType?.unit == profile.sampleTypes[run.column].unit
            ? Double(profile.metadata.period) : 0
        var (sum, squares) = (0.0, 0.0)
        for weight in profile.weights(column: run.column) {
            guard weight.value >= 0, weight.samples >= 0 else {
                throw RegressionError(
                    .notComparable,
                    "'\(name)' holds samples of negative weight, as a difference of profiles does; "
                        + "compare profiles as they were recorded")
            }
            let value = Double(weight.value)
            // Without a count: as the period says, else one a unit of what is counted, else one a row.
            let count =
                weight.samples > 0
                ? Double(weight.samples)
                : period > 0 ? max(1, value / period) : profile.sampleTypes[run.column].unit == "count" ? value : 1
            sum += value
            if value > 0 { squares += value * value / count }
        }
        guard sum > 0, sum < Double(Int64.max / 2) else {
            throw RegressionError(
                .notComparable,
                sum > 0
                    ? "'\(name)' holds sums that do not fit 63 bits; it is damaged"
                    : "'\(name)' has no samples to compare; record for longer, or while it is busy")
        }
        return (sum, sum * sum / squares)
    }

    private static func text(_ type: SampleType) -> String {
        "\(PlainText.of(type.name)) in \(PlainText.of(type.unit))"
    }

    private static func columns(of input: Input) -> String {
        "'\(input.name)' has "
            + input.profile.sampleTypes.prefix(8).map { PlainText.of($0.name) }.joined(separator: ", ")
    }
}
