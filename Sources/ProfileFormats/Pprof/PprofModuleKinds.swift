internal import ProfileModel

/// What kind of module a mapping is. pprof does not say: the name tells the kernel and the vDSO, and the first mapping is
/// the main program by convention. Where that would be wrong, a comment line says otherwise.
enum PprofModuleKinds {
    /// Mapping of kernel frames of which no module is known.
    static let bareKernelPath = "[kernel]"

    private static let prefix = "tickscope.modules:"
    private static let names: [(Module.Kind, Substring)] = [
        (.executable, "executable"), (.library, "library"), (.kernel, "kernel"), (.vdso, "vdso"),
        (.anonymous, "anonymous"),
    ]

    static func kind(ofPath path: String, isFirst: Bool) -> Module.Kind {
        if path.hasPrefix("[kernel") || path.hasPrefix("[guest.kernel") || path.hasSuffix(".ko")
            || [".ko.xz", ".ko.gz", ".ko.zst"].contains(where: path.hasSuffix)
        {
            return .kernel
        }
        if path == "[vdso]" || path.hasPrefix("linux-vdso") || path == "[vsyscall]" { return .vdso }
        if path.isEmpty || path.hasPrefix("[") || path.hasPrefix("//anon") || path.hasPrefix("anon_inode:") {
            return .anonymous
        }
        return isFirst ? .executable : .library
    }

    /// A line for the modules whose names do not tell their kind; nil when all do.
    static func comment(for modules: [Module]) -> String? {
        var parts: [String] = []
        for (index, module) in modules.enumerated() {
            let told = kind(ofPath: module.path, isFirst: index == 0)
            // A module that is really named like the stand-in is stated, so as not to be taken for it.
            if told == module.kind, module.path != bareKernelPath || !module.buildID.isEmpty { continue }
            let name = names.first { $0.0 == module.kind }!.1
            parts.append("\(index + 1)=\(name)")
        }
        return parts.isEmpty ? nil : prefix + " " + parts.joined(separator: " ")
    }

    /// Kinds by mapping id, from such a line; nil for any other text.
    static func parse(_ comment: String) -> [UInt64: Module.Kind]? {
        guard comment.hasPrefix(prefix) else { return nil }
        var kinds: [UInt64: Module.Kind] = [:]
        for pair in comment.dropFirst(prefix.count).split(separator: " ") {
            let parts = pair.split(separator: "=", maxSplits: 1)
            if parts.count == 2, let id = UInt64(parts[0]), let kind = names.first(where: { $0.1 == parts[1] })?.0 {
                kinds[id] = kind
            }
        }
        return kinds
    }
}
