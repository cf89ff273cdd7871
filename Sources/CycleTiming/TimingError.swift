internal import Glibc

/// A measurement that this machine, or this process, cannot make, with what the user can do about it.
package struct TimingError: Error, Hashable, Sendable, CustomStringConvertible {
    package struct Code: RawRepresentable, Hashable, Sendable {
        package var rawValue: String

        package init(rawValue: String) { self.rawValue = rawValue }

        /// The processor or the kernel does not have what is needed.
        package static let unsupported = Code(rawValue: "unsupported")
        /// The kernel refused.
        package static let refused = Code(rawValue: "refused")
        /// A limit that the caller set was reached.
        package static let limit = Code(rawValue: "limit")
        /// The measured code did something under which it cannot be measured.
        package static let disturbed = Code(rawValue: "disturbed")
        /// The clock contradicts itself or the kernel's.
        package static let clock = Code(rawValue: "clock")
        /// An argument that makes no sense.
        package static let argument = Code(rawValue: "argument")
    }

    package var code: Code
    /// The errno behind it, 0 when there is none.
    package var errno: Int32
    /// One line: what failed, why, and the remedy.
    package var description: String

    package init(_ code: Code, errno: Int32 = 0, _ description: String) {
        self.code = code
        self.errno = errno
        self.description = description
    }

    /// The C library's text of an errno.
    static func text(_ error: Int32) -> String { String(cString: strerror(error)) }
}
