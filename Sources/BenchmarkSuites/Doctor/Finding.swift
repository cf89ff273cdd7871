extension Doctor {
    /// One thing that was looked at.
    package struct Finding: Hashable, Sendable, Codable {
        /// Stable, in kebab case; for programs.
        package var id: String
        package var section: Section
        package var title: String
        /// What was found, with units; one line.
        package var value: String
        package var status: Status
        /// The command or the action that changes it, one line; nil when there is nothing to change.
        package var remedy: String?

        package init(
            _ id: String, _ section: Section, _ title: String, _ value: String, _ status: Status, remedy: String? = nil
        ) {
            self.id = id
            self.section = section
            self.title = title
            self.value = value
            self.status = status
            self.remedy = remedy
        }
    }

    /// What a finding is about, in the order of reports.
    package enum Section: String, CaseIterable, Hashable, Sendable, Codable {
        case permissions
        case clock
        case knownAnswers = "known answers"
        case resolution
        case noise
        case power
        case hygiene
    }

    package enum Status: String, Hashable, Sendable, Codable {
        case good
        /// Worth knowing; lowers no grade.
        case note
        /// Makes measurements worse or hides something of them.
        case warning
        /// Makes measurements useless for what the finding is about.
        case bad
    }
}

extension Doctor.Status {
    /// The status of a value of which more is worse: at most `good` is good, at most `warning` is a warning.
    static func grade(_ value: Double, good: Double, warning: Double) -> Doctor.Status {
        value <= good ? .good : value <= warning ? .warning : .bad
    }
}
