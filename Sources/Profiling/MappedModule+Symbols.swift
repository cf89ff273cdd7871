package import ProfileModel
package import Symbolization

extension MappedModule {
    /// What an address stands for: its symbol, and the inlined functions and lines of the debug information. Loads both
    /// at the first call; any thread.
    package func resolve(
        _ address: ModuleRelativeAddress, _ options: SymbolizationOptions
    ) -> ModuleSymbols.Resolution {
        switch names {
        case .symbols(let symbols): symbols.resolve(address, options)
        case .generated(let code): ModuleSymbols.Resolution(symbol: code.lookup(VirtualAddress(address.rawValue)))
        case .none: ModuleSymbols.Resolution()
        }
    }

    /// What was found on the way to names and is not used, in words.
    var nameWarnings: [String] {
        var warnings = refusal.map { [$0] } ?? []
        if case .symbols(let symbols) = names { warnings += symbols.warnings }
        return warnings
    }
}
