internal import ProfileModel
internal import Profiling
internal import Symbolization
internal import Unwinding

extension FuzzTarget {
    /// An image in memory, like the vDSO of a hostile process.
    static let elf = FuzzTarget("elf", largestInput: 64 << 10) { bytes in
        guard let elf = try? ElfReader(bytes: bytes) else { return }
        _ = elf.buildID
        _ = elf.ehFrame
        _ = elf.section(named: ".debug_frame")
        _ = elf.address(of: FileOffset(0x1000))
        let addresses = ([0, 1, 0x1000, 0x1234, elf.entryPoint, .max] as [UInt64]).sorted()
        let symbols = SymbolTable([elf])
        let wanted = SymbolTable([elf], for: addresses)
        for address in addresses {
            _ = symbols.lookup(ModuleRelativeAddress(address))
            _ = wanted.lookup(ModuleRelativeAddress(address))
        }
    }

    /// A file that a process maps, through everything that is done with it.
    static let module = FuzzTarget("module", largestInput: 64 << 10) { bytes in
        guard let file = MemoryFile(Array(bytes)) else { return }
        // The module owns the descriptor that it gets.
        let module = MappedModule(path: "/fuzzed", kind: .executable, file: file.duplicate())
        _ = module.bias(mappedAt: VirtualAddress(0x5555_0000_0000), offset: FileOffset(0x1000))
        var addresses: [UInt64] = [0, 0x1000, 0x1139, 0x401000, .max]
        if let unwind = module.unwind {
            addresses.append(unwind.entryPoint.rawValue)
            askForRows(unwind, .native)
        }
        _ = module.resolve(addresses.sorted().map { ModuleRelativeAddress($0) }, SymbolizationOptions())
        for address in addresses {
            _ = module.isEntryPoint(ModuleRelativeAddress(address))
            _ = module.unwind?.row(at: ModuleRelativeAddress(address))
        }
    }
}
