package import CycleTiming

/// The clock at both ends of the examination.
package struct ClockChecks {
    package var facts: ClockFacts
    package var start: ClockCalibration
    package var end: ClockCalibration

    package init(facts: ClockFacts, start: ClockCalibration, end: ClockCalibration) {
        self.facts = facts
        self.start = start
        self.end = end
    }

    package var findings: [Doctor.Finding] { [counter, kernelClock, step, stamps, calibration, virtualization] }

    private var counter: Doctor.Finding {
        let rate = Decimals.text(start.ticksPerSecond / 1e9, 3) + " GHz"
        guard facts.processor.counterIsInvariant else {
            return Doctor.Finding(
                "counter-invariance", .clock, "counter", "\(rate), changes its rate with the power state", .bad,
                remedy: facts.processor.hypervisor == nil
                    ? "measure on a processor with an invariant counter"
                    : "let the hypervisor pass it on (QEMU: -cpu host,migratable=no,+invtsc)")
        }
        return Doctor.Finding("counter-invariance", .clock, "counter", "invariant, \(rate)", .good)
    }

    private var kernelClock: Doctor.Finding {
        let source = facts.kernelClockSource ?? "unknown"
        let trusts = facts.architecture != "x86_64" || ["tsc", "kvm-clock", "unknown"].contains(source)
        return Doctor.Finding(
            "kernel-clock", .clock, "kernel's clock",
            trusts ? source : "\(source): the kernel does not trust the counter", trusts ? .good : .warning,
            remedy: trusts ? nil : "sudo dmesg | grep -i tsc shows why; boot with tsc=reliable only if that is wrong")
    }

    private var step: Doctor.Finding {
        Doctor.Finding(
            "counter-step", .clock, "step",
            "\(facts.stepTicks) ticks, \(Decimals.duration(nanoseconds: start.nanoseconds(ticks: Double(facts.stepTicks))))",
            .good)
    }

    private var stamps: Doctor.Finding {
        let median = Decimals.duration(nanoseconds: start.nanoseconds(ticks: Double(facts.stampPairTicks)))
        let tail = Decimals.duration(nanoseconds: start.nanoseconds(ticks: Double(facts.stampPairTailTicks)))
        if facts.isTrapped {
            return Doctor.Finding(
                "stamp-cost", .clock, "two stamps", "\(median): reading the counter leaves the guest", .bad,
                remedy: "ask the host's owner to let guests read the counter (no RDTSC exiting)")
        }
        return Doctor.Finding("stamp-cost", .clock, "two stamps", "\(median), p99.9 \(tail)", .good)
    }

    /// 50 parts in a million are what a healthy counter and the kernel's correction of it may differ by; beyond what
    /// reading both clocks leaves uncertain.
    private var calibration: Doctor.Finding {
        let apart = abs(start.driftPartsPerMillion(to: end))
        let uncertain = start.uncertaintyPartsPerMillion + end.uncertaintyPartsPerMillion
        let status = Doctor.Status.grade(apart - uncertain, good: 50, warning: 500)
        return Doctor.Finding(
            "calibration", .clock, "calibration",
            "start and end \(Decimals.text(apart, 1)) ppm apart (± \(Decimals.text(uncertain, 1)))", status,
            remedy: status == .good ? nil : "repeat on an idle machine; if it stays, do not compare across runs")
    }

    private var virtualization: Doctor.Finding {
        guard let hypervisor = facts.processor.hypervisor else {
            return Doctor.Finding("hypervisor", .clock, "hypervisor", "none", .good)
        }
        let name = Self.hypervisorNames[hypervisor] ?? hypervisor
        return Doctor.Finding(
            "hypervisor", .clock, "hypervisor", "\(name): the host may take the processor unseen", .note)
    }

    /// By the signature in CPUID leaf 0x4000_0000.
    private static let hypervisorNames = [
        "KVMKVMKVM": "KVM", "Microsoft Hv": "Hyper-V", "TCGTCGTCGTCG": "QEMU without KVM", "VMwareVMware": "VMware",
        "XenVMMXenVMM": "Xen",
    ]
}
