internal import ProfileModel
internal import SwiftProtobuf

/// Turns one profile into the bytes of a `profile.proto`; see ``PprofFormat`` for how the model maps to it.
///
/// Protocol buffers concatenate: the parts of a message may be serialized one after another, so that the samples of a
/// long recording are never all held as messages.
struct PprofEncoder {
    private let profile: Profile
    private var strings: [String: Int64] = ["": 0]
    private var stringTable = [""]
    /// Index of a second empty text: an empty text label must differ from a number label, whose text index is 0.
    private var emptyLabelText: Int64?
    private var locations = PprofLocations()
    /// Mapping id of each module; the main program has 1.
    private var mappingIDs: [UInt64]
    private var modulesInOrder: [Module]
    private var bytes: [UInt8] = []

    init(_ profile: Profile) {
        self.profile = profile
        strings.reserveCapacity(2 * profile.functions.count)
        var order = Array(profile.modules.indices)
        if let main = order.firstIndex(where: { profile.modules[$0].kind == .executable }) {
            order.insert(order.remove(at: main), at: 0)
        }
        mappingIDs = Array(repeating: 0, count: order.count)
        for (position, module) in order.enumerated() { mappingIDs[module] = UInt64(position + 1) }
        modulesInOrder = order.map { profile.modules[$0] }
    }

    mutating func encode() throws -> [UInt8] {
        var head = PprofProfile()
        head.sampleType = profile.sampleTypes.map { valueType($0) }
        head.timeNanos = profile.metadata.timeNanoseconds
        head.durationNanos = profile.metadata.durationNanoseconds
        if let type = profile.metadata.periodType { head.periodType = valueType(type) }
        head.period = profile.metadata.period
        head.defaultSampleType = index(profile.metadata.defaultSampleType)
        if let quality = profile.metadata.quality { head.comment.append(index(quality.comment)) }
        if let kinds = PprofModuleKinds.comment(for: modulesInOrder) { head.comment.append(index(kinds)) }
        for comment in profile.metadata.comments { head.comment.append(index(comment)) }
        try append(head)

        try encodeSamples()
        try encodeLocations()
        try encodeFunctions()
        var tail = PprofProfile()
        tail.mapping = mappings()
        try append(tail)
        // Last, when every text is known.
        var texts = PprofProfile()
        texts.stringTable = stringTable
        try append(texts)
        return bytes
    }

    private mutating func append(_ part: PprofProfile) throws {
        bytes.append(contentsOf: try part.serializedBytes() as [UInt8])
    }

    private mutating func index(_ text: String) -> Int64 {
        if let index = strings[text] { return index }
        let index = Int64(stringTable.count)
        stringTable.append(text)
        strings[text] = index
        return index
    }

    private mutating func valueType(_ type: SampleType) -> PprofValueType {
        var message = PprofValueType()
        message.type = index(type.name)
        message.unit = index(type.unit)
        return message
    }

    /// Samples are most of a file, and are written straight into it: a message object for each would cost more than
    /// everything else.
    private mutating func encodeSamples() throws {
        let labels = try profile.labelSets.map { set in
            var message = PprofSample()
            message.label = set.labels.map { label($0) }
            return try message.serializedBytes() as [UInt8]
        }
        var ids: [UInt64] = []
        for sample in profile.samples.stacks.indices {
            locations.ids(of: profile.samples.stacks[sample], in: profile, into: &ids)
            let label = labels[Int(profile.samples.labelSets[sample])]
            var idBytes = 0
            for id in ids { idBytes += PprofWriter.size(of: id) }
            var valueBytes = 0
            for column in profile.samples.values {
                valueBytes += PprofWriter.size(of: UInt64(bitPattern: column[sample]))
            }
            bytes.append(PprofWriter.Tag.sample)
            let size = PprofWriter.size(ofField: idBytes) + PprofWriter.size(ofField: valueBytes) + label.count
            PprofWriter.append(UInt64(size), to: &bytes)
            if idBytes > 0 {
                bytes.append(PprofWriter.Tag.locationIDs)
                PprofWriter.append(UInt64(idBytes), to: &bytes)
                for id in ids { PprofWriter.append(id, to: &bytes) }
            }
            if valueBytes > 0 {
                bytes.append(PprofWriter.Tag.values)
                PprofWriter.append(UInt64(valueBytes), to: &bytes)
                for column in profile.samples.values {
                    PprofWriter.append(UInt64(bitPattern: column[sample]), to: &bytes)
                }
            }
            bytes.append(contentsOf: label)
        }
    }

