extension Doctor {
    /// How well a machine measures. A function of the findings alone:
    ///
    /// - `D`, unfit: a *bad* finding about the clock or the known answers. Numbers would be wrong: the counter is trapped
    ///   or changes its rate, or instructions of known cost measure more than 5 % off.
    /// - `C`, coarse: any other *bad* finding. Numbers are true but scatter: more than 5 % of the time is lost to noise, a
    ///   second does not resolve 1 %, the process is throttled.
    /// - `B`, good with limits: any *warning*, such as no hardware counters or some noise.
    /// - `A`: none of these. Notes lower no grade.
    package enum Grade: String, CaseIterable, Hashable, Sendable, Codable, Comparable {
        case a = "A"
        case b = "B"
        case c = "C"
        case d = "D"

        package init(_ findings: [Finding]) {
            if findings.contains(where: Self.isFatal) {
                self = .d
            } else if findings.contains(where: { $0.status == .bad }) {
                self = .c
            } else if findings.contains(where: { $0.status == .warning }) {
                self = .b
            } else {
                self = .a
            }
        }

        /// `A` is the least.
        package static func < (a: Grade, b: Grade) -> Bool { a.rawValue < b.rawValue }

        package var meaning: String {
            switch self {
            case .a: "measures well"
            case .b: "measures well, with limits"
            case .c: "measures coarsely"
            case .d: "unfit for measuring"
            }
        }

        /// The findings without which the grade would be better.
        package func reasons(among findings: [Finding]) -> [Finding] {
            findings.filter { finding in
                switch self {
                case .a: false
                case .b: finding.status == .warning
                case .c: finding.status == .bad
                case .d: Self.isFatal(finding)
                }
            }
        }

        private static func isFatal(_ finding: Finding) -> Bool {
            finding.status == .bad && (finding.section == .clock || finding.section == .knownAnswers)
        }
    }
}
