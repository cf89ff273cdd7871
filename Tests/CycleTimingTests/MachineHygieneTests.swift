import CycleTiming
import Foundation
import TestSupport
import Testing

@Suite("The kernel's texts about the machine")
struct MachineTextTests {
    @Test(
        "Lists of processors",
        arguments: [
            ("0-3,8\n", [0, 1, 2, 3, 8]), ("0", [0]), ("", []), ("\n", []), ("(null)\n", []), ("2,0-1", [0, 1, 2]),
        ] as [(String, [Int]?)])
    func processorLists(text: String, processors: [Int]?) {
        #expect(MachineTexts.processorList(text) == processors)
    }

    @Test("Texts that are no lists", arguments: ["x", "1-", "-1", "3-1", "1,,2", "0-99999999999", "1-2-3", "1 2"])
    func noLists(text: String) { #expect(MachineTexts.processorList(text) == nil) }

    @Test("The selected word, a flag, the load")
    func words() {
        #expect(MachineTexts.selectedWord("always [madvise] never\n") == "madvise")
        #expect(MachineTexts.selectedWord("always madvise never") == nil)
        #expect(MachineTexts.selectedWord("[]") == nil)
        #expect(MachineTexts.flag("1\n") == true && MachineTexts.flag("0") == false && MachineTexts.flag("2") == nil)
        #expect(
            MachineTexts.loadAverage("0.52 1.25 20.00 2/171 6115\n")
                == LoadAverage(oneMinute: 0.52, fiveMinutes: 1.25, fifteenMinutes: 20))
        #expect(MachineTexts.loadAverage("0.52 1.25") == nil && MachineTexts.loadAverage("a b c") == nil)
        #expect(MachineTexts.loadAverage("-1 nan inf") == nil)
    }

    @Test("Swap in use is what is not free")
    func swap() {
        #expect(MachineTexts.swapUse("MemTotal: 100 kB\nSwapTotal:     2048 kB\nSwapFree:      1024 kB\n") == 1 << 20)
        #expect(MachineTexts.swapUse("SwapTotal: 0 kB\nSwapFree: 0 kB\n") == 0)
        #expect(MachineTexts.swapUse("SwapTotal: 1 kB\nSwapFree: 2 kB\n") == nil)
        #expect(MachineTexts.swapUse("SwapTotal: 9223372036854775807 kB\nSwapFree: 0 kB\n") == nil)
        #expect(MachineTexts.swapUse("") == nil)
    }

    @Test("Stolen time is the eighth number, of which the total does not count guests twice")
    func stolen() throws {
        let earlier = try #require(MachineTexts.processorTimes("cpu  10 0 10 70 0 0 0 10 5 0\ncpu0 1 2 3 4\n"))
        #expect(earlier == ProcessorTimes(total: 100, stolen: 10) && earlier.stolenShare == 0.1)
        let later = try #require(MachineTexts.processorTimes("cpu  10 0 10 165 0 0 0 15 5 0\n"))
        #expect(later.since(earlier) == ProcessorTimes(total: 100, stolen: 5))
        #expect(earlier.since(later) == ProcessorTimes(total: 0, stolen: 0))
        #expect(MachineTexts.processorTimes("cpu 1 2 3 4") == ProcessorTimes(total: 10, stolen: 0))
        #expect(MachineTexts.processorTimes("cpu 1 2") == nil && MachineTexts.processorTimes("cpu0 1 2 3 4") == nil)
        #expect(MachineTexts.processorTimes("cpu 1 2 3 18446744073709551615") == nil)
    }
}

@Suite("Control groups")
struct ControlGroupTests {
    private let hybridMounts = """
        31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755
        32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw,relatime - cgroup cgroup rw,cpu,cpuacct
        41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw
        """

