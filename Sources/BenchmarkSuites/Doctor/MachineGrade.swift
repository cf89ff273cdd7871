package import Benchmarking
internal import FoundationEssentials
internal import Glibc
internal import PerfEvents
internal import ProfileFormats

/// What the doctor last made of this machine, kept for results: examining takes longer than many a run.
package struct MachineGrade: Codable, Hashable, Sendable {
    /// Older examinations are repeated: what else runs on a machine changes.
    package static let longestAge = 3_600.0

    /// An examination holds for this start of the machine and this version of the tool.
    package var bootID: String
    package var tool: String
    /// Seconds since 1970.
    package var examinedAt: Double
    package var grade: Doctor.Grade
    /// The finding that lowers the grade most, in one line; nil for the best grade.
    package var worst: String?
    /// The smallest difference, as a share, that a second resolves; nil when unknown.
    package var resolvableDifference: Double?

    package init(_ doctor: Doctor, tool: String, bootID: String = currentBootID, at time: Double = now()) {
        self.bootID = bootID
        self.tool = tool
        examinedAt = time
        grade = doctor.grade
        worst = doctor.worst.map { "\($0.title): \($0.value)" }
        resolvableDifference = doctor.resolvableDifference
    }

    /// That of a recent examination, or else of a short one that is made now, in less than a second.
    /// - Parameter path: of the file that keeps it; nil for none.
    /// - Returns: nil when the machine cannot be examined at all.
    package static func current(tool: String, path: String? = defaultPath) -> MachineGrade? {
        if let path, let kept = kept(in: path, tool: tool) { return kept }
        guard let doctor = try? Doctor.examine(seconds: Doctor.allowedSeconds.lowerBound) else { return nil }
        let grade = MachineGrade(doctor, tool: tool)
        if let path { grade.keep(in: path) }
        return grade
    }

    /// Reads what ``keep(in:)`` wrote; nil when there is nothing, or nothing that holds here and now.
    package static func kept(
        in path: String, tool: String, bootID: String = currentBootID, at time: Double = now()
    ) -> MachineGrade? {
        guard let bytes = try? InputFile.read(path, limit: 1 << 16),
            let kept = try? JSONDecoder().decode(MachineGrade.self, from: Data(bytes)), kept.bootID == bootID,
            kept.tool == tool, (0...longestAge).contains(time - kept.examinedAt)
        else { return nil }
        let share = kept.resolvableDifference ?? 0
        guard share >= 0, share < 1, kept.worst.map({ $0.count <= 300 && !$0.contains(where: \.isNewline) }) ?? true
        else { return nil }
        return kept
    }

    /// Writes it. A cache that cannot be written is none.
    package func keep(in path: String) {
        guard let bytes = try? JSONEncoder().encode(self) else { return }
        // Its own folder, and the one of caches.
        let folder = SuiteFile.folder(of: path)
        mkdir(SuiteFile.folder(of: folder), 0o700)
        mkdir(folder, 0o700)
        try? AtomicFile.write([UInt8](bytes), to: path)
    }

    /// In the user's folder for caches, by the XDG Base Directory Specification; nil where there is none.
    package static var defaultPath: String? {
        func variable(_ name: String) -> String? {
            getenv(name).map { String(cString: $0) }.flatMap { $0.hasPrefix("/") ? $0 : nil }
        }
        return (variable("XDG_CACHE_HOME") ?? variable("HOME").map { $0 + "/.cache" }).map {
            $0 + "/tickscope/machine-grade.json"
        }
    }

    /// Tells one start of the machine from another: random(4).
    package static var currentBootID: String {
        SmallFile.read("/proc/sys/kernel/random/boot_id")?.filter { !$0.isWhitespace } ?? ""
    }

    package static func now() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }
}

extension MachineFingerprint {
    /// Takes over what the doctor made of the machine.
    /// - Parameter time: when the measurement began, nanoseconds since 1970.
    package mutating func set(_ grade: MachineGrade, at time: Int64) {
        self.grade = grade.grade.rawValue
        gradeReason = grade.worst
        gradeAgeSeconds = max(0, (Double(time) / 1e9 - grade.examinedAt).rounded())
        resolvableDifference = grade.resolvableDifference
    }
}
