internal import Glibc
internal import PerfEvents
internal import ProfileModel
package import Sampling
internal import Symbolization

/// Opens each mapped file once, through the process that maps it, and hands out small numbers for them.
package struct ModuleStore: Sendable {
    private struct Key: Hashable {
        var identity: FileIdentity
        var path: String
        var buildID: String
        /// Set for memory without a file, which is another one in every process.
        var process: Int32?
    }

    package private(set) var modules: [MappedModule] = []
    private var indexes: [Key: Int32] = [:]
    private var generated: [Int32: GeneratedCode] = [:]
    /// Paths of files that could not be read, for the user.
    private(set) var unreadablePaths: [String] = []

    /// Descriptors are finite; files beyond this many are treated as unreadable.
    private static let largestCount = 4096

    /// Finds the files of a recording that others made; nil while the processes run.
    private let recorded: RecordedFiles?

    /// - Parameter recorded: where the files of a finished recording are; nil for processes that run.
    package init(_ recorded: RecordedFiles? = nil) { self.recorded = recorded }

    /// Statements about files that were found and are not used.
    var warnings: [String] { recorded?.warnings ?? [] }

    /// Takes a record about the kernel's own mappings.
    func note(kernel record: MappingRecord) { recorded?.kernel.note(record) }

    /// The number of a mapping's module.
    /// - Parameter pid: a process that maps it; may be gone.
    package mutating func index(of mapping: Mapping, process pid: Int32) -> Int32 {
        let isGenerated = recorded != nil ? RecordedFiles.isGenerated(mapping) : Self.isGenerated(mapping)
        let key = Key(
            identity: mapping.identity, path: isGenerated ? "" : mapping.path, buildID: mapping.buildID,
            process: isGenerated ? pid : nil)
        if let index = indexes[key] { return index }
        let index = Int32(modules.count)
        modules.append(open(mapping, process: pid))
        indexes[key] = index
        return index
    }

    private mutating func open(_ mapping: Mapping, process pid: Int32) -> MappedModule {
        if let recorded { return open(mapping, process: pid, recorded) }
        if mapping.path == "[vdso]", let image = VirtualDynamicObject.image() {
            return MappedModule(path: mapping.path, kind: .vdso, image: image)
        }
        if Self.isGenerated(mapping) { return MappedModule(generated: code(generatedBy: pid)) }
        let path = mapping.path.hasSuffix(" (deleted)") ? String(mapping.path.dropLast(10)) : mapping.path
        let kind = Self.kind(of: path, process: pid)
        if modules.count < Self.largestCount, let file = Self.openFile(mapping, path: path, process: pid) {
            if JitDump.isName(ofDump: path) {
                // Mapped to show profilers where it is; nothing in it is executed.
                let code = code(generatedBy: pid)
                code.add(dump: OpenFile(file))
                return MappedModule(generated: code)
            }
            let module = MappedModule(path: path, kind: kind, file: file, root: "/proc/\(pid)/root")
            if module.isReadable { return module }
        }
        unreadablePaths.append(path)
        return MappedModule(unreadable: path, kind: kind)
    }

    /// The file of a mapping in a recording that others made, by its build-id before its path.
    private mutating func open(_ mapping: Mapping, process pid: Int32, _ recorded: RecordedFiles) -> MappedModule {
        let kind: Module.Kind = mapping.path.contains(".so") ? .library : .executable
        switch recorded.find(mapping) {
        case .vdso(let image): return MappedModule(path: mapping.path, kind: .vdso, image: image)
        case .generated: return MappedModule(generated: code(generatedBy: pid))
        case .file(let file, let path):
            if JitDump.isName(ofDump: mapping.path) {
                let code = code(generatedBy: pid)
                code.add(dump: OpenFile(file))
                return MappedModule(generated: code)
            }
            let module = MappedModule(path: path, kind: kind, file: file)
            if module.isReadable { return module }
        case .nothing: break
        }
        unreadablePaths.append(mapping.path)
        return MappedModule(unreadable: mapping.path, kind: kind)
    }

    private mutating func code(generatedBy pid: Int32) -> GeneratedCode {
        if let known = generated[pid] { return known }
        let made = recorded.map { $0.generatedCode(of: pid) } ?? GeneratedCode(process: pid)
        generated[pid] = made
        return made
    }

    /// Whether a mapping holds code that was written at run time: no file, or only a name for shared memory.
    private static func isGenerated(_ mapping: Mapping) -> Bool {
        if mapping.path == "[vdso]" { return false }
        return mapping.identity.inode == 0 && mapping.buildID.isEmpty || mapping.path.hasPrefix("/memfd:")
            || mapping.path.hasPrefix("/dev/zero")
            || mapping.path.hasPrefix("/SYSV")
    }

    /// The file behind a mapping, and no other: every way to it but the kernel's own is checked by inode.
    private static func openFile(_ mapping: Mapping, path: String, process pid: Int32) -> Int32? {
        let hex = { (address: VirtualAddress) in String(address.rawValue, radix: 16) }
        let range = "\(hex(mapping.addresses.lowerBound))-\(hex(mapping.addresses.upperBound))"
        for candidate in [
            "/proc/\(pid)/map_files/\(range)", "/proc/\(pid)/root\(path)", "/proc/\(pid)/exe", path,
        ] {
            let file = Glibc.open(candidate, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
            guard file >= 0 else { continue }
            var status = stat()
            // Device numbers are not compared: overlay and btrfs show another one in the mapping than in the file.
            if fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_ino == mapping.identity.inode {
                return file
            }
            close(file)
        }
        return nil
    }

    private static func kind(of path: String, process pid: Int32) -> Module.Kind {
        var target = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
        if readlink("/proc/\(pid)/exe", &target, Int(PATH_MAX)) > 0 {
            let executable = target.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
            return executable == path || executable == path + " (deleted)" ? .executable : .library
        }
        return path.contains(".so") ? .library : .executable
    }
}
