internal import Glibc

/// What this process has used up to a moment.
struct ProcessUsage {
    private let usage: rusage
    private let cpuNanoseconds: Double
    private let wallNanoseconds: Double
    private let residentBytes: Double?

    /// Reads it now: some system calls.
    static func read() -> ProcessUsage { ProcessUsage() }

    private init() {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        self.usage = usage
        cpuNanoseconds = Self.clock(CLOCK_PROCESS_CPUTIME_ID)
        wallNanoseconds = Self.clock(CLOCK_MONOTONIC)
        residentBytes = Self.residentPages().map { $0 * Double(sysconf(Int32(_SC_PAGESIZE))) }
    }

    /// What was used since an earlier moment.
    /// - Parameter operations: how many operations in between; counts are given per operation.
    func readings(since first: ProcessUsage, operations: UInt64) -> [BenchmarkMetric: MetricReading] {
        let count = Double(max(1, operations))
        let cpu = cpuNanoseconds - first.cpuNanoseconds
        let wall = wallNanoseconds - first.wallNanoseconds
        func difference(_ field: KeyPath<rusage, Int>) -> Double {
            Double(usage[keyPath: field] - first.usage[keyPath: field])
        }
        var readings: [BenchmarkMetric: MetricReading] = [
            .pageFaults: .value((difference(\.ru_minflt) + difference(\.ru_majflt)) / count),
            .contextSwitches: .value((difference(\.ru_nvcsw) + difference(\.ru_nivcsw)) / count),
            .peakMemory: .value(Double(usage.ru_maxrss) * 1_024),
        ]
        if wall > 0 { readings[.cpuUtilization] = .value(cpu / wall) }
        if let residentBytes, let before = first.residentBytes {
            readings[.memoryGrowth] = .value(residentBytes - before)
        }
        return readings
    }

    private static func clock(_ id: clockid_t) -> Double {
        var time = timespec()
        clock_gettime(id, &time)
        return Double(time.tv_sec) * 1e9 + Double(time.tv_nsec)
    }

    /// Pages in memory, from the second field of `statm`.
    private static func residentPages() -> Double? {
        guard let file = fopen("/proc/self/statm", "re") else { return nil }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 256)
        guard fgets(&line, 256, file) != nil else { return nil }
        let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let fields = text.split(separator: " ")
        return fields.count > 1 ? Double(fields[1]) : nil
    }
}
