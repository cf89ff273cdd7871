internal import BenchmarkSuites
package import Benchmarking
internal import FoundationEssentials
internal import GRDB
internal import ProfileFormats

/// A kind of machine that runs of a store come from: what measures alike is one machine, whatever its name.
package struct StoredMachine: Hashable, Sendable {
    /// 0 for runs whose machine is not known.
    package let number: Int64
    package let fingerprint: MachineFingerprint

    package init(number: Int64, fingerprint: MachineFingerprint) {
        self.number = number
        self.fingerprint = fingerprint
    }

    /// Processor, CPUs and hypervisor, for people; the host where nothing else is known.
    package var title: String {
        let name = fingerprint.processorName.isEmpty ? fingerprint.processor : fingerprint.processorName
        var parts = name.isEmpty ? [] : [PlainText.of(name, limit: 60)]
        if fingerprint.logicalCPUs > 0 {
            parts.append("\(fingerprint.logicalCPUs) CPU\(fingerprint.logicalCPUs == 1 ? "" : "s")")
        }
        if let hypervisor = fingerprint.hypervisor { parts.append(PlainText.of(hypervisor)) }
        if name.isEmpty, !fingerprint.hostname.isEmpty { parts.append("host \(PlainText.of(fingerprint.hostname))") }
        return parts.isEmpty ? "machine not stated" : parts.joined(separator: ", ")
    }

    /// Whether runs of both belong into one series: the gate would compare them (``MachineMatch``), and both say
    /// equally much, so that "alike" holds between any two of a series. Machines that name no processor are told apart
    /// by their hosts.
    static func areAlike(_ a: MachineFingerprint, _ b: MachineFingerprint) -> Bool {
        func says(_ machine: MachineFingerprint) -> [Bool] {
            [
                machine.architecture.isEmpty, machine.processor.isEmpty, machine.processorName.isEmpty,
                machine.logicalCPUs > 0, machine.ticksPerSecond > 0, machine.readsCycleCounter == nil,
            ]
        }
        guard says(a) == says(b), !a.processor.isEmpty || a.hostname == b.hostname else { return false }
        return MachineMatch(a, b).differences.isEmpty
    }
}

/// The machines of a store, and which of them a run comes from.
struct MachineRegister {
    private(set) var machines: [StoredMachine]

    init(_ machines: [StoredMachine] = []) { self.machines = machines }

    init(_ database: Database) throws {
        let rows = try Row.fetchAll(database, sql: "SELECT id, fingerprint FROM machine ORDER BY id")
        machines = rows.compactMap { row in
            let text: String = row[1]
            guard let fingerprint = Self.fingerprint(text) else { return nil }
            return StoredMachine(number: row[0], fingerprint: fingerprint)
        }
    }

    func number(of fingerprint: MachineFingerprint) -> Int64? {
        machines.first { StoredMachine.areAlike($0.fingerprint, fingerprint) }?.number
    }

    /// The number of a machine, which is kept when it is a new one.
    mutating func register(_ fingerprint: MachineFingerprint, in database: Database) throws -> Int64 {
        if let number = number(of: fingerprint) { return number }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let text = String(decoding: try encoder.encode(fingerprint), as: UTF8.self)
        try database.execute(sql: "INSERT INTO machine (fingerprint) VALUES (?)", arguments: [text])
        let number = database.lastInsertedRowID
        machines.append(StoredMachine(number: number, fingerprint: fingerprint))
        return number
    }

    /// The same, without a store that could be written to.
    mutating func register(_ fingerprint: MachineFingerprint) -> Int64 {
        if let number = number(of: fingerprint) { return number }
        let number = (machines.map(\.number).max() ?? 0) + 1
        machines.append(StoredMachine(number: number, fingerprint: fingerprint))
        return number
    }

    private static func fingerprint(_ text: String) -> MachineFingerprint? {
        try? JSONDecoder().decode(MachineFingerprint.self, from: Data(text.utf8))
    }
}