    private mutating func label(_ label: Label) -> PprofLabel {
        var message = PprofLabel()
        message.key = index(label.key)
        switch label.value {
        case .text(""):
            if emptyLabelText == nil {
                emptyLabelText = Int64(stringTable.count)
                stringTable.append("")
            }
            message.str = emptyLabelText!
        case .text(let text):
            message.str = index(text)
        case .number(let number, let unit):
            message.num = number
            message.numUnit = index(unit)
        }
        return message
    }

    private func encodeLocationsPart(_ keys: ArraySlice<PprofLocations.Key>, firstID: UInt64) -> PprofProfile {
        var part = PprofProfile()
        for (offset, key) in keys.enumerated() {
            var message = PprofLocation()
            message.id = firstID + UInt64(offset)
            let outermost = profile.frames[Int(key.frames.last!)]
            message.mappingID = mappingID(of: outermost)
            message.address = outermost.address.rawValue
            message.line = key.frames.map { frame in
                var line = PprofLine()
                line.functionID = UInt64(profile.frames[Int(frame)].function.rawValue) + 1
                line.line = Int64(profile.frames[Int(frame)].line)
                line.column = Int64(profile.frames[Int(frame)].column)
                return line
            }
            part.location.append(message)
        }
        return part
    }

    private mutating func encodeLocations() throws {
        try append(encodeLocationsPart(locations.keys[...], firstID: 1))
    }

    private func mappingID(of frame: Frame) -> UInt64 {
        if let module = frame.module { return mappingIDs[Int(module.rawValue)] }
        return frame.kind == .kernel ? bareKernelID : 0
    }

    private var bareKernelID: UInt64 { UInt64(profile.modules.count) + 1 }

    private mutating func encodeFunctions() throws {
        var part = PprofProfile()
        part.function = profile.functions.enumerated().map { position, function in
            var message = PprofFunction()
            message.id = UInt64(position) + 1
            message.name = index(function.name)
            message.systemName = index(function.systemName)
            message.filename = index(function.file)
            message.startLine = Int64(function.startLine)
            return message
        }
        try append(part)
    }

    private mutating func mappings() -> [PprofMapping] {
        var limits = [UInt64](repeating: 0, count: profile.modules.count)
        var facts = [(files: Bool, lines: Bool, inlined: Bool)](
            repeating: (false, false, false), count: profile.modules.count)
        var hasBareKernel = false
        for frame in profile.frames {
            guard let module = frame.module.map({ Int($0.rawValue) }) else {
                hasBareKernel = hasBareKernel || frame.kind == .kernel
                continue
            }
            limits[module] = max(limits[module], frame.address.rawValue)
            if !profile.functions[Int(frame.function.rawValue)].file.isEmpty { facts[module].files = true }
            if frame.line != 0 { facts[module].lines = true }
            if frame.isInlined { facts[module].inlined = true }
        }
        var messages = modulesInOrder.map { module in
            var message = PprofMapping()
            message.filename = index(module.path)
            message.buildID = index(module.buildID)
            return message
        }
        for (module, id) in mappingIDs.enumerated() {
            let position = Int(id) - 1
            messages[position].id = id
            // A whole page past the last known address, as if the file were mapped at 0.
            let page = limits[module] | 0xFFF
            messages[position].memoryLimit = page == .max ? page : page + 1
            messages[position].hasFunctions_p = true
            messages[position].hasFilenames_p = facts[module].files
            messages[position].hasLineNumbers_p = facts[module].lines
            messages[position].hasInlineFrames_p = facts[module].inlined
        }
        if hasBareKernel {
            var message = PprofMapping()
            message.id = bareKernelID
            message.filename = index(PprofModuleKinds.bareKernelPath)
            message.hasFunctions_p = true
            messages.append(message)
        }
        return messages
    }
}
