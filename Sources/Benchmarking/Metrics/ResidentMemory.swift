internal import Glibc

/// How much memory of this process is resident: now, at its peak, and by how much both grew since a moment.
///
/// The peak is the kernel's (`VmHWM`), so it misses nothing between two looks. Not getrusage's `ru_maxrss`: that also
/// holds the peak of the program that forked this one, and cannot be set back. The kernel counts pages per CPU and sums
/// up seldom: both numbers are right to some dozen pages a CPU.
package struct ResidentMemory: Hashable, Sendable {
    package var currentBytes: UInt64
    package var peakBytes: UInt64

    package init(currentBytes: UInt64, peakBytes: UInt64) {
        self.currentBytes = currentBytes
        self.peakBytes = peakBytes
    }

    /// - Returns: nil without a readable `/proc`.
    package static func now() -> ResidentMemory? {
        guard let current = currentBytes(), let peak = peakBytes() else { return nil }
        // Read one after the other.
        return ResidentMemory(currentBytes: current, peakBytes: max(current, peak))
    }

    /// Pages in /proc/self/statm, second field; see proc_pid_statm(5).
    private static func currentBytes() -> UInt64? {
        ProcFile.withBytes("/proc/self/statm") { bytes in
            guard let space = bytes.firstIndex(of: UInt8(ascii: " ")) else { return nil }
            return ProcFile.number(bytes[(space + 1)...]).map { $0 &* UInt64(sysconf(Int32(_SC_PAGESIZE))) }
        }
    }

    /// "VmHWM:     1234 kB" in /proc/self/status; see proc_pid_status(5).
    private static func peakBytes() -> UInt64? {
        ProcFile.withBytes("/proc/self/status") { bytes in
            bytes.split(separator: UInt8(ascii: "\n")).first { $0.starts(with: "VmHWM:".utf8) }
                .flatMap { ProcFile.number($0.dropFirst(6)) }.map { $0 &* 1024 }
        }
    }
}

/// The peak of resident memory from a moment on.
package struct PeakMemory: Sendable {
    /// At the start.
    package let start: ResidentMemory?
    /// Why the kernel's peak could not be set back, so that it may stem from before the start; nil when it was.
    package let notReset: String?

    /// Sets the process's peak back to what is resident now (`/proc/self/clear_refs`, Linux 4.0), and begins.
    package init() {
        notReset = Self.resetPeak()
        start = ResidentMemory.now()
    }

    /// The peak since the start in bytes, and how much more is resident than then: peak and growth.
    ///
    /// A peak that could not be set back is a value only when it has risen since: else it is of something before.
    package func readings() -> [BenchmarkMetric: MetricReading] {
        guard let start, let now = ResidentMemory.now() else {
            let reason = "/proc is not readable; mount it"
            return [.peakMemory: .unavailable(reason), .memoryGrowth: .unavailable(reason)]
        }
        return Self.readings(from: start, to: now, notReset: notReset)
    }

    package static func readings(
        from start: ResidentMemory, to end: ResidentMemory, notReset: String?
    ) -> [BenchmarkMetric: MetricReading] {
        let peak: MetricReading
        if let notReset, end.peakBytes <= start.peakBytes {
            peak = .unavailable("the peak of \(start.peakBytes >> 10) KiB is older than the benchmark: \(notReset)")
        } else {
            peak = .value(Double(end.peakBytes))
        }
        return [.peakMemory: peak, .memoryGrowth: .value(Double(end.currentBytes) - Double(start.currentBytes))]
    }

    private static func resetPeak() -> String? {
        let file = open("/proc/self/clear_refs", O_WRONLY | O_CLOEXEC)
        guard file >= 0 else { return refusal(errno) }
        defer { close(file) }
        return write(file, "5", 1) == 1 ? nil : refusal(errno)
    }

    private static func refusal(_ error: Int32) -> String {
        "the kernel's peak cannot be set back (/proc/self/clear_refs: \(String(cString: strerror(error))));"
            + " run the benchmark in a process of its own"
    }
}

/// Small files of /proc, read into memory that is not allocated: reading must not move what is read.
private enum ProcFile {
    /// Calls `body` with the first 4 KiB of a file; nil when it cannot be read.
    static func withBytes<T>(_ path: StaticString, _ body: (UnsafeBufferPointer<UInt8>) -> T?) -> T? {
        withUnsafeTemporaryAllocation(byteCount: 4096, alignment: 16) { buffer in
            let file = open(UnsafeRawPointer(path.utf8Start).assumingMemoryBound(to: CChar.self), O_RDONLY | O_CLOEXEC)
            guard file >= 0 else { return nil }
            defer { close(file) }
            let count = read(file, buffer.baseAddress, buffer.count)
            guard count > 0 else { return nil }
            return body(UnsafeBufferPointer(rebasing: buffer.bindMemory(to: UInt8.self)[..<count]))
        }
    }

    /// The number that text begins with, after white space.
    static func number(_ text: some Sequence<UInt8>) -> UInt64? {
        var value: UInt64?
        for byte in text {
            switch byte {
            case 0x30...0x39: value = (value ?? 0) &* 10 &+ UInt64(byte - 0x30)
            case 0x20, 0x09: if value != nil { return value }
            default: return value
            }
        }
        return value
    }
}
