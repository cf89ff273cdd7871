/// A named piece of code.
package struct Function: Hashable, Sendable {
    /// Name for people: demangled, one line.
    package var name: String
    /// Name in the symbol table; equals ``name`` when nothing was mangled.
    package var systemName: String
    /// Source file that the lines of its frames are in, empty when unknown.
    package var file: String
    /// First line of the definition, 0 when unknown.
    package var startLine: Int32

    package init(name: String, systemName: String? = nil, file: String = "", startLine: Int32 = 0) {
        self.name = name
        self.systemName = systemName ?? name
        self.file = file
        self.startLine = startLine
    }

    /// Names are long, and where the other parts are equal, so is ``name`` as a rule.
    package func hash(into hasher: inout Hasher) {
        hasher.combine(systemName)
        hasher.combine(file)
        hasher.combine(startLine)
    }
}

/// Position of a ``Function`` in ``Profile/functions``.
package struct FunctionID: RawRepresentable, Hashable, Sendable {
    package var rawValue: Int32

    @inlinable
    package init(rawValue: Int32) { self.rawValue = rawValue }
}

/// One level of a stack.
///
/// A physical frame whose code was inlined from other functions is preceded, on the leaf side, by one frame with
/// ``isInlined`` for each of them; all of them share module and address.
package struct Frame: Hashable, Sendable {
    /// Where a frame's code lives.
    package enum Kind: UInt8, Hashable, Sendable {
        case user
        case kernel
        /// Not code: a bracketed statement of the profiler, such as `[truncated: stack bytes]`.
        case marker
    }

    package var function: FunctionID
    package var module: ModuleID?
    /// The instruction (already moved inside the calling instruction for every frame but an interrupted one).
    package var address: ModuleRelativeAddress
    /// Source line, 0 when unknown.
    package var line: Int32
    /// Column in the line, 0 when unknown.
    package var column: Int32
    package var kind: Kind
    package var isInlined: Bool

    package init(
        function: FunctionID,
        module: ModuleID? = nil,
        address: ModuleRelativeAddress = ModuleRelativeAddress(0),
        line: Int32 = 0,
        column: Int32 = 0,
        kind: Kind = .user,
        isInlined: Bool = false
    ) {
        self.function = function
        self.module = module
        self.address = address
        self.line = line
        self.column = column
        self.kind = kind
        self.isInlined = isInlined
    }
}

/// Position of a ``Frame`` in ``Profile/frames``.
package struct FrameID: RawRepresentable, Hashable, Sendable {
    package var rawValue: Int32

    @inlinable
    package init(rawValue: Int32) { self.rawValue = rawValue }
}
