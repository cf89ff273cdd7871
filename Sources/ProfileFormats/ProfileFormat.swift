package import ProfileModel

/// A way to write a profile as bytes.
package protocol ProfileFormat: Sendable {
    /// Name under which commands know it.
    var name: String { get }
    /// Endings of its files, without the first dot, the usual one first.
    var fileExtensions: [String] { get }
    /// What it is and who reads it, in a few words.
    var summary: String { get }

    /// - Throws: ``FormatError`` when the format cannot express the profile.
    func encode(_ profile: Profile) throws -> [UInt8]

    /// The same, piece by piece: texts may be many times what they are made of.
    /// - Parameter output: gets one piece after the other; its bytes are valid during the call only.
    /// - Throws: ``FormatError`` before the first piece, and what `output` throws.
    func encode(_ profile: Profile, to output: (UnsafeRawBufferPointer) throws -> Void) throws
}

extension ProfileFormat {
    package func encode(_ profile: Profile, to output: (UnsafeRawBufferPointer) throws -> Void) throws {
        try encode(profile).withUnsafeBytes(output)
    }
}

/// A format that can be read, too.
package protocol ReadableProfileFormat: ProfileFormat {
    /// Whether the bytes look like this format. Cheap: looks at the beginning only.
    func recognizes(_ bytes: [UInt8]) -> Bool

    /// - Parameter bytes: not compressed.
    /// - Throws: ``FormatError`` for bytes that are not a well-formed file; hostile bytes cost bounded time and memory.
    func decode(_ bytes: [UInt8]) throws -> Profile
}
