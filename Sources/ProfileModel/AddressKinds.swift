/// An address in the virtual address space of one process (or of the kernel).
///
/// Never comparable across processes: translate to a ``ModuleRelativeAddress`` first.
package struct VirtualAddress: RawRepresentable, Hashable, Comparable, Sendable {
    package var rawValue: UInt64

    @inlinable
    package init(rawValue: UInt64) { self.rawValue = rawValue }

    @inlinable
    package init(_ rawValue: UInt64) { self.rawValue = rawValue }

    @inlinable
    package static func < (a: VirtualAddress, b: VirtualAddress) -> Bool { a.rawValue < b.rawValue }
}

/// A byte position in a mapped file.
package struct FileOffset: RawRepresentable, Hashable, Comparable, Sendable {
    package var rawValue: UInt64

    @inlinable
    package init(rawValue: UInt64) { self.rawValue = rawValue }

    @inlinable
    package init(_ rawValue: UInt64) { self.rawValue = rawValue }

    @inlinable
    package static func < (a: FileOffset, b: FileOffset) -> Bool { a.rawValue < b.rawValue }
}

/// An address in the address space that a module's own headers use: what `nm` and `addr2line` print and accept.
///
/// For kernel frames and frames outside any module it equals the virtual address.
package struct ModuleRelativeAddress: RawRepresentable, Hashable, Comparable, Sendable {
    package var rawValue: UInt64

    @inlinable
    package init(rawValue: UInt64) { self.rawValue = rawValue }

    @inlinable
    package init(_ rawValue: UInt64) { self.rawValue = rawValue }

    @inlinable
    package static func < (a: ModuleRelativeAddress, b: ModuleRelativeAddress) -> Bool { a.rawValue < b.rawValue }
}
