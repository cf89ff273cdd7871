import CycleTiming

/// What this machine lets a test of timing do. Each turns an impossibility into a visible skip.
enum TimingCapability {
    static let probes = InterruptionProbes.selfTest()

    static let kernelEntryProbe = probes.kernelEntry.isSound
    static let reschedulingProbe = probes.rescheduling.isSound
    static let migrationProbe = probes.migration.isSound
    static let bothProbes = kernelEntryProbe && reschedulingProbe

    #if arch(x86_64)
        static let x86 = true
    #else
        static let x86 = false
    #endif
}
