package import ProfileModel

/// Stacks as text, one a line: the outermost frame first, frames joined by `;`, then a space and a number.
///
/// What flamegraph.pl, inferno and speedscope read. The format is a convention without a standard; as read here:
///
/// - The number is what follows the last white space of a line, so that names may contain spaces. It is a whole number,
///   not negative. Lines with the same stack are summed; blank lines are skipped.
/// - `_[k]` and `_[i]` at the end of a name mean a kernel frame and an inlined one; a bracketed `[truncated…]` is a
///   marker. Other annotations stay part of the name.
/// - A file in which every line ends in two numbers is a differential one, which is refused.
///
/// Writing what was read gives the same stacks and counts. `;` in a name becomes `:`, a line break a space.
package struct CollapsedFormat: ReadableProfileFormat {
    package let name = "collapsed"
    package let fileExtensions = ["folded", "collapsed", "txt"]
    package let summary = "one stack a line; read by flamegraph.pl, inferno, speedscope"

    /// Whether names carry their annotations; nil writes them when nothing else in the profile tells kernel and inlined
    /// frames, as in one that was read from this format.
    package var annotates: Bool?
    /// Whether each stack begins with its process and thread.
    package var showsThreads: Bool

    package init(annotates: Bool? = nil, showsThreads: Bool = false) {
        self.annotates = annotates
        self.showsThreads = showsThreads
    }

    package func encode(_ profile: Profile) throws -> [UInt8] {
        var bytes: [UInt8] = []
        try encode(profile) { bytes.append(contentsOf: $0) }
        return bytes
    }

    package func encode(_ profile: Profile, to output: (UnsafeRawBufferPointer) throws -> Void) throws {
        var encoder = CollapsedEncoder(
            profile, annotates: annotates ?? profile.modules.isEmpty, showsThreads: showsThreads)
        try encoder.encode(to: output)
    }

    /// Text whose first line with anything in it ends in a number.
    package func recognizes(_ bytes: [UInt8]) -> Bool {
        let head = bytes.prefix(1 << 16)
        var line = 0
        for part in head.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: true) {
            line += 1
            let text = part.last == UInt8(ascii: "\r") ? part.dropLast() : part
            guard text.allSatisfy({ $0 >= 0x20 || $0 == 0x09 }) else { return false }
            if text.allSatisfy({ $0 == 0x20 || $0 == 0x09 }) { continue }
            // A line longer than what is looked at, or any broken number, is for the decoder to judge.
            return part.endIndex == head.endIndex || text.contains(0x20) || text.contains(0x09)
        }
        return false
    }

    package func decode(_ bytes: [UInt8]) throws -> Profile {
        var decoder = CollapsedDecoder()
        return try decoder.decode(bytes)
    }
}
