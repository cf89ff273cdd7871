import BenchmarkSuites
import CycleTiming
import Testing

@Suite struct DoctorHygieneTests {
    /// This machine, with facts of another in the place of its own.
    private func machine(_ change: (inout MachineHygiene) -> Void) -> MachineHygiene {
        var machine = MachineHygiene.read(processor: 3)
        machine.online = .known(Array(0..<8))
        change(&machine)
        return machine
    }

    /// A desktop: everything there is to complain about.
    private func desktop(throttled: UInt64, times: ProcessorTimes) -> MachineHygiene {
        machine {
            $0.governor = .known("powersave")
            $0.boost = .known(FrequencyBoost(isOn: true, file: "/sys/no_turbo", valueWhenOff: 1))
            $0.siblings = .known([7])
            $0.isolated = .known([1, 2])
            $0.tickless = .known([])
            $0.hugePages = .known("always")
            $0.swapBytesInUse = .known(2 << 30)
            $0.quota = .known(ProcessorQuota(processors: 1.5, throttledPeriods: throttled, throttledNanoseconds: 0))
            $0.processorTimes = .known(times)
            $0.load = .known(LoadAverage(oneMinute: 6.5, fiveMinutes: 1, fifteenMinutes: 0.5))
        }
    }

    @Test func aDesktopHearsWhatDisturbs() {
        let before = desktop(throttled: 4, times: ProcessorTimes(total: 680, stolen: 80))
        let after = desktop(throttled: 7, times: ProcessorTimes(total: 1_000, stolen: 100))
        let findings = HygieneChecks(before: before, after: after).findings
        #expect(
            findings.map { "\($0.id) \($0.status.rawValue): \($0.value)" } == [
                "governor warning: powersave", "turbo note: on: times follow the temperature, cycles do not",
                "smt note: processor 7 shares the core", "isolation note: processor 3 is not isolated, 1 is",
                "huge-pages note: always: memory costs depend on what the kernel merged", "swap note: 2048 MiB used",
                "throttling bad: throttled 3 times while measuring",
                // 20 of the 320 ticks that passed.
                "steal warning: 6.3 % while measuring", "load warning: 6.50 on 8 processors",
            ])
        #expect(findings.first { $0.id == "turbo" }?.remedy == "echo 1 | sudo tee /sys/no_turbo")
        let quota = HygieneChecks(before: after, after: after).findings.first { $0.id == "throttling" }
        #expect(quota?.status == .note && quota?.value.hasPrefix("1.50 processors' time") == true)
    }

    @Test func aTunedMachineHasNothingToHear() {
        let tuned = machine {
            $0.governor = .known("performance")
            $0.boost = .known(FrequencyBoost(isOn: false, file: "/sys/boost", valueWhenOff: 0))
            $0.siblings = .known([])
            $0.isolated = .known([2, 3])
            $0.tickless = .known([2, 3])
            $0.hugePages = .known("madvise")
            $0.swapBytesInUse = .known(0)
            $0.quota = .known(ProcessorQuota(processors: nil, throttledPeriods: 9, throttledNanoseconds: 9))
            $0.processorTimes = .known(ProcessorTimes(total: 1_000, stolen: 500))
            $0.load = .known(LoadAverage(oneMinute: 0.1, fiveMinutes: 9, fifteenMinutes: 9))
        }
        let findings = HygieneChecks(before: tuned, after: tuned).findings
        #expect(findings.allSatisfy { $0.status == .good && $0.remedy == nil }, "\(findings)")
    }

    @Test func whatCannotBeReadIsNoTrouble() {
        let blind = machine {
            $0.governor = .unknown("")
            $0.boost = .unknown("")
            $0.siblings = .unknown("")
            $0.isolated = .unknown("")
            $0.tickless = .unknown("")
            $0.hugePages = .unknown("")
            $0.swapBytesInUse = .unknown("")
            $0.quota = .unknown("")
            $0.processorTimes = .unknown("")
            $0.load = .unknown("")
            $0.online = .unknown("")
        }
        let findings = HygieneChecks(before: blind, after: blind).findings
        #expect(findings.count == 9 && findings.allSatisfy { $0.status == .good || $0.status == .note })
    }
}
