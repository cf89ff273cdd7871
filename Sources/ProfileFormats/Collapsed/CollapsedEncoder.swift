internal import ProfileModel

/// Writes stacks as text lines, sorted, so that equal profiles give equal files.
struct CollapsedEncoder {
    private let profile: Profile
    private let annotates: Bool
    private let showsThreads: Bool
    private var names = TextArena()

    init(_ profile: Profile, annotates: Bool, showsThreads: Bool) {
        self.profile = profile
        self.annotates = annotates
        self.showsThreads = showsThreads
    }

    /// O(stack nodes + output): stacks are merged as a tree of names, which is then walked in name order. With threads,
    /// O(frames of all samples + output).
    /// - Parameter output: gets line after line.
    /// - Throws: ``FormatError`` before anything is written, and what `output` throws.
    mutating func encode(to output: (UnsafeRawBufferPointer) throws -> Void) throws {
        // Samples where the profile counts them: graph tools divide, and small whole numbers are what they expect.
        guard let column = profile.sampleCountColumn ?? profile.valueColumn() else { return }
        if let value = profile.samples.values[column].first(where: { $0 < 0 }) {
            throw FormatError(
                .inexpressible, "a sample weighs \(value), which collapsed text cannot say; export as pprof")
        }
        try (showsThreads ? treeWithThreads(column) : tree(column)).write(to: output)
    }

    /// The profile's own stacks.
    private mutating func tree(_ column: Int) -> TextTree {
        var frames = frameNames()
        var nodes = profile.stacks.nodes
        if profile.samples.stacks.contains(StackTable.root) {
            nodes.append(StackTable.Node(parent: StackTable.root.rawValue, frame: Int32(frames.count)))
            frames.append(names.add(Self.noStack))
        }
        var tree = TextTree(nodes: nodes, frames: frames, names: names)
        for (sample, stack) in profile.samples.stacks.enumerated() {
            let place = stack == StackTable.root ? nodes.count - 1 : Int(stack.rawValue)
            tree.add(profile.samples.values[column][sample], at: place)
        }
        return tree
    }

    /// The profile's stacks below their processes and threads.
    private mutating func treeWithThreads(_ column: Int) -> TextTree {
        let frames = frameNames()
        let noStack = names.add(Self.noStack)
        var stacks = StackTable()
        let roots = profile.labelSets.map { set in
            Self.roots(of: set).reduce(StackTable.root) { stack, name in
                stacks.child(of: stack, frame: FrameID(rawValue: names.add(name)))
            }
        }
        let places = profile.samples.stacks.indices.map { sample in
            var place = roots[Int(profile.samples.labelSets[sample])]
            for frame in profile.stacks.frames(of: profile.samples.stacks[sample]).reversed() {
                place = stacks.child(of: place, frame: FrameID(rawValue: frames[Int(frame.rawValue)]))
            }
            if place == StackTable.root { place = stacks.child(of: place, frame: FrameID(rawValue: noStack)) }
            return place
        }
        var tree = TextTree(nodes: stacks.nodes, frames: (0..<names.count).map { Int32($0) }, names: names)
        for (sample, place) in places.enumerated() {
            tree.add(profile.samples.values[column][sample], at: Int(place.rawValue))
        }
        return tree
    }

    private static let noStack = "[no stack]"

    /// For each frame the position of its text, with annotations when they are wanted.
    private mutating func frameNames() -> [Int32] {
        // Functions have many frames: four variants of each, made when they are needed.
        var known = [Int32](repeating: -1, count: profile.functions.count * 4)
        return profile.frames.map { frame in
            let isKernel = annotates && frame.kind == .kernel
            let isInlined = annotates && frame.isInlined
            let function = Int(frame.function.rawValue)
            let variant = function * 4 + (isKernel ? 2 : 0) + (isInlined ? 1 : 0)
            if known[variant] < 0 {
                known[variant] = names.add(
                    profile.functions[function].name, (isKernel ? "_[k]" : "") + (isInlined ? "_[i]" : ""))
            }
            return known[variant]
        }
    }

    /// `process (pid);thread (tid)`, as far as they are known.
    private static func roots(of labels: LabelSet) -> [String] {
        let process =
            switch (labels.text("process"), labels.number("pid")) {
            case (let name?, let pid?): "\(name) (\(pid))"
            case (let name?, nil): name
            case (nil, let pid?): "pid \(pid)"
            case (nil, nil): ""
            }
        return [process, labels.threadDescription].filter { !$0.isEmpty }
    }
}
