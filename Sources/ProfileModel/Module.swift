/// A mapped file (or the kernel, or the vDSO) that frames point into.
package struct Module: Hashable, Sendable {
    /// What a module is to the program; decides how its frames are colored and annotated.
    package enum Kind: UInt8, Hashable, Sendable {
        /// The file that the process executes.
        case executable
        /// A shared object.
        case library
        /// The kernel or one of its modules.
        case kernel
        /// The kernel's code page in every process.
        case vdso
        /// Executable memory without a file: code written at run time.
        case anonymous
    }

    /// Path as the target process saw it, or a bracketed name such as `[kernel.kallsyms]` or `[vdso]`.
    package var path: String
    /// GNU build-id in lower-case hexadecimal; empty when the file has none.
    package var buildID: String
    package var kind: Kind

    package init(path: String, buildID: String = "", kind: Kind) {
        self.path = path
        self.buildID = buildID
        self.kind = kind
    }

    /// The part of the path after the last slash.
    package var name: Substring {
        path.lastIndex(of: "/").map { path[path.index(after: $0)...] } ?? path[...]
    }
}

/// Position of a ``Module`` in ``Profile/modules``.
package struct ModuleID: RawRepresentable, Hashable, Sendable {
    package var rawValue: Int32

    @inlinable
    package init(rawValue: Int32) { self.rawValue = rawValue }
}
