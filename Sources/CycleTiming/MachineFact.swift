/// A fact about the machine, or the reason why it cannot be told.
package enum MachineFact<Value: Sendable & Hashable>: Hashable, Sendable {
    case known(Value)
    /// One line, for instance which file does not exist.
    case unknown(String)

    package var value: Value? {
        if case .known(let value) = self { value } else { nil }
    }

    package var reason: String? {
        if case .unknown(let reason) = self { reason } else { nil }
    }

    /// Reads a file and takes it apart.
    static func reading(_ path: String, _ parse: (String) -> Value?) -> MachineFact {
        guard let text = SystemFile.read(path) else { return .unknown("\(path) cannot be read here") }
        return parse(text).map(MachineFact.known) ?? .unknown("\(path) holds something else than expected")
    }
}
