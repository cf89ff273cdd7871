/// A file that is not the ELF file it should be.
package struct ElfError: Error, Hashable, Sendable, CustomStringConvertible {
    package var description: String

    init(_ description: String) { self.description = description }
}
