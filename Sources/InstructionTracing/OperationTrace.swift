package import ProfileFormats
package import ProfileModel
internal import Profiling
internal import Sampling
package import Symbolization

/// What one operation executed: every call in order, and the same as a profile.
package struct OperationTrace: Sendable {
    /// A function, as the trace names it.
    package struct Function: Hashable, Sendable {
        package var name: String
        /// File name of its module; empty when it is in none.
        package var module: String
    }

    /// Where a call was made.
    package struct Site: Hashable, Sendable {
        /// Functions that were inlined there into the calling one, the innermost last.
        package var inlined: [String]
        /// Source file and line, empty and 0 when unknown.
        package var file: String
        package var line: Int32
    }

    /// What the operation belongs to, for heads and labels.
    package struct Subject: Sendable {
        package var benchmark: String
        /// Path of the program.
        package var program: String
        package var pid: Int32
        /// Instructions that were executed, those that are not recorded included.
        package var instructions: Int64
        /// Whether the operation executed as many each time.
        package var isRepeatable: Bool

        package init(
            benchmark: String, program: String, pid: Int32 = 0, instructions: Int64, isRepeatable: Bool = true
        ) {
            self.benchmark = benchmark
            self.program = program
            self.pid = pid
            self.instructions = instructions
            self.isRepeatable = isRepeatable
        }
    }

    package let subject: Subject
    package let functions: [Function]
    /// In the order in which they began; parents before children.
    package let calls: [CallRecord]
    /// Instructions of each call without those of its callees.
    package let own: [Int64]
    /// Where each distinct call was made; what ``CallRecord/site`` points into.
    package let sites: [Site]
    /// Weighted by `instructions`.
    package let profile: Profile
    package let warnings: [String]

    /// Instructions that are recorded: all, or the first ones.
    package var recorded: Int64 { calls.first?.total ?? 0 }
    /// Instructions beyond those.
    package var beyond: Int64 { max(0, subject.instructions - recorded) }

    /// Frames of a stack that the profile keeps; calls that are deeper are counted under a marker. The trace has all.
    package static let deepestStack = 1_000

    /// Reconstructs calls and names functions.
    /// - Throws: ``FormatError`` when memory is short.
    package init(_ path: InstructionPath, _ subject: Subject, options: SymbolizationOptions) throws(FormatError) {
        // Of no process: the one that executed it has ended, and its number may be another's.
        guard let code = ExecutedCode(path.mappings, process: 0, options: options) else {
            throw FormatError(.tooLarge, "there is no memory for the mappings of the program; free some")
        }
        self.subject = subject
        let index = CodeIndex(path.addresses, in: code)
        let stack = ShadowStack(codes: index.codes, path: index.path, stackPointers: path.stackPointers)
        calls = stack.records
        var own = [Int64](repeating: 0, count: calls.count)
        for owner in stack.owners { own[Int(owner)] += 1 }
        self.own = own

        let raw = RawInstructionProfile(stack, index, subject)
        let named = code.name(raw.profile, valueType: Self.valueType, metadata: Self.metadata(subject))
        profile = named.profile
        warnings = named.warnings
        // Every function by the first instruction that was executed in it: where it was entered, as a rule.
        functions = index.firstCodes.map { code in
            let frame = named.frames[Int(code)][0]
            return Function(
                name: named.profile.name(of: frame),
                module: named.profile.module(of: frame).map { String($0.name) } ?? "")
        }
        sites = named.frames.prefix(index.codes.count).map { levels in
            let innermost = named.profile.frames[Int(levels[levels.count - 1].rawValue)]
            return Site(
                inlined: levels.dropFirst().map { named.profile.name(of: $0) },
                file: named.profile.functions[Int(innermost.function.rawValue)].file, line: innermost.line)
        }
    }

    package static let valueType = SampleType(name: "instructions", unit: "count")

    private static func metadata(_ subject: Subject) -> Profile.Metadata {
        var metadata = Profile.Metadata()
        metadata.periodType = valueType
        metadata.comments = ["one operation of \(subject.benchmark), executed instruction by instruction"]
        return metadata
    }
}
