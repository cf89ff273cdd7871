package import ProfileModel
package import Sampling
package import Symbolization
internal import Unwinding

/// The code of a process that was not sampled, for whoever has addresses from elsewhere: where they are in files, the
/// bytes there, and the same names that a recording would give them. The process may have ended.
package final class ExecutedCode {
    /// What tells functions apart before they have names.
    package struct FunctionIdentity: Hashable, Sendable {
        /// Position in the module list, -1 outside of every module.
        package var module: Int32
        /// Its first byte, by the module's own addresses; 0 when nothing tells.
        package var start: UInt64

        package init(module: Int32, start: UInt64) {
            self.module = module
            self.start = start
        }
    }

    /// A profile, and what became of the raw frames in it.
    package struct Named: Sendable {
        package var profile: Profile
        /// Of each raw frame, outermost first; more than one where functions were inlined.
        package var frames: [[FrameID]]
        package var warnings: [String]
    }

    /// The files that are mapped.
    package var modules: [MappedModule] { store.modules }

    private let store: ModuleStore
    private let code: ProcessCode
    private let options: SymbolizationOptions

    /// - Parameters:
    ///   - mappings: the executable ones.
    ///   - pid: the process, through which files are opened while it lives.
    /// - Returns: nil when memory is short.
    package init?(_ mappings: [Mapping], process pid: Int32, options: SymbolizationOptions) {
        // In this order each is added behind the others.
        let space = AddressSpace(mappings.sorted { $0.addresses.lowerBound < $1.addresses.lowerBound })
        var store = ModuleStore()
        guard let code = ProcessCode(space: space, process: pid, modules: &store, serial: 1) else { return nil }
        self.store = store
        self.code = code
        self.options = options
    }

    /// Where an address is.
    package func frame(at address: UInt64) -> RawFrame {
        guard let place = code.place(address) else { return RawFrame(kind: .user, address: address) }
        return RawFrame(kind: .user, module: place.module, address: place.address)
    }

    /// The instruction bytes at an address; fewer where the file ends, none where there is no file.
    package func bytes(at address: UInt64, count: Int) -> [UInt8] {
        guard let place = code.place(address), let offset = code.fileOffset(address) else { return [] }
        return modules[Int(place.module)].bytes(at: offset, count: count)
    }

    /// The function of each frame: by its symbol, or else by its unwind entry.
    ///
    /// What GCC moved out of a function as rarely executed (`name.cold`) belongs to it.
    package func functions(of frames: [RawFrame]) -> [FunctionIdentity] {
        var functions = frames.map { FunctionIdentity(module: $0.module, start: 0) }
        let inModules = frames.indices.filter { frames[$0].module >= 0 }
        for (module, indexes) in Dictionary(grouping: inModules, by: { frames[$0].module }) {
            let mapped = modules[Int(module)]
            let order = indexes.sorted { frames[$0].address < frames[$1].address }
            let addresses = order.map { ModuleRelativeAddress(frames[$0].address) }
            let matches = mapped.resolve(addresses, options).map(\.symbol)
            var starts: [Substring: UInt64] = [:]
            for match in matches {
                if let match, !match.name.hasSuffix(".cold") { starts[match.name[...]] = match.start.rawValue }
            }
            for (position, index) in order.enumerated() {
                if let match = matches[position] {
                    let hot = match.name.hasSuffix(".cold") ? starts[match.name.dropLast(5)] : nil
                    functions[index].start = hot ?? match.start.rawValue
                } else if let start = mapped.unwind?.functionStart(of: addresses[position]) {
                    functions[index].start = start.rawValue
                }
            }
        }
        return functions
    }

    /// Names the frames of a profile whose samples have no event: one column, the samples' periods.
    /// - Parameter raw: of which `modules` are filled in here.
    package func name(_ raw: RawProfile, valueType: SampleType, metadata: Profile.Metadata) -> Named {
        var raw = raw
        raw.modules = modules
        let assembler = ProfileAssembler(valueType: valueType, countsSamples: false, symbolization: options)
        let profile = assembler.assemble(raw, metadata: metadata)
        return Named(profile: profile, frames: assembler.frames, warnings: assembler.warnings)
    }
}
