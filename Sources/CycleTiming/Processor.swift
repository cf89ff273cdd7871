internal import CCycles

/// What the processor says about itself.
package struct Processor: Hashable, Sendable {
    /// `AuthenticAMD`, `GenuineIntel`; `ARM64` where the architecture has no such name.
    package var vendor: String
    /// Display family and model, extended fields included; on arm64 MIDR's implementer and part.
    package var family: Int
    package var model: Int
    package var stepping: Int
    /// The marketing name; empty where there is none.
    package var brand: String
    /// The hypervisor's signature, for instance `KVMKVMKVM`; nil on bare metal.
    package var hypervisor: String?
    /// The counter promises one rate in every power state.
    package var counterIsInvariant: Bool
    /// LFENCE is known to wait for what is before it. False: the processor leaves it to the kernel.
    package var fenceIsSerializing: Bool
    /// The counter's rate where processor or hypervisor tell it, kHz.
    package var counterKilohertz: Int?
    var hasPopcnt: Bool
    var hasCRC32: Bool

    /// Asks the processor, once in the life of the process: in a virtual machine each question leaves it.
    package static let current: Processor = {
        var raw = ts_processor()
        ts_processor_read(&raw)
        let hypervisor = text(of: raw.hypervisor)
        return Processor(
            vendor: text(of: raw.vendor), family: Int(raw.family), model: Int(raw.model),
            stepping: Int(raw.stepping), brand: text(of: raw.brand),
            hypervisor: raw.has_hypervisor ? (hypervisor.isEmpty ? "unnamed" : hypervisor) : nil,
            counterIsInvariant: raw.counter_is_invariant, fenceIsSerializing: raw.lfence_serializes,
            counterKilohertz: raw.counter_kilohertz == 0 ? nil : Int(raw.counter_kilohertz),
            hasPopcnt: raw.has_popcnt, hasCRC32: raw.has_crc32)
    }()

    /// Whether it has the kernel's instruction.
    package func supports(_ kernel: KnownKernel) -> Bool {
        switch kernel {
        case .popcnt: hasPopcnt
        case .crc32: hasCRC32
        default: true
        }
    }
}

/// The text in an array of `char`, which Swift sees as a tuple.
private func text<Characters>(of characters: Characters) -> String {
    withUnsafeBytes(of: characters) { bytes in
        String(String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self).trimmingSpace)
    }
}
