internal import Glibc
internal import ProfileModel
package import Sampling
internal import Symbolization

/// Finds the files that a recording made elsewhere, or earlier, is about.
///
/// By build-id before path: in the given folders and in perf's own cache (`~/.debug`), each with a `.build-id` folder;
/// then under `symfs`, or at the path itself. A file whose build-id is known and another one is not used, and that is
/// said.
package final class RecordedFiles: @unchecked Sendable {
    // Used by the one thread that imports.
    private let symfs: String?
    private let debugDirectories: [String]
    private let facts: PerfDataFacts
    package var kernel: RecordedKernel
    private(set) var warnings: [String] = []

    /// - Parameters:
    ///   - symfs: root folder under which the recorded paths lie; nil for this machine's.
    ///   - debugDirectories: searched for build-ids first.
    package init(_ facts: PerfDataFacts, symfs: String?, debugDirectories: [String]) {
        self.facts = facts
        self.symfs = symfs
        let home = getenv("HOME").map { String(cString: $0) }
        self.debugDirectories = debugDirectories + (home.map { [$0 + "/.debug"] } ?? [])
        kernel = RecordedKernel(facts, directories: self.debugDirectories)
    }

    enum Found {
        /// A descriptor, owned by whoever takes it, and the path to show.
        case file(Int32, path: String)
        case vdso([UInt8])
        /// Memory that a process wrote code into.
        case generated
        case nothing
    }

    /// Whether a mapping holds code that was written at run time. Recordings may lack inodes, so that its name decides.
    static func isGenerated(_ mapping: Mapping) -> Bool {
        let path = mapping.path
        if isVDSO(path) { return false }
        return path.isEmpty || path.hasPrefix("[") || path.hasPrefix("//anon") || path.hasPrefix("/memfd:")
            || path.hasPrefix("/dev/zero") || path.hasPrefix("/SYSV") || path.hasPrefix("anon_inode")
    }

    private static func isVDSO(_ path: String) -> Bool { path == "[vdso]" || path == "[vdso].so" }

    func find(_ mapping: Mapping) -> Found {
        let path = mapping.path.hasSuffix(" (deleted)") ? String(mapping.path.dropLast(10)) : mapping.path
        let buildID = mapping.buildID.isEmpty ? facts.buildIDs[path] ?? "" : mapping.buildID
        if Self.isVDSO(path) { return vdso(buildID) }
        if Self.isGenerated(mapping) { return .generated }
        for candidate in candidates(path, buildID: buildID) {
            let file = open(candidate, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
            guard file >= 0 else { continue }
            var status = stat()
            guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
                close(file)
                continue
            }
            if buildID.isEmpty || JitDump.isName(ofDump: path) { return .file(file, path: path) }
            let own = (try? ElfReader(file: file))?.buildID ?? ""
            if own == buildID { return .file(file, path: path) }
            close(file)
            warnings.append(
                "\(candidate) is not the file that was recorded: its build-id is \(own.isEmpty ? "missing" : own), not "
                    + "\(buildID); name a folder that has it with --debug-dir or --symfs")
        }
        return .nothing
    }

    private func candidates(_ path: String, buildID: String) -> [String] {
        var candidates: [String] = []
        if buildID.utf8.count > 2 {
            for directory in debugDirectories {
                let name = "\(directory)/.build-id/\(buildID.prefix(2))/\(buildID.dropFirst(2))"
                // The plain name is a link to the file itself (Fedora), or perf's folder of what belongs to it.
                candidates += [name, name + "/elf"]
            }
        }
        // Other names are not of files; taken for paths they would lead into the current folder.
        if path.hasPrefix("/") { candidates.append((symfs ?? "") + path) }
        return candidates
    }

    /// The kernel puts the same image into every process; another kernel's may lie in perf's cache.
    private func vdso(_ buildID: String) -> Found {
        if let image = VirtualDynamicObject.image() {
            let own = (try? image.withUnsafeBytes { try ElfReader(bytes: $0) })?.buildID ?? ""
            if buildID.isEmpty ? kernel.isRunning : own == buildID { return .vdso(image) }
        }
        guard buildID.utf8.count > 2 else { return .nothing }
        for directory in debugDirectories {
            let path = "\(directory)/.build-id/\(buildID.prefix(2))/\(buildID.dropFirst(2))/vdso"
            guard let file = OpenFile(path: path) else { continue }
            var image = [UInt8](repeating: 0, count: 1 << 16)
            let count = pread(file.descriptor, &image, image.count, 0)
            if count > 0 { return .vdso(Array(image.prefix(count))) }
        }
        return .nothing
    }

    /// What a process left behind about the code that it wrote, when the recording is of this machine.
    func generatedCode(of pid: Int32) -> GeneratedCode {
        guard symfs != nil || kernel.isRunning else { return GeneratedCode(finished: nil) }
        return GeneratedCode(finished: PerfMap(path: "\(symfs ?? "")/tmp/perf-\(pid).map"))
    }
}
