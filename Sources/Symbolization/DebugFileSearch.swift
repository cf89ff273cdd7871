internal import CZlib
internal import Glibc

/// Finds the file that a distribution or a build moved a module's symbols and debug information to.
///
/// A file is trusted when its build-id is the module's; for a module without one, when it has the checksum that the
/// module states. Folders are looked into through the target's root folder first, then through our own.
struct DebugFileSearch {
    /// A debug file that was found.
    struct Found {
        var file: OpenFile
        var path: String
        var elf: ElfReader
    }

    /// Path of the module, as its process sees it.
    let modulePath: String
    /// Root folder of the process, such as `/proc/4242/root`; empty for our own.
    let root: String
    let options: SymbolizationOptions
    /// Statements about files that were found and not trusted.
    private(set) var warnings: [String] = []

    /// Where Debian's and Fedora's packages put them.
    private static let systemFolder = "/usr/lib/debug"

    init(modulePath: String, root: String, options: SymbolizationOptions) {
        self.modulePath = modulePath
        self.root = root
        self.options = options
    }

    private var roots: [String] { root.isEmpty ? [""] : [root, ""] }

    /// The debug file of a module.
    mutating func find(for module: ElfReader) -> Found? {
        let buildID = module.buildID
        if let found = file(ofBuildID: buildID) { return found }
        if let link = module.debugLink {
            for path in paths(ofLink: link.name) {
                if let found = trusted(path, buildID: buildID, checksum: link.checksum) { return found }
            }
        }
        guard options.usesDebuginfod, !buildID.isEmpty else { return nil }
        switch Debuginfod.find(buildID: buildID, seconds: options.debuginfodSeconds) {
        case .success(let file)?:
            guard let elf = try? ElfReader(file: file.descriptor) else { return nil }
            return Found(file: file, path: "debuginfod:\(buildID)", elf: elf)
        case .failure(let error)?: warnings.append("\(modulePath): \(error)")
        case nil: break
        }
        return nil
    }

    /// The file of a build-id in the folders of debug files.
    mutating func file(ofBuildID buildID: String) -> Found? {
        // 20 bytes as a rule; the first is the folder.
        guard buildID.utf8.count >= 6 else { return nil }
        let name = "/.build-id/\(buildID.prefix(2))/\(buildID.dropFirst(2)).debug"
        let paths =
            options.debugDirectories.map { $0 + name } + roots.map { $0 + Self.systemFolder + name }
        for path in paths {
            if let found = trusted(path, buildID: buildID, checksum: nil) { return found }
        }
        return nil
    }

    /// Where a linked file may be: next to the module, in `.debug` below, and in the folders of debug files under the
    /// module's own path (GDB manual, "Separate Debug Files").
    private func paths(ofLink name: String) -> [String] {
        let folder = Self.folder(of: modulePath)
        var paths: [String] = []
        for directory in options.debugDirectories {
            paths.append(directory + folder + "/" + name)
            paths.append(directory + "/" + name)
        }
        for root in roots {
            paths.append(root + folder + "/" + name)
            paths.append(root + folder + "/.debug/" + name)
            paths.append(root + Self.systemFolder + folder + "/" + name)
        }
        return paths
    }

    static func folder(of path: String) -> String {
        path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    }

    private mutating func trusted(_ path: String, buildID: String, checksum: UInt32?) -> Found? {
        guard let file = OpenFile(path: path), let elf = try? ElfReader(file: file.descriptor) else { return nil }
        let own = elf.buildID
        if !buildID.isEmpty {
            if own == buildID { return Found(file: file, path: path, elf: elf) }
            warnings.append(
                "\(path) is not the debug file of \(modulePath): its build-id is \(own.isEmpty ? "missing" : own)")
            return nil
        }
        guard let checksum, Self.checksum(of: file) == checksum else {
            warnings.append("\(path) is not the debug file of \(modulePath): its checksum differs")
            return nil
        }
        return Found(file: file, path: path, elf: elf)
    }

    /// CRC-32 of a whole file.
    private static func checksum(of file: OpenFile) -> UInt32 {
        var value = crc32(0, nil, 0)
        var offset: UInt64 = 0
        var buffer = [UInt8](repeating: 0, count: 1 << 18)
        while true {
            let count = buffer.withUnsafeMutableBytes { SectionBytes.read(file.descriptor, $0, at: offset) }
            if count <= 0 { return UInt32(truncatingIfNeeded: value) }
            value = crc32(value, buffer, UInt32(count))
            offset += UInt64(count)
        }
    }

    // MARK: Parts of debug information in other files

    /// The file that dwz moved what several debug files share to.
    /// - Parameter folder: of the file that names it.
    mutating func alternate(of elf: ElfReader, in folder: String) -> Found? {
        guard let link = elf.alternateLink else { return nil }
        if let found = file(ofBuildID: link.buildID) { return found }
        let paths = link.name.hasPrefix("/") ? roots.map { $0 + link.name } : [folder + "/" + link.name]
        for path in paths {
            if let found = trusted(path, buildID: link.buildID, checksum: nil) { return found }
        }
        warnings.append("\(link.name), which holds a part of the debug information of \(modulePath), was not found")
        return nil
    }

    /// Where a part that the compiler split off may be.
    func splitPaths(name: String, directory: String?) -> [String] {
        let base = name.split(separator: "/").last.map(String.init) ?? name
        let folder = Self.folder(of: modulePath)
        var paths: [String] = []
        for root in roots {
            paths.append(root + (name.hasPrefix("/") ? name : (directory ?? folder) + "/" + name))
            if !name.hasPrefix("/") { paths.append(root + folder + "/" + name) }
            paths.append(root + folder + "/" + base)
        }
        paths += options.debugDirectories.map { $0 + "/" + base }
        return paths
    }

    /// Where all split parts of a module may be together.
    func packagePaths(debugPath: String?) -> [String] {
        let base = modulePath.split(separator: "/").last.map(String.init) ?? modulePath
        var paths = roots.map { $0 + modulePath + ".dwp" }
        if let debugPath { paths.append(debugPath + ".dwp") }
        paths += options.debugDirectories.map { $0 + "/" + base + ".dwp" }
        return paths
    }
}
