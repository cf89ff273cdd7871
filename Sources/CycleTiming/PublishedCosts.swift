/// Published costs in core cycles by processor. Sources: the latency and throughput tables of uops.info (Abel, Reineke:
/// uops.info, ASPLOS 2019) and Agner Fog's instruction tables, for the register forms that the kernels use. Where the
/// two or their forms disagree, and for hybrid processors, whose cores differ, there is no entry.
package enum PublishedCosts {
    /// The cost of one instruction of the kernel; nil where no exact one is published for this processor.
    package static func cycles(_ kernel: KnownKernel, vendor: String, family: Int, model: Int) -> Double? {
        table(vendor: vendor, family: family, model: model)?[kernel]
    }

    private static func table(vendor: String, family: Int, model: Int) -> [KnownKernel: Double]? {
        switch (vendor, family) {
        case ("AuthenticAMD", 0x17) where isZen2(model): zen2To4
        case ("AuthenticAMD", 0x19): zen2To4
        case ("AuthenticAMD", 0x1a): zen5
        case ("GenuineIntel", 6) where skylake.contains(model): skylakeCosts
        case ("GenuineIntel", 6) where iceLake.contains(model): iceLakeCosts
        case ("GenuineIntel", 6) where goldenCove.contains(model): goldenCoveCosts
        default: nil
        }
    }

    private static func isZen2(_ model: Int) -> Bool {
        (0x30...0x3f).contains(model) || (0x60...0x7f).contains(model) || (0x90...0xaf).contains(model)
    }

    /// Skylake, Kaby, Coffee and Comet Lake; Skylake, Cascade and Cooper Lake servers.
    private static let skylake: Set<Int> = [0x4e, 0x5e, 0x55, 0x8e, 0x9e, 0xa5, 0xa6]
    /// Ice, Tiger and Rocket Lake; Ice Lake servers.
    private static let iceLake: Set<Int> = [0x6a, 0x6c, 0x7d, 0x7e, 0x8c, 0x8d, 0xa7]
    /// Sapphire and Emerald Rapids. Alder and Raptor Lake are hybrid.
    private static let goldenCove: Set<Int> = [0x8f, 0xcf]

    private static let zen2To4: [KnownKernel: Double] = [
        .add: 1, .independentAdd: 0.25, .imul: 3, .popcnt: 1, .mulsd: 3, .addsd: 3, .crc32: 3, .ror: 1, .chase: 4,
        .emptyLoop: 1,
    ]
    private static let zen5: [KnownKernel: Double] = [
        .add: 1, .imul: 3, .popcnt: 1, .mulsd: 3, .addsd: 2, .crc32: 3, .ror: 1, .chase: 4, .emptyLoop: 1,
    ]
    private static let skylakeCosts: [KnownKernel: Double] = [
        .add: 1, .independentAdd: 0.25, .imul: 3, .popcnt: 3, .mulsd: 4, .addsd: 4, .crc32: 3, .chase: 4,
        .emptyLoop: 1,
    ]
    private static let iceLakeCosts: [KnownKernel: Double] = [
        .add: 1, .independentAdd: 0.25, .imul: 3, .popcnt: 3, .mulsd: 4, .addsd: 4, .crc32: 3, .chase: 5,
        .emptyLoop: 1,
    ]
    private static let goldenCoveCosts: [KnownKernel: Double] = [
        .add: 1, .independentAdd: 0.2, .imul: 3, .popcnt: 3, .mulsd: 4, .crc32: 3, .chase: 5, .emptyLoop: 1,
    ]
}
