package import CycleTiming

/// Instructions of known cost, measured.
package struct KnownAnswerChecks {
    package struct Answer {
        var kernel: KnownKernel
        var cycles: Double
        var published: Double?

        package init(_ kernel: KnownKernel, cycles: Double, published: Double?) {
            self.kernel = kernel
            self.cycles = cycles
            self.published = published
        }

        var relativeError: Double? { published.map { abs(cycles / $0 - 1) } }
    }

    var answers: [Answer]
    /// The share of epochs in which nobody else used the core.
    var quietShare: Double
    /// Twice the instructions in units of twice the time; nil when too often interrupted.
    var linearity: Double?

    package init(answers: [Answer], quietShare: Double, linearity: Double?) {
        self.answers = answers
        self.quietShare = quietShare
        self.linearity = linearity
    }

    /// What needs the full width of the core, and so measures who else uses it rather than whether the clock is right.
    private static let widthKernels: Set<KnownKernel> = [.independentAdd, .emptyLoop]
    private static let named: [KnownKernel] = [.add, .imul, .chase]

    package var findings: [Doctor.Finding] {
        let others = answers.filter { !Self.named.contains($0.kernel) && !Self.widthKernels.contains($0.kernel) }
        return answers.filter { Self.named.contains($0.kernel) }.map(finding)
            + [finding(ofOthers: others)].compactMap(\.self)
            + [linear, sharing]
    }

    private func finding(_ answer: Answer) -> Doctor.Finding {
        let id = "known-" + answer.kernel.rawValue.split(separator: " ").joined(separator: "-").lowercased()
        let measured = Decimals.text(answer.cycles, 2) + " cycles"
        guard let published = answer.published, let error = answer.relativeError else {
            return Doctor.Finding(
                id, .knownAnswers, answer.kernel.rawValue, "\(measured); nothing is published for this processor", .note
            )
        }
        return Doctor.Finding(
            id, .knownAnswers, answer.kernel.rawValue, "\(measured), published \(Decimals.text(published, 2))",
            Self.status(error), remedy: Self.remedy(error))
    }

    private func finding(ofOthers others: [Answer]) -> Doctor.Finding? {
        let errors = others.compactMap { answer in answer.relativeError.map { (answer, $0) } }
        guard let worst = errors.max(by: { $0.1 < $1.1 }) else { return nil }
        return Doctor.Finding(
            "known-others", .knownAnswers, "\(errors.count) others",
            "at most \(Decimals.percent(worst.1)) off (\(worst.0.kernel.rawValue))", Self.status(worst.1),
            remedy: Self.remedy(worst.1))
    }

    private static func status(_ error: Double) -> Doctor.Status { .grade(error, good: 0.02, warning: 0.05) }

    private static func remedy(_ error: Double) -> String? {
        error <= 0.02 ? nil : "repeat on an idle machine; if it stays, do not trust cycles measured here"
    }

    private var linear: Doctor.Finding {
        guard let linearity else {
            return Doctor.Finding(
                "linearity", .knownAnswers, "linearity", "not measured: most runs were interrupted", .warning,
                remedy: "repeat on an idle machine")
        }
        let status = Self.status(abs(linearity - 1))
        return Doctor.Finding(
            "linearity", .knownAnswers, "linearity",
            "twice the imuls take \(Decimals.text(2 * linearity, 3)) times as long", status,
            remedy: status == .good ? nil : "repeat on an idle machine")
    }

    private var sharing: Doctor.Finding {
        let isShared = quietShare < 0.5
        return Doctor.Finding(
            "core-sharing", .knownAnswers, "core to itself", "\(Decimals.percent(quietShare, 0)) of the time",
            isShared ? .warning : .good,
            remedy: isShared ? "idle the core's other thread, or ask the host for whole cores" : nil)
    }

    /// Measures for at most `seconds`, and some milliseconds.
    /// - Throws: ``TimingError`` when most measurements were interrupted.
    static func measure(seconds: Double) throws -> (checks: KnownAnswerChecks, known: KnownAnswers) {
        let known = try KnownAnswers.measure(epochs: 60, seconds: seconds)
        let answers = known.answers.map {
            Answer($0.kernel, cycles: $0.cycles.rawValue, published: $0.published)
        }
        return (
            KnownAnswerChecks(answers: answers, quietShare: known.quietShare, linearity: measureLinearity()), known
        )
    }

    /// The median of (t(4k) − t(2k)) / 2(t(2k) − t(k)) for k = 10,000 imuls: stamps cancel in the differences.
    private static func measureLinearity() -> Double? {
        let hundreds: UInt64 = 100
        var ratios: [Double] = []
        for _ in 0..<61 {
            let times = [1, 2, 4].map { Double(KnownKernel.imul.run(hundreds: hundreds * $0).rawValue) }
            guard times[1] > times[0], times[2] > times[1] else { continue }
            ratios.append((times[2] - times[1]) / (2 * (times[1] - times[0])))
        }
        guard ratios.count > 30 else { return nil }
        return ratios.sorted()[ratios.count / 2]
    }
}
