/// Stacks in the collapsed format: one `root;…;leaf count` a line.
package struct CollapsedStacks: Sendable {
    package struct Stack: Sendable {
        /// Root first.
        package var frames: [String]
        package var count: Int

        package var root: String { frames.first ?? "" }
        package var leaf: String { frames.last ?? "" }

        package func contains(_ text: String) -> Bool { frames.contains { $0.contains(text) } }
    }

    package var stacks: [Stack]

    /// - Throws: when a line is not `frames count`.
    package init(parsing text: String) throws {
        stacks = try text.split(separator: "\n").map { line in
            guard let space = line.lastIndex(of: " "), let count = Int(line[line.index(after: space)...]), count > 0
            else { throw TestFailure("not a collapsed stack: \(line)") }
            let frames = line[..<space].split(separator: ";", omittingEmptySubsequences: false).map(String.init)
            guard frames.allSatisfy({ !$0.isEmpty }) else { throw TestFailure("an empty frame: \(line)") }
            return Stack(frames: frames, count: count)
        }
    }

    private init(stacks: [Stack]) { self.stacks = stacks }

    package var total: Int { stacks.reduce(0) { $0 + $1.count } }

    package func filter(_ matches: (Stack) -> Bool) -> CollapsedStacks {
        CollapsedStacks(stacks: stacks.filter(matches))
    }

    package func containing(_ text: String) -> CollapsedStacks { filter { $0.contains(text) } }

    /// Samples for which `matches` holds, as a share of all; 0 when there are none.
    package func share(_ matches: (Stack) -> Bool) -> Double {
        total > 0 ? Double(filter(matches).total) / Double(total) : 0
    }

    /// Of the samples with a frame that contains `first` or `second`, the share of those with `first`.
    package func split(_ first: String, _ second: String) -> Double {
        filter { $0.contains(first) || $0.contains(second) }.share { $0.contains(first) }
    }

    /// The share of stacks that start where a program starts: `_start`, of the program or of its dynamic linker.
    package var shareFromStart: Double { share { $0.root == "_start" } }

    /// The share of stacks that start with a thread's start routine `name`, below at most two frames of the C
    /// library (which have no name where its debug symbols are not installed).
    package func shareFromThread(_ name: String) -> Double {
        share { $0.frames.prefix(3).contains(name) && !$0.root.hasPrefix("[truncated") }
    }

    /// How far the share `expected` may be missed: two points, or four standard errors where a busy machine gave so
    /// few samples that chance alone would miss by more now and then.
    package func tolerance(of expected: Double) -> Double {
        max(0.02, 4 * (expected * (1 - expected) / Double(max(total, 1))).squareRoot())
    }

    /// The heaviest stacks, for the message of a failed test; recursion is written once.
    package var summary: String {
        stacks.sorted { $0.count > $1.count }.prefix(6).map { stack in
            var runs: [(frame: String, count: Int)] = []
            for frame in stack.frames {
                if runs.last?.frame == frame { runs[runs.count - 1].count += 1 } else { runs.append((frame, 1)) }
            }
            let frames = runs.map { $0.count > 1 ? "\($0.frame) ×\($0.count)" : $0.frame }
            return "\(stack.count): " + frames.joined(separator: ";")
        }.joined(separator: "\n")
    }
}
