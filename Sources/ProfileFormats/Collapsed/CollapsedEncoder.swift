internal import ProfileModel

/// Writes stacks as text lines, sorted, so that equal profiles give equal files.
struct CollapsedEncoder {
    private let profile: Profile
    private let showsThreads: Bool
    /// The text of each frame, with annotations when they are wanted.
    private let names: [[UInt8]]

    init(_ profile: Profile, annotates: Bool, showsThreads: Bool) {
        self.profile = profile
        self.showsThreads = showsThreads
        names = profile.frames.map { frame in
            var bytes = Self.sanitized(profile.functions[Int(frame.function.rawValue)].name)
            if annotates && frame.kind == .kernel { bytes.append(contentsOf: "_[k]".utf8) }
            if annotates && frame.isInlined { bytes.append(contentsOf: "_[i]".utf8) }
            return bytes
        }
    }

    /// O(frames of all samples + output): stacks are merged as a tree of names, which is then walked in name order.
    func encode() throws -> [UInt8] {
        // Samples where the profile counts them: graph tools divide, and small whole numbers are what they expect.
        guard let column = profile.sampleCountColumn ?? profile.valueColumn() else { return [] }
        var tree = TextTree()
        let frameNames = names.map { tree.intern($0) }
        let noStack = tree.intern(Array("[no stack]".utf8))
        let roots = profile.labelSets.map { showsThreads ? Self.roots(of: $0).map { tree.intern($0) } : [] }
        for (sample, stack) in profile.samples.stacks.enumerated() {
            let value = profile.samples.values[column][sample]
            guard value >= 0 else {
                throw FormatError(
                    .inexpressible, "a sample weighs \(value), which collapsed text cannot say; export as pprof")
            }
            var path = roots[Int(profile.samples.labelSets[sample])]
            for frame in profile.stacks.frames(of: stack).reversed() { path.append(frameNames[Int(frame.rawValue)]) }
            tree.add(path.isEmpty ? [noStack] : path, value)
        }
        return tree.lines()
    }

    private static func sanitized(_ name: String) -> [UInt8] {
        name.utf8.map { byte in
            switch byte {
            case UInt8(ascii: ";"): UInt8(ascii: ":")
            case UInt8(ascii: "\n"), UInt8(ascii: "\r"), 0: UInt8(ascii: " ")
            default: byte
            }
        }
    }

    /// `process (pid);thread (tid)`, as far as they are known.
    private static func roots(of labels: LabelSet) -> [[UInt8]] {
        let process =
            switch (labels.text("process"), labels.number("pid")) {
            case (let name?, let pid?): "\(name) (\(pid))"
            case (let name?, nil): name
            case (nil, let pid?): "pid \(pid)"
            case (nil, nil): ""
            }
        return [process, labels.threadDescription].filter { !$0.isEmpty }.map(sanitized)
    }
}
