/// Which samples of a profile to look at.
package struct ProfileFilter: Sendable {
    /// Keeps samples with a frame whose function, source file or module matches.
    package var focus: String?
    /// Drops samples with a frame whose function, source file or module matches.
    package var ignore: String?
    /// Keeps samples of threads of this name, or of this thread id.
    package var thread: String?

    /// Why a filter cannot be applied.
    package struct Failure: Error, CustomStringConvertible, Sendable {
        package var description: String
    }

    package init(focus: String? = nil, ignore: String? = nil, thread: String? = nil) {
        self.focus = focus
        self.ignore = ignore
        self.thread = thread
    }

    package var isEmpty: Bool { focus == nil && ignore == nil && thread == nil }

    /// The profile with the samples that pass; its tables stay as they are.
    /// - Throws: ``Failure`` for a malformed expression, an unknown thread, or when nothing passes.
    package func apply(to profile: Profile) throws -> Profile {
        if isEmpty { return profile }
        let focused = try focus.map { try Self.stacks(matching: $0, option: "--focus", in: profile) }
        let ignored = try ignore.map { try Self.stacks(matching: $0, option: "--ignore", in: profile) }
        let threads = try thread.map { try Self.labelSets(ofThread: $0, in: profile) }

        var result = profile
        result.samples = Profile.Samples(values: profile.samples.values.map { _ in [] })
        for index in profile.samples.stacks.indices {
            let stack = Int(profile.samples.stacks[index].rawValue)
            if let focused, !focused[stack] { continue }
            if let ignored, ignored[stack] { continue }
            if let threads, !threads[Int(profile.samples.labelSets[index])] { continue }
            result.samples.stacks.append(profile.samples.stacks[index])
            result.samples.labelSets.append(profile.samples.labelSets[index])
            for column in profile.samples.values.indices {
                result.samples.values[column].append(profile.samples.values[column][index])
            }
        }
        if result.samples.count == 0 && profile.samples.count > 0 {
            throw Failure(description: "no sample is left after \(description); loosen it, or run without it")
        }
        return result
    }

    /// The filter as it is given on a command line.
    package var description: String {
        [focus.map { "--focus '\($0)'" }, ignore.map { "--ignore '\($0)'" }, thread.map { "--thread '\($0)'" }]
            .compactMap { $0 }.joined(separator: " ")
    }

    /// Whether each stack has a matching frame. Every function is matched once, every stack node is visited once.
    private static func stacks(matching pattern: String, option: String, in profile: Profile) throws -> [Bool] {
        let regex: Regex<AnyRegexOutput>
        do {
            regex = try Regex(pattern)
        } catch {
            throw Failure(
                description: "\(option) '\(pattern)' is not a regular expression; escape ( ) [ ] * + ? with \\")
        }
        func matches(_ text: String) -> Bool { !text.isEmpty && text.firstMatch(of: regex) != nil }
        let functions = profile.functions.map { matches($0.name) || matches($0.file) }
        let modules = profile.modules.map { matches($0.path) }
        let frames = profile.frames.map { frame in
            functions[Int(frame.function.rawValue)] || (frame.module.map { modules[Int($0.rawValue)] } ?? false)
        }
        var stacks = [Bool](repeating: false, count: profile.stacks.count)
        for (index, node) in profile.stacks.nodes.enumerated().dropFirst() {
            stacks[index] = stacks[Int(node.parent)] || frames[Int(node.frame)]
        }
        return stacks
    }

    private static func labelSets(ofThread thread: String, in profile: Profile) throws -> [Bool] {
        let tid = Int64(thread)
        let selected = profile.labelSets.map { labels in
            labels.text("thread") == thread || (tid != nil && labels.number("tid") == tid)
        }
        guard selected.contains(true) else {
            let known = Set(profile.labelSets.map(\.threadDescription).filter { !$0.isEmpty }).sorted()
            let listed = known.prefix(12).joined(separator: ", ") + (known.count > 12 ? ", …" : "")
            throw Failure(
                description: known.isEmpty
                    ? "--thread needs a profile whose samples name their threads; this one names none"
                    : "no thread '\(thread)'; the profile has \(listed)")
        }
        return selected
    }
}