    @Test("Version 1 is where the processor controller is, with all groups above")
    func versionOne() throws {
        let found = try #require(
            ControlGroup.folders(groups: "5:memory:/m\n4:cpuacct,cpu:/a/b\n0::/u\n", mounts: hybridMounts))
        #expect(found.version == .one)
        let root = "/sys/fs/cgroup/cpu,cpuacct"
        #expect(found.folders == ["\(root)/a/b", "\(root)/a", root])
    }

    @Test("Version 2 is the group without controllers, where version 1 does not have them")
    func versionTwo() throws {
        let mounts = "30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n"
        let found = try #require(ControlGroup.folders(groups: "0::/user.slice/session\n", mounts: mounts))
        #expect(found.version == .two)
        #expect(found.folders.map { $0.dropFirst(14) } == ["/user.slice/session", "/user.slice", ""])
    }

    @Test("In a container the path is shown from the container's group on, and none leads out of the tree")
    func containers() throws {
        let mounts = "30 23 0:26 /docker/abc /sys/fs/cgroup ro master:4 - cgroup2 cgroup ro\n"
        #expect(
            ControlGroup.folders(groups: "0::/docker/abc/inner", mounts: mounts)?.folders
                == ["/sys/fs/cgroup/inner", "/sys/fs/cgroup"])
        #expect(ControlGroup.folders(groups: "0::/docker/abc", mounts: mounts)?.folders == ["/sys/fs/cgroup"])
        #expect(ControlGroup.folders(groups: "0::/../../etc", mounts: mounts)?.folders == ["/sys/fs/cgroup"])
        #expect(ControlGroup.folders(groups: "", mounts: mounts) == nil)
        #expect(ControlGroup.folders(groups: "0::/a", mounts: "30 23 - cgroup2\n") == nil)
    }

    @Test("Limits of version 2")
    func limitsTwo() {
        let statistics = "usage_usec 5\nnr_periods 100\nnr_throttled 7\nthrottled_usec 1234\n"
        #expect(
            ControlGroup.quota(limit: "150000 100000\n", statistics: statistics)
                == ProcessorQuota(processors: 1.5, throttledPeriods: 7, throttledNanoseconds: 1_234_000))
        #expect(
            ControlGroup.quota(limit: "max 100000\n", statistics: "")
                == ProcessorQuota(processors: nil, throttledPeriods: 0, throttledNanoseconds: 0))
        for limit in ["", "max", "0 100000", "-1 100000", "100 0", "a b", "1 2 3"] {
            #expect(ControlGroup.quota(limit: limit, statistics: "") == nil, "\(limit)")
        }
        let endless = "throttled_usec 18446744073709551615\n"
        #expect(ControlGroup.quota(limit: "max 1", statistics: endless)?.throttledNanoseconds == .max)
    }

    @Test("Limits of version 1")
    func limitsOne() {
        #expect(
            ControlGroup.quota(
                quota: "50000\n", period: "100000\n", statistics: "nr_throttled 3\nthrottled_time 99\n")
                == ProcessorQuota(processors: 0.5, throttledPeriods: 3, throttledNanoseconds: 99))
        #expect(ControlGroup.quota(quota: "-1", period: "100000", statistics: "")?.processors == nil)
        #expect(ControlGroup.quota(quota: "-2", period: "100000", statistics: "") == nil)
        #expect(ControlGroup.quota(quota: "5", period: "0", statistics: "") == nil)
    }
}

@Suite("Machine hygiene")
struct MachineHygieneTests {
    @Test("What is read agrees with other readers, and what is not has a reason")
    func thisMachine() throws {
        let hygiene = MachineHygiene.read()
        #expect(hygiene.online.value?.count == Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
        #expect(hygiene.load.value != nil && hygiene.processorTimes.value != nil && hygiene.swapBytesInUse.value != nil)
        var averages = [Double](repeating: -1, count: 1)
        #expect(getloadavg(&averages, 1) == 1)
        #expect(abs(averages[0] - (hygiene.load.value?.oneMinute ?? -1)) <= averages[0] * 0.2 + 1)
        if hygiene.governor.value == nil { #expect(hygiene.governor.reason?.contains("scaling_governor") == true) }
        #expect(hygiene.quota.value != nil || hygiene.quota.reason != nil)
        let none = MachineHygiene.read(processor: 99999)
        #expect(none.siblings.value == nil && none.siblings.reason?.contains("cpu99999") == true)
    }
}
