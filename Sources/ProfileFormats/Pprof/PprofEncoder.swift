internal import ProfileModel
internal import SwiftProtobuf

/// Turns one profile into the bytes of a `profile.proto`; see ``PprofFormat`` for how the model maps to it.
///
/// Protocol buffers concatenate: the parts of a message may be serialized one after another, so that the samples of a
/// long recording are never all held as messages.
struct PprofEncoder: ~Copyable {
    private let profile: Profile
    private var strings: [String: Int64] = ["": 0]
    private var stringTable = [""]
    /// Index of a second empty text: an empty text label must differ from a number label, whose text index is 0.
    private var emptyLabelText: Int64?
    private var locations: PprofLocations
    /// Mapping id of each module; the main program has 1.
    private var mappingIDs: [UInt64]
    private var modulesInOrder: [Module]
    private var output = PprofWriter()

    init(_ profile: Profile) {
        self.profile = profile
        locations = PprofLocations(profile)
        strings.reserveCapacity(2 * profile.functions.count)
        var order = Array(profile.modules.indices)
        if let main = order.firstIndex(where: { profile.modules[$0].kind == .executable }) {
            order.insert(order.remove(at: main), at: 0)
        }
        mappingIDs = Array(repeating: 0, count: order.count)
        for (position, module) in order.enumerated() { mappingIDs[module] = UInt64(position + 1) }
        modulesInOrder = order.map { profile.modules[$0] }
    }

    consuming func encode() throws -> [UInt8] {
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
        encodeLocations()
        encodeFunctions()
        var tail = PprofProfile()
        tail.mapping = mappings()
        try append(tail)
        // Last, when every text is known.
        encodeTexts()
        return output.finish()
    }

    private mutating func append(_ part: PprofProfile) throws {
        let bytes = try part.serializedBytes() as [UInt8]
        output.reserve(bytes.count)
        output.append(contentsOf: bytes)
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

    /// Samples, locations, functions and texts are most of a file, and are written straight into it: a message object for
    /// each would cost more than everything else.
    private mutating func encodeSamples() throws {
        let labels = try profile.labelSets.map { set in
            var message = PprofSample()
            message.label = set.labels.map { label($0) }
            return try message.serializedBytes() as [UInt8]
        }
        var ids: [UInt64] = []
        for sample in profile.samples.stacks.indices {
            locations.ids(of: profile.samples.stacks[sample], into: &ids)
            let label = labels[Int(profile.samples.labelSets[sample])]
            var idBytes = 0
            for id in ids { idBytes += PprofWriter.size(of: id) }
            var valueBytes = 0
            for column in profile.samples.values {
                valueBytes += PprofWriter.size(of: UInt64(bitPattern: column[sample]))
            }
            let size = PprofWriter.size(ofField: idBytes) + PprofWriter.size(ofField: valueBytes) + label.count
            output.reserve(size + 11)
            output.append(tag: PprofWriter.Tag.sample, length: size)
            if idBytes > 0 {
                output.append(tag: PprofWriter.Tag.locationIDs, length: idBytes)
                for id in ids { output.append(id) }
            }
            if valueBytes > 0 {
                output.append(tag: PprofWriter.Tag.values, length: valueBytes)
                for column in profile.samples.values { output.append(UInt64(bitPattern: column[sample])) }
            }
            output.append(contentsOf: label)
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

    /// `Location`: id, mapping, address, lines; `Line`: function, line, column.
    private mutating func encodeLocations() {
        for (position, key) in locations.keys.enumerated() {
            let outermost = profile.frames[Int(key.outermost)]
            let id = UInt64(position) + 1
            let mapping = mappingID(of: outermost)
            var size =
                PprofWriter.size(ofNumber: id) + PprofWriter.size(ofNumber: mapping)
                + PprofWriter.size(ofNumber: outermost.address.rawValue)
            for frame in key { size += PprofWriter.size(ofField: lineSize(frame)) }
            output.reserve(size + 11)
            output.append(tag: PprofWriter.Tag.location, length: size)
            output.append(field: 1, id)
            output.append(field: 2, mapping)
            output.append(field: 3, outermost.address.rawValue)
            for frame in key { appendLine(frame) }
        }
    }

    private func lineSize(_ index: Int32) -> Int {
        let frame = profile.frames[Int(index)]
        return PprofWriter.size(ofNumber: UInt64(frame.function.rawValue) + 1)
            + PprofWriter.size(ofNumber: UInt64(bitPattern: Int64(frame.line)))
            + PprofWriter.size(ofNumber: UInt64(bitPattern: Int64(frame.column)))
    }

    private mutating func appendLine(_ index: Int32) {
        let frame = profile.frames[Int(index)]
        output.append(tag: PprofWriter.Tag.line, length: lineSize(index))
        output.append(field: 1, UInt64(frame.function.rawValue) + 1)
        output.append(field: 2, UInt64(bitPattern: Int64(frame.line)))
        output.append(field: 3, UInt64(bitPattern: Int64(frame.column)))
    }

    private func mappingID(of frame: Frame) -> UInt64 {
        if let module = frame.module { return mappingIDs[Int(module.rawValue)] }
        return frame.kind == .kernel ? bareKernelID : 0
    }

    private var bareKernelID: UInt64 { UInt64(profile.modules.count) + 1 }

    /// `Function`: id, name, system name, file, first line.
    private mutating func encodeFunctions() {
        for (position, function) in profile.functions.enumerated() {
            let fields = (
                UInt64(position) + 1, UInt64(index(function.name)), UInt64(index(function.systemName)),
                UInt64(index(function.file)), UInt64(bitPattern: Int64(function.startLine))
            )
            let size =
                PprofWriter.size(ofNumber: fields.0) + PprofWriter.size(ofNumber: fields.1)
                + PprofWriter.size(ofNumber: fields.2) + PprofWriter.size(ofNumber: fields.3)
                + PprofWriter.size(ofNumber: fields.4)
            output.reserve(size + 11)
            output.append(tag: PprofWriter.Tag.function, length: size)
            output.append(field: 1, fields.0)
            output.append(field: 2, fields.1)
            output.append(field: 3, fields.2)
            output.append(field: 4, fields.3)
            output.append(field: 5, fields.4)
        }
    }

    private mutating func encodeTexts() {
        for text in stringTable {
            var text = text
            text.withUTF8 { bytes in
                output.reserve(bytes.count + 11)
                output.append(tag: PprofWriter.Tag.text, length: bytes.count)
                output.append(bytes)
            }
        }
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
