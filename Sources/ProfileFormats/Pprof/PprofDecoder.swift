internal import ProfileModel
internal import SwiftProtobuf

/// Reads the bytes of a `profile.proto` from anybody; see ``PprofFormat`` for how it maps to the model.
///
/// Every index is checked before it is used. Two limits keep a small file from asking for unbounded work, since a
/// location may stand for many frames and be named many times: ``frameLimit(bytes:)`` and ``nodeLimit``.
struct PprofDecoder {
    /// Most frames over all samples: several times what a file of this size needs when inlining is deep.
    static func frameLimit(bytes: Int) -> Int { min(1 << 30, (1 << 20) + 16 * bytes) }

    /// Most distinct stack nodes; about 24 bytes each.
    static let nodeLimit = 1 << 26

    private var strings: [String] = []
    private var functions: [UInt64: PprofFunction] = [:]
    private var mappings: [PprofMapping] = []
    private var locations: [UInt64: PprofLocation] = [:]
    private var head = PprofProfile()

    private var builder = ProfileBuilder(sampleTypes: [])
    private var labelSets: [[PprofLabel]: Int32] = [:]
    private var frameCount = 0
    private var frameLimit = 0

    mutating func decode(_ bytes: [UInt8]) throws -> Profile {
        let fields = try PprofFields(bytes)
        frameLimit = Self.frameLimit(bytes: bytes.count)
        for range in fields.tables { try readTables(try Self.parse(bytes, range)) }
        guard strings.first == "" else { throw Self.damaged("its string table does not begin with an empty text") }
        guard !head.sampleType.isEmpty else { throw Self.damaged("it names no sample types") }
        guard head.sampleType.count <= 1024 else {
            throw Self.damaged("it names \(head.sampleType.count) sample types")
        }
        builder = ProfileBuilder(sampleTypes: try head.sampleType.map { try sampleType($0) })

        let kinds = try readMetadata()
        let modules = try internModules(kinds)
        let frames = try internFrames(modules: modules, functions: try internFunctions())
        for range in fields.samples {
            for sample in try Self.parse(bytes, range).sample { try add(sample, frames: frames) }
        }
        return builder.profile
    }

    private static func damaged(_ reason: String) -> FormatError {
        FormatError(.malformed, "the pprof file is damaged: \(reason)")
    }

    private static func parse(_ bytes: [UInt8], _ range: Range<Int>) throws -> PprofProfile {
        do {
            return try PprofProfile(serializedBytes: Array(bytes[range]))
        } catch {
            throw damaged("bytes \(range.lowerBound) to \(range.upperBound) are not a part of a profile")
        }
    }

    // MARK: Tables

    private mutating func readTables(_ part: PprofProfile) throws {
        strings.append(contentsOf: part.stringTable)
        mappings.append(contentsOf: part.mapping)
        for function in part.function where functions.updateValue(function, forKey: function.id) != nil {
            throw Self.damaged("two functions have id \(function.id)")
        }
        for location in part.location where locations.updateValue(location, forKey: location.id) != nil {
            throw Self.damaged("two locations have id \(location.id)")
        }
        // Scalars: the last one that is present counts.
        head.sampleType.append(contentsOf: part.sampleType)
        head.comment.append(contentsOf: part.comment)
        if part.timeNanos != 0 { head.timeNanos = part.timeNanos }
        if part.durationNanos != 0 { head.durationNanos = part.durationNanos }
        if part.hasPeriodType { head.periodType = part.periodType }
        if part.period != 0 { head.period = part.period }
        if part.defaultSampleType != 0 { head.defaultSampleType = part.defaultSampleType }
    }

    private func text(_ index: Int64) throws -> String {
        guard index >= 0, index < strings.count else {
            throw Self.damaged("text \(index) of \(strings.count) does not exist")
        }
        return strings[Int(index)]
    }

    private func sampleType(_ type: PprofValueType) throws -> SampleType {
        SampleType(name: try text(type.type), unit: try text(type.unit))
    }

    /// - Returns: kinds of modules that a comment states, by mapping id.
    private mutating func readMetadata() throws -> [UInt64: Module.Kind] {
        var metadata = Profile.Metadata()
        metadata.timeNanoseconds = head.timeNanos
        metadata.durationNanoseconds = head.durationNanos
        if head.hasPeriodType { metadata.periodType = try sampleType(head.periodType) }
        metadata.period = head.period
        metadata.defaultSampleType = try text(head.defaultSampleType)
        var kinds: [UInt64: Module.Kind] = [:]
        for comment in try head.comment.map({ try text($0) }) {
            if metadata.quality == nil, let quality = RecordingQuality(comment: comment) {
                metadata.quality = quality
            } else if kinds.isEmpty, let stated = PprofModuleKinds.parse(comment) {
                kinds = stated
            } else {
                metadata.comments.append(comment)
            }
        }
        builder.metadata = metadata
        return kinds
    }

