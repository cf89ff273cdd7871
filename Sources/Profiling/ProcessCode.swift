internal import ProfileModel
package import Sampling
package import Unwinding

/// The executable mappings of one process, ready for unwinding and for turning addresses into module positions.
package final class ProcessCode {
    private struct Region {
        var start: UInt64
        var end: UInt64
        var bias: UInt64
        var fileOffset: UInt64
        var module: Int32
    }

    package let unwindSpace: UnwindSpace
    /// Tells this process's entries in the recorder's address cache from all others'.
    let serial: UInt32
    private let regions: [Region]
    private let unwindModules: [UnwindModule?]

    /// - Returns: nil when memory is short.
    package init?(space: AddressSpace, process pid: Int32, modules: inout ModuleStore, serial: UInt32) {
        var mappings: [UnwindMapping] = []
        var regions: [Region] = []
        for mapping in space.mappings {
            let index = modules.index(of: mapping, process: pid)
            let module = modules.modules[Int(index)]
            let bias = module.bias(mappedAt: mapping.addresses.lowerBound, offset: mapping.fileOffset)
            mappings.append(
                UnwindMapping(
                    addresses: mapping.addresses, bias: bias, fileOffset: mapping.fileOffset, module: module.unwind,
                    isGenerated: module.module.kind == .anonymous))
            regions.append(
                Region(
                    start: mapping.addresses.lowerBound.rawValue, end: mapping.addresses.upperBound.rawValue,
                    bias: bias, fileOffset: mapping.fileOffset.rawValue, module: index))
        }
        guard let unwindSpace = UnwindSpace(mappings) else { return nil }
        self.unwindSpace = unwindSpace
        self.serial = serial
        self.regions = regions
        unwindModules = mappings.map(\.module)
    }

    /// Module and module address of a program counter; nil outside every executable mapping. O(log n).
    func place(_ pc: UInt64) -> (module: Int32, address: UInt64)? {
        index(of: pc).map { (regions[$0].module, pc &- regions[$0].bias) }
    }

    /// Where in its file the code at a program counter is; nil outside every executable mapping. O(log n).
    package func fileOffset(_ pc: UInt64) -> UInt64? {
        index(of: pc).map { regions[$0].fileOffset &+ (pc &- regions[$0].start) }
    }

    /// Whether a thread starts in the function that holds a program counter.
    package func isOutermost(_ pc: UInt64) -> Bool {
        guard let index = index(of: pc), let module = unwindModules[index] else { return false }
        return module.isOutermost(ModuleRelativeAddress(pc &- regions[index].bias))
    }

    private func index(of pc: UInt64) -> Int? {
        var low = 0
        var high = regions.count
        while low < high {
            let middle = (low + high) / 2
            if regions[middle].end <= pc { low = middle + 1 } else { high = middle }
        }
        return low < regions.count && pc >= regions[low].start ? low : nil
    }
}
