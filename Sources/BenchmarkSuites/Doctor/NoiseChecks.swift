package import CycleTiming

/// What takes time away from a thread that only spins.
package struct NoiseChecks {
    /// Gaps of one cause.
    package struct Loss {
        var lostShare: Double
        var perSecond: Double
        var longestNanoseconds: Double

        package init(lostShare: Double, perSecond: Double, longestNanoseconds: Double) {
            self.lostShare = lostShare
            self.perSecond = perSecond
            self.longestNanoseconds = longestNanoseconds
        }
    }

    var elapsedSeconds: Double
    var total: Double
    /// By cause; nil is outside the guest's kernel.
    var losses: [InterruptionCause?: Loss]
    /// Why a cause cannot be told; nil when it can.
    var kernelEntryProblem: String?
    var reschedulingProblem: String?

    package init(
        elapsedSeconds: Double, total: Double, losses: [InterruptionCause?: Loss], kernelEntryProblem: String? = nil,
        reschedulingProblem: String? = nil
    ) {
        self.elapsedSeconds = elapsedSeconds
        self.total = total
        self.losses = losses
        self.kernelEntryProblem = kernelEntryProblem
        self.reschedulingProblem = reschedulingProblem
    }

    init(_ scan: NoiseScan, _ probes: InterruptionProbes) {
        var losses: [InterruptionCause?: Loss] = [:]
        for cause in scan.gaps.keys {
            losses[cause] = Loss(
                lostShare: scan.lostShare(to: cause), perSecond: scan.gapsPerSecond(of: cause, atLeastNanoseconds: 0),
                longestNanoseconds: scan.longestNanoseconds(of: cause))
        }
        self.init(
            elapsedSeconds: scan.elapsedSeconds, total: scan.lostShare, losses: losses,
            kernelEntryProblem: probes.kernelEntry.reason, reschedulingProblem: probes.rescheduling.reason)
    }

    package var findings: [Doctor.Finding] {
        let others: [Doctor.Finding] = [.pageFault, .signal, .blocked, .migrated].compactMap { cause in
            losses[cause].map { finding("noise-" + Self.id(cause), cause.name, $0, remedy: nil) }
        }
        return [
            lost,
            finding(
                "noise-interrupts", "interrupts", losses[.interrupt],
                remedy: "isolate a processor: boot with isolcpus=N nohz_full=N rcu_nocbs=N irqaffinity=0"),
            finding(
                "noise-preemption", "preempted", losses[.preempted],
                remedy: "stop what else runs here, or sudo chrt -f 50 on a processor of its own"),
            finding(
                "noise-outside", "outside the kernel", losses[InterruptionCause?.none],
                remedy: "ask the host for dedicated, pinned processors; on bare metal look for SMIs"),
        ] + others + probes
    }

    private var lost: Doctor.Finding {
        Doctor.Finding(
            "noise-lost", .noise, "time lost",
            "\(Decimals.percent(total)) of \(Decimals.text(elapsedSeconds, 1)) s, in gaps over 300 ns",
            .grade(total, good: 0.01, warning: 0.05))
    }

    /// A cause alone makes no measurement useless; all together may, see ``lost``.
    private func finding(_ id: String, _ title: String, _ loss: Loss?, remedy: String?) -> Doctor.Finding {
        guard let loss else { return Doctor.Finding(id, .noise, title, "none", .good) }
        let status: Doctor.Status = loss.lostShare <= 0.001 ? .good : loss.lostShare <= 0.01 ? .note : .warning
        return Doctor.Finding(
            id, .noise, title,
            "\(Decimals.percent(loss.lostShare)), \(Decimals.text(loss.perSecond, 0))/s,"
                + " longest \(Decimals.duration(nanoseconds: loss.longestNanoseconds))",
            status, remedy: status == .good ? nil : remedy)
    }

    private static func id(_ cause: InterruptionCause) -> String {
        cause.name.split(separator: " ").joined(separator: "-")
    }

    /// Causes that cannot be told apart here.
    private var probes: [Doctor.Finding] {
        [("interrupts", kernelEntryProblem), ("preemption", reschedulingProblem)].compactMap { name, problem in
            problem.map {
                Doctor.Finding("probe-\(name)", .noise, "probe of \(name)", "not trusted: \($0)", .warning)
            }
        }
    }
}
