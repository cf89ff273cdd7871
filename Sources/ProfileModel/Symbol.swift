/// What a person calls a frame: the function and its module, without the address, so that two addresses of a function
/// are one symbol.
package struct Symbol: Hashable, Sendable {
    /// What kind of code it is, for colors, legends and columns.
    package enum Category: UInt8, CaseIterable, Hashable, Sendable {
        /// The program's own file, or code of which no module is known.
        case program
        case library
        case kernel
        /// Code written at run time.
        case generated
        /// A statement of the profiler, not code.
        case marker
    }

    package var name: String
    /// File name of the module without its folder; empty when unknown.
    package var module: String
    package var kind: Frame.Kind
    package var category: Category
    package var isInlined: Bool
    /// Where it is in the source, as far as any of its frames tells; not a part of what tells symbols apart.
    package var source = Source()

    /// A source file and the first line of a function, empty and 0 when unknown.
    package struct Source: Hashable, Sendable {
        package var file = ""
        package var startLine: Int32 = 0

        package init() {}
    }

    package static func == (a: Symbol, b: Symbol) -> Bool {
        a.name == b.name && a.module == b.module && a.kind == b.kind && a.category == b.category
            && a.isInlined == b.isInlined
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(name)
        hasher.combine(module)
        hasher.combine(kind)
        hasher.combine(isInlined)
    }

    package init(name: String, module: String, kind: Frame.Kind, category: Category, isInlined: Bool) {
        self.name = name
        self.module = module
        self.kind = kind
        self.category = category
        self.isInlined = isInlined
    }
}

/// The symbols of a profile, and which one each frame belongs to.
///
/// Functions are told apart by name, module name and kind. Their file and first line do not count: symbol tables know
/// neither, debug information knows both, and one function must not become two because of that.
package struct ProfileSymbols: Sendable {
    package private(set) var symbols: [Symbol] = []
    /// Index into ``symbols``, one a frame of the profile.
    package private(set) var symbolOfFrame: [Int32] = []

    /// - Parameter separatesInlined: whether a function's inlined copies are a symbol of their own.
    package init(_ profile: Profile, separatesInlined: Bool) {
        let moduleNames = profile.modules.map { String($0.name) }
        var ids: [Symbol: Int32] = [:]
        symbolOfFrame.reserveCapacity(profile.frames.count)
        for frame in profile.frames {
            let module = frame.module.map { Int($0.rawValue) }
            let symbol = Symbol(
                name: profile.functions[Int(frame.function.rawValue)].name,
                module: module.map { moduleNames[$0] } ?? "",
                kind: frame.kind,
                category: Self.category(of: frame.kind, in: module.map { profile.modules[$0].kind }),
                isInlined: separatesInlined && frame.isInlined)
            let function = profile.functions[Int(frame.function.rawValue)]
            if let id = ids[symbol] {
                symbolOfFrame.append(id)
                // The file of the function's own first line, not of a line that was included into it.
                if symbols[Int(id)].source.startLine == 0, function.startLine != 0 {
                    symbols[Int(id)].source.file = function.file
                    symbols[Int(id)].source.startLine = function.startLine
                }
            } else {
                let id = Int32(symbols.count)
                symbols.append(symbol)
                symbols[Int(id)].source.file = function.file
                symbols[Int(id)].source.startLine = function.startLine
                ids[symbol] = id
                symbolOfFrame.append(id)
            }
        }
    }

    private static func category(of kind: Frame.Kind, in module: Module.Kind?) -> Symbol.Category {
        switch kind {
        case .kernel: return .kernel
        case .marker: return .marker
        case .user: break
        }
        return switch module {
        case .executable, nil: .program
        case .library, .vdso: .library
        case .kernel: .kernel
        case .anonymous: .generated
        }
    }
}
