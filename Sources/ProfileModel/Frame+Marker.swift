extension Frame {
    /// First words of the bracketed names that the profiler gives to markers.
    private static let markerWords: Set<Substring> = ["truncated", "dropped", "lost", "incomplete"]

    /// Whether a name without a module is a statement of the profiler, such as `[truncated: stack bytes]`: files have no
    /// other way to say so. Names like `[unknown]` are code that could not be named, not markers.
    package static func isMarkerName(_ name: String) -> Bool {
        guard name.utf8.first == UInt8(ascii: "["), name.utf8.last == UInt8(ascii: "]") else { return false }
        let word = name.dropFirst().prefix { $0.isLetter }
        return markerWords.contains(word)
    }
}
