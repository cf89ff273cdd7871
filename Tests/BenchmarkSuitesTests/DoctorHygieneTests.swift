import BenchmarkSuites
import Testing

@Suite struct DoctorHygieneTests {
    /// A desktop: everything there is to complain about.
    private static let desktop = [
        "/sys/devices/system/cpu/cpu3/cpufreq/scaling_governor": "powersave\n",
        "/sys/devices/system/cpu/intel_pstate/no_turbo": "0\n",
        "/sys/devices/system/cpu/cpu3/topology/thread_siblings_list": "3,7\n",
        "/sys/devices/system/cpu/isolated": "1-2\n", "/sys/devices/system/cpu/nohz_full": "(null)\n",
        "/sys/kernel/mm/transparent_hugepage/enabled": "[always] madvise never\n",
        "/proc/meminfo": "MemTotal: 9 kB\nSwapTotal:       4194304 kB\nSwapFree:        2097152 kB\n",
        "/proc/loadavg": "6.50 1.00 0.50 1/2 3\n", "/proc/self/cgroup": "0::/a.slice\n",
        "/sys/fs/cgroup/a.slice/cpu.stat": "usage_usec 5\nnr_periods 9\nnr_throttled 7\n",
        "/proc/stat": "cpu  100 0 0 800 0 0 0 100 0 0\ncpu0 1 2 3\n",
    ]

    private func findings(_ before: [String: String], _ after: [String: String]) -> [Doctor.Finding] {
        HygieneChecks(
            files: { after[$0] }, processor: 3, processorCount: 8, before: .init { before[$0] },
            after: .init { after[$0] }, load: HygieneChecks.load { before[$0] }
        ).findings
    }

    @Test func aDesktopHearsWhatDisturbs() {
        var before = Self.desktop
        before["/proc/stat"] = "cpu  50 0 0 550 0 0 0 80 0 0\n"
        before["/sys/fs/cgroup/a.slice/cpu.stat"] = "nr_throttled 4\n"
        #expect(
            findings(before, Self.desktop).map { "\($0.id) \($0.status.rawValue): \($0.value)" } == [
                "governor warning: powersave", "turbo note: on: times follow the temperature, cycles do not",
                "smt note: processor 7 shares the core", "isolation note: processor 3 is not isolated, 1 is",
                "huge-pages note: always: memory costs depend on what the kernel merged", "swap note: 2048 MiB used",
                "throttling bad: throttled 3 times while measuring",
                // 20 of the 320 ticks that passed.
                "steal warning: 6.3 % while measuring", "load warning: 6.50 on 8 processors",
            ])
    }

    @Test func aTunedMachineHasNothingToHear() {
        let tuned = [
            "/sys/devices/system/cpu/cpu3/cpufreq/scaling_governor": "performance\n",
            "/sys/devices/system/cpu/cpufreq/boost": "0\n",
            "/sys/devices/system/cpu/cpu3/topology/thread_siblings_list": "3\n",
            "/sys/devices/system/cpu/isolated": "2-3\n", "/sys/devices/system/cpu/nohz_full": "2-3\n",
            "/sys/kernel/mm/transparent_hugepage/enabled": "always [madvise] never\n",
            "/proc/loadavg": "0.10 0.1 0.1 1/2 3\n",
        ]
        let findings = findings(tuned, tuned)
        #expect(findings.allSatisfy { $0.status == .good && $0.remedy == nil }, "\(findings)")
    }

    @Test func throttlingIsFoundInCgroupsOfVersionOneAndInsideContainers() {
        func throttled(_ files: [String: String]) -> Int { HygieneChecks.Counts { files[$0] }.throttled }
        #expect(
            throttled([
                "/proc/self/cgroup": "2:memory:/b\n1:cpu,cpuacct:/b\n0::/\n",
                "/sys/fs/cgroup/cpu/b/cpu.stat": "nr_throttled 11\n",
            ]) == 11)
        #expect(
            throttled(["/proc/self/cgroup": "0::/host/path\n", "/sys/fs/cgroup/cpu.stat": "nr_throttled 5\n"]) == 5)
        #expect(throttled(["/proc/self/cgroup": "garbage\n::\n"]) == 0)
        #expect(throttled([:]) == 0)
    }

    @Test func unreadableFilesAreNoTrouble() {
        let statuses = findings([:], [:]).map(\.status)
        #expect(!statuses.contains(.bad) && !statuses.contains(.warning))
        let garbage = Self.desktop.mapValues { _ in "9999999999999999999-1,-,\u{0},,5-3\n" }
        #expect(findings(garbage, garbage).count == 9)
    }
}
