package import ProfileModel
package import Symbolization

extension MappedModule {
    /// What each address stands for: its symbol, and the inlined functions and lines of the debug information. Loads both
    /// at the first call; any thread.
    /// - Parameter addresses: rising.
    package func resolve(
        _ addresses: [ModuleRelativeAddress], _ options: SymbolizationOptions
    ) -> [ModuleSymbols.Resolution] {
        switch names {
        case .symbols(let symbols): symbols.resolve(addresses, options)
        case .generated(let code):
            addresses.map { ModuleSymbols.Resolution(symbol: code.lookup(VirtualAddress($0.rawValue))) }
        case .none: addresses.map { _ in ModuleSymbols.Resolution() }
        }
    }

    /// What was found on the way to names and is not used, in words.
    var nameWarnings: [String] {
        var warnings = refusal.map { [$0] } ?? []
        if case .symbols(let symbols) = names { warnings += symbols.warnings }
        return warnings
    }
}
