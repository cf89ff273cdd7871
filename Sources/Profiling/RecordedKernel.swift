internal import Glibc
package import PerfEvents
package import ProfileModel
package import Sampling
package import Symbolization

/// The kernel of a recording that others made: where its code was, and what names its functions.
///
/// A kernel's addresses mean something only together with its build and the place that it was loaded at, which changes
/// with every start (KASLR). The running kernel names what its own build recorded; symbols with the recorded build-id in
/// perf's cache (`kallsyms`) or a folder of debug files name any other. All are moved to the recorded place. Where the
/// place is not recorded, nothing is named: a wrong name is worse than none.
package struct RecordedKernel: Sendable {
    package typealias Lookup = (VirtualAddress) -> KernelSymbols.Match?

    private let buildID: String
    private let isSameHost: Bool
    private let release: String
    /// Folders with a `.build-id` folder.
    private let directories: [String]
    /// Where `_text` was.
    private var text: UInt64?
    /// Where the kernel's own code was.
    private var code: Range<UInt64> = 0..<0
    /// Where modules were; more than this many no kernel has.
    private var moduleStarts: Set<UInt64> = []
    private static let mostModules = 4096

    package init(_ facts: PerfDataFacts, directories: [String]) {
        buildID = facts.buildIDs["[kernel.kallsyms]"] ?? ""
        release = facts.kernelRelease
        isSameHost = !facts.hostName.isEmpty && facts.hostName == RunningKernel.hostName
        self.directories = directories
    }

    /// Whether the recording is of this machine's running kernel, and so of processes that this machine ran.
    package var isRunning: Bool { isSameHost && isRunningBuild }

    private var isRunningBuild: Bool {
        if let own = RunningKernel.buildID, !buildID.isEmpty { return own == buildID }
        return isSameHost && release == RunningKernel.release
    }

    /// Takes a record about the kernel's own mappings.
    package mutating func note(_ record: MappingRecord) {
        if record.path.hasPrefix("[kernel.kallsyms]") {
            // Behind the bracket: the symbol whose address stands in place of an offset.
            guard record.path == "[kernel.kallsyms]_text" || record.path == "[kernel.kallsyms]_stext",
                record.fileOffset != 0
            else { return }
            text = record.fileOffset
            let (end, overflow) = record.start.addingReportingOverflow(record.length)
            code = record.start..<(overflow ? .max : end)
        } else if moduleStarts.count < Self.mostModules {
            moduleStarts.insert(record.start)
        }
    }

    /// What names the kernel's functions; nil when nothing that is at hand does.
    /// - Parameters:
    ///   - addresses: that are to be named.
    ///   - running: gives the running kernel's symbols; asked whether those of its modules are needed.
    package func lookup(
        of addresses: [VirtualAddress], running: (_ needsModules: Bool) -> KernelSymbols
    ) -> Lookup? {
        guard let text else { return nil }
        if isRunningBuild {
            let keepsModules = isSameHost && moduleStarts.isSubset(of: RunningKernel.moduleStarts)
            let needsModules = keepsModules && addresses.contains { !code.contains($0.rawValue) }
            if let symbols = running(needsModules).moved(textTo: text, keepsModules: keepsModules) {
                return { address in
                    let match = symbols.lookup(address)
                    return code.contains(address.rawValue) || match?.module.isEmpty == false ? match : nil
                }
            }
        }
        return keptSymbols(text).map(inCode)
    }

    /// Past the kernel's own code the nearest symbol before it says nothing.
    private func inCode(_ lookup: @escaping Lookup) -> Lookup {
        { code.contains($0.rawValue) ? lookup($0) : nil }
    }

    private func keptSymbols(_ text: UInt64) -> Lookup? {
        guard buildID.utf8.count > 2 else { return nil }
        for directory in directories {
            let name = "\(directory)/.build-id/\(buildID.prefix(2))/\(buildID.dropFirst(2))"
            if let file = OpenFile(path: name + "/kallsyms"),
                let symbols = KernelSymbols(file).moved(textTo: text, keepsModules: false)
            {
                return symbols.lookup
            }
            for path in [name + "/vmlinux", name + "/elf", name + ".debug"] {
                if let lookup = image(path, text: text) { return lookup }
            }
        }
        return nil
    }

    /// A kernel image with symbols; its code begins with `_text`.
    private func image(_ path: String, text: UInt64) -> Lookup? {
        guard let file = OpenFile(path: path), let elf = try? ElfReader(file: file.descriptor), elf.buildID == buildID,
            let start = elf.segments.first(where: \.isExecutable)?.address
        else { return nil }
        let symbols = SymbolTable([elf])
        guard !symbols.isEmpty else { return nil }
        return { address in
            // Names stay in the file, which must stay open.
            withExtendedLifetime(file) {
                symbols.lookup(ModuleRelativeAddress(address.rawValue &- text &+ start)).map {
                    KernelSymbols.Match(
                        name: $0.name, start: VirtualAddress($0.start.rawValue &- start &+ text), module: "")
                }
            }
        }
    }
}

/// What this machine's kernel says about itself.
enum RunningKernel {
    static let hostName = name { $0.nodename }
    static let release = name { $0.release }

    private static func name<Field>(_ field: (utsname) -> Field) -> String {
        var name = utsname()
        guard uname(&name) == 0 else { return "" }
        return withUnsafeBytes(of: field(name)) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }

    /// In lower-case hexadecimal; nil when the kernel does not tell.
    static let buildID: String? = {
        guard let file = OpenFile(path: "/sys/kernel/notes") else { return nil }
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        let count = pread(file.descriptor, &bytes, bytes.count, 0)
        return count > 0 ? buildID(inNotes: bytes[..<count]) : nil
    }()

    /// The description of the note `GNU` of type 3. Sizes of name and description come first, both padded to 4 bytes.
    static func buildID(inNotes notes: ArraySlice<UInt8>) -> String? {
        var rest = notes
        while rest.count >= 12 {
            let half = { (offset: Int) in
                (0..<4).reduce(0) { $0 | Int(rest[rest.startIndex + offset + $1]) << (8 * $1) }
            }
            let (nameSize, size, type) = (half(0), half(4), half(8))
            let padded = (name: (nameSize + 3) & ~3, description: (size + 3) & ~3)
            guard padded.name + padded.description <= rest.count - 12 else { return nil }
            let description = rest.dropFirst(12 + padded.name)
            if type == 3, rest.dropFirst(12).prefix(nameSize).elementsEqual("GNU\0".utf8) {
                let digits = Array("0123456789abcdef".utf8)
                let text = description.prefix(size).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
                return String(decoding: text, as: UTF8.self)
            }
            rest = description.dropFirst(padded.description)
        }
        return nil
    }

    /// Where modules are loaded; empty when the kernel hides it.
    static var moduleStarts: Set<UInt64> {
        guard let file = fopen("/proc/modules", "re") else { return [] }
        defer { fclose(file) }
        var starts: Set<UInt64> = []
        var line = [CChar](repeating: 0, count: 4096)
        while fgets(&line, Int32(line.count), file) != nil {
            // name, size, users, their names, state, address
            let text = line.withUnsafeBytes { String(decoding: $0.prefix { $0 != 0 && $0 != 0x0A }, as: UTF8.self) }
            let fields = text.split(separator: " ")
            if fields.count > 5, let start = UInt64(fields[5].dropFirst(2), radix: 16), start != 0 {
                starts.insert(start)
            }
        }
        return starts
    }
}