    /// What frames need to know of a mapping.
    private struct MappedModule {
        /// nil for the mapping that stands for an unnamed kernel.
        var id: ModuleID?
        var kind: Frame.Kind
        /// Added to an address to make it module-relative, modulo 2^64.
        var bias: UInt64
    }

    private mutating func internModules(_ kinds: [UInt64: Module.Kind]) throws -> [UInt64: MappedModule] {
        var modules: [UInt64: MappedModule] = [:]
        for (position, mapping) in mappings.enumerated() {
            guard mapping.id != 0 else { throw Self.damaged("a mapping has id 0") }
            let path = try text(mapping.filename)
            let buildID = try text(mapping.buildID)
            let kind = kinds[mapping.id] ?? PprofModuleKinds.kind(ofPath: path, isFirst: position == 0)
            let isBareKernel = path == PprofModuleKinds.bareKernelPath && buildID.isEmpty && kinds[mapping.id] == nil
            let module = MappedModule(
                id: isBareKernel ? nil : builder.intern(Module(path: path, buildID: buildID, kind: kind)),
                kind: kind == .kernel ? .kernel : .user,
                bias: mapping.fileOffset &- mapping.memoryStart)
            guard modules.updateValue(module, forKey: mapping.id) == nil else {
                throw Self.damaged("two mappings have id \(mapping.id)")
            }
        }
        return modules
    }

    private mutating func internFunctions() throws -> [UInt64: FunctionID] {
        var ids: [UInt64: FunctionID] = [:]
        // In id order, which is the order in which a model's own functions were written.
        for (id, function) in functions.sorted(by: { $0.key < $1.key }) {
            guard id != 0 else { throw Self.damaged("a function has id 0") }
            let name = try text(function.name)
            let systemName = try text(function.systemName)
            ids[id] = builder.intern(
                Function(
                    name: name.isEmpty ? systemName : name, systemName: systemName.isEmpty ? name : systemName,
                    file: try text(function.filename), startLine: Int32(clamping: function.startLine)))
        }
        return ids
    }

    /// - Returns: frames of each location, outermost first.
    private mutating func internFrames(
        modules: [UInt64: MappedModule], functions: [UInt64: FunctionID]
    ) throws -> [UInt64: [FrameID]] {
        var frames: [UInt64: [FrameID]] = [:]
        for (id, location) in locations.sorted(by: { $0.key < $1.key }) {
            guard id != 0 else { throw Self.damaged("a location has id 0") }
            var module: MappedModule?
            if location.mappingID != 0 {
                module = modules[location.mappingID]
                guard module != nil else { throw Self.damaged("mapping \(location.mappingID) does not exist") }
            }
            let address = ModuleRelativeAddress(location.address &+ (module?.bias ?? 0))
            if location.line.isEmpty {
                let name = "0x" + String(location.address, radix: 16)
                let function = builder.intern(Function(name: name))
                frames[id] = [
                    builder.intern(
                        Frame(function: function, module: module?.id, address: address, kind: module?.kind ?? .user))
                ]
                continue
            }
            frames[id] = try location.line.reversed().enumerated().map { position, line in
                guard let function = functions[line.functionID] else {
                    throw Self.damaged("function \(line.functionID) does not exist")
                }
                let name = builder.profile.functions[Int(function.rawValue)].name
                let kind = module?.kind ?? (Frame.isMarkerName(name) ? .marker : .user)
                return builder.intern(
                    Frame(
                        function: function, module: module?.id, address: address, line: Int32(clamping: line.line),
                        column: Int32(clamping: line.column), kind: kind, isInlined: position > 0))
            }
        }
        return frames
    }

    // MARK: Samples

    private mutating func add(_ sample: PprofSample, frames: [UInt64: [FrameID]]) throws {
        guard sample.value.count == builder.profile.sampleTypes.count else {
            throw Self.damaged(
                "a sample has \(sample.value.count) values for \(builder.profile.sampleTypes.count) sample types")
        }
        var stack = StackTable.root
        for id in sample.locationID.reversed() {
            guard let location = frames[id] else { throw Self.damaged("location \(id) does not exist") }
            frameCount += location.count
            for frame in location { stack = builder.child(of: stack, frame: frame) }
            guard frameCount <= frameLimit, builder.profile.stacks.count <= Self.nodeLimit else {
                throw FormatError(
                    .tooLarge, "the pprof file has more stack frames than can be read; split the recording")
            }
        }
        builder.add(stack: stack, labelSet: try labelSet(sample.label), values: sample.value)
    }

    private mutating func labelSet(_ labels: [PprofLabel]) throws -> Int32 {
        if let id = labelSets[labels] { return id }
        let id = builder.intern(
            LabelSet(
                try labels.map { label in
                    let key = try text(label.key)
                    if label.str != 0 { return .text(key, try text(label.str)) }
                    return .number(key, label.num, unit: try text(label.numUnit))
                }))
        labelSets[labels] = id
        return id
    }
}
