/// Whether this machine can measure, and how well.
///
/// What was found, the grade that follows from it, and how both read. ``examine(seconds:progress:)`` finds out; everything
/// else is a function of the findings.
package struct Doctor: Hashable, Sendable {
    /// The version of the JSON; see `docs/doctor.md`.
    package static let schemaVersion = 1

    /// Processor, hypervisor and kernel in one line.
    package var machine: String
    /// The processor that was examined; nil when the process could not be pinned.
    package var processor: Int?
    /// How long the examination took.
    package var seconds: Double
    /// In the order of ``Section``.
    package var findings: [Finding]
    /// The smallest difference between two costs, as a share, that a second of measuring resolves; nil when unknown.
    package var resolvableDifference: Double?

    package init(
        machine: String, processor: Int?, seconds: Double, findings: [Finding], resolvableDifference: Double? = nil
    ) {
        self.machine = machine
        self.processor = processor
        self.seconds = seconds
        self.findings = findings
        self.resolvableDifference = resolvableDifference
    }

    package var grade: Grade { Grade(findings) }

    /// Measurements of this machine would be wrong.
    package var isUnfit: Bool { grade == .d }

    /// The finding that lowers the grade most; nil for grade A. Missing counters come last: a result says that itself.
    package var worst: Finding? {
        let reasons = grade.reasons(among: findings)
        return reasons.first { $0.id != "hardware-counters" } ?? reasons.first
    }

    /// What the grade rests on, in one line: the first two reasons, and how many more there are.
    package var reason: String {
        let reasons = grade.reasons(among: findings)
        guard !reasons.isEmpty else { return "nothing stands in the way" }
        let named = reasons.prefix(2).map { "\($0.title): \($0.value)" }.joined(separator: "; ")
        return reasons.count > 2 ? "\(named); \(reasons.count - 2) more" : named
    }
}
