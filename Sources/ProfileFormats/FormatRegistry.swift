package import ProfileModel

/// The formats, by name and by content.
package enum FormatRegistry {
    /// What commands can ask of a format; each format takes what concerns it.
    package struct Options: Sendable {
        /// Kernel and inlined marks on frame names; nil decides by the profile.
        package var annotates: Bool?
        /// Process and thread as the outermost frames.
        package var showsThreads = false
        /// Heading of a picture.
        package var title: String?

        package init() {}
    }

    package static func formats(_ options: Options = Options()) -> [any ProfileFormat] {
        [
            PprofFormat(),
            CollapsedFormat(annotates: options.annotates, showsThreads: options.showsThreads),
            FlameGraphFormat(title: options.title),
        ]
    }

    package static var names: [String] { formats().map(\.name) }

    /// - Throws: ``FormatError`` that lists the known names.
    package static func format(named name: String, _ options: Options = Options()) throws -> any ProfileFormat {
        guard let format = formats(options).first(where: { $0.name == name }) else {
            throw FormatError(
                .unknownFormat, "no format is named '\(name)'; known are \(names.joined(separator: ", "))")
        }
        return format
    }

    /// The format that a file's name ends in; nil when it says nothing.
    package static func format(ofPath path: String) -> (any ProfileFormat)? {
        formats().first { $0.fileExtensions.contains { path.hasSuffix("." + $0) } }
    }

    /// Reads a profile in whichever format it is, compressed by gzip or not.
    /// - Parameter inflatedLimit: most bytes that a compressed file may hold.
    /// - Throws: ``FormatError``.
    package static func decode(_ bytes: [UInt8], inflatedLimit: Int = GzipCoding.defaultLimit) throws -> Profile {
        guard !bytes.isEmpty else { throw FormatError(.malformed, "the file is empty") }
        let plain = GzipCoding.recognizes(bytes) ? try GzipCoding.inflate(bytes, limit: inflatedLimit) : bytes
        if let kind = otherKind(plain) {
            throw FormatError(.unknownFormat, "not a profile but \(kind); \(readableFormats)")
        }
        // Text first: a few printable characters can pass for protocol buffer fields, but not the other way around.
        let readable: [any ReadableProfileFormat] = [CollapsedFormat(), PprofFormat()]
        for format in readable where format.recognizes(plain) { return try format.decode(plain) }
        throw FormatError(.unknownFormat, "not a profile: \(readableFormats)")
    }

    private static let readableFormats = "profiles are read from pprof and collapsed files"

    /// What other kind of file this is, when its beginning says so beyond doubt: frame names may begin with any of
    /// `<`, `{` and `[`, too.
    private static func otherKind(_ bytes: [UInt8]) -> String? {
        let head = String(decoding: bytes.prefix(64).drop { $0 <= 0x20 }, as: UTF8.self)
        if head.hasPrefix("PERFILE2") || head.hasPrefix("2ELIFREP") { return "a perf.data file" }
        if ["<?xml", "<svg", "<!DOCTYPE", "<!doctype", "<html"].contains(where: head.hasPrefix) {
            return "a picture or a page, perhaps made from a profile"
        }
        let inside = head.dropFirst().drop { $0.isWhitespace }.first
        if (head.first == "{" && (inside == "\"" || inside == "}")) || (head.first == "[" && inside == "{") {
            return "JSON"
        }
        return nil
    }
}
