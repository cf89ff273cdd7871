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

    /// O(stack nodes + output): stacks are merged as a tree of names, which is then walked in name order. With threads,
    /// O(frames of all samples + output).
    func encode() throws -> [UInt8] {
        // Samples where the profile counts them: graph tools divide, and small whole numbers are what they expect.
        guard let column = profile.sampleCountColumn ?? profile.valueColumn() else { return [] }
        if let value = profile.samples.values[column].first(where: { $0 < 0 }) {
            throw FormatError(
                .inexpressible, "a sample weighs \(value), which collapsed text cannot say; export as pprof")
        }
        var tree = TextTree()
        let frameNames = names.map { tree.intern($0) }
        let noStack = tree.intern(Array("[no stack]".utf8))
        let roots = profile.labelSets.map { set in
            showsThreads
                ? Self.roots(of: set).reduce(StackTable.root) { tree.child(of: $0, tree.intern($1)) } : StackTable.root
        }
        // Where each stack is in the tree; the same for all samples that have no roots.
        var places: [StackTable.ID] = []
        if !showsThreads {
            places.reserveCapacity(profile.stacks.count)
            places.append(StackTable.root)
            for node in profile.stacks.nodes.dropFirst() {
                places.append(tree.child(of: places[Int(node.parent)], frameNames[Int(node.frame)]))
            }
        }
        for (sample, stack) in profile.samples.stacks.enumerated() {
            var place = roots[Int(profile.samples.labelSets[sample])]
            if !showsThreads {
                place = places[Int(stack.rawValue)]
            } else {
                for frame in profile.stacks.frames(of: stack).reversed() {
                    place = tree.child(of: place, frameNames[Int(frame.rawValue)])
                }
            }
            if place == StackTable.root { place = tree.child(of: place, noStack) }
            tree.add(profile.samples.values[column][sample], at: place)
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
