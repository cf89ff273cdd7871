internal import ProfileFormats
internal import ProfileModel

extension FuzzTarget {
    /// Whatever claims to be a profile file, compressed or not.
    static let pprof = FuzzTarget("pprof", largestInput: 8192) { bytes in
        if let profile = try? PprofFormat().decode(Array(bytes)) { roundTrip(profile) }
    }

    static let gzip = FuzzTarget("gzip", largestInput: 8192) { bytes in
        _ = try? GzipCoding.inflate(Array(bytes), limit: 1 << 20)
        _ = try? FormatRegistry.decode(Array(bytes), inflatedLimit: 1 << 20)
    }

    static let collapsed = FuzzTarget("collapsed") { bytes in
        if let profile = try? CollapsedFormat().decode(Array(bytes)) { roundTrip(profile) }
    }

    /// What was read can be written, and is read again as the same.
    private static func roundTrip(_ profile: Profile) {
        let format = PprofFormat(compressionLevel: 1)
        guard let bytes = try? format.encode(profile) else { return }
        let again = try? format.decode(bytes)
        precondition(again != nil, "a profile that was written cannot be read")
    }
}
