internal import Glibc
internal import PerfEvents
package import ProfileModel
internal import Sampling
package import Symbolization

/// What to read of a recording that perf made, and with what.
package struct ImportPlan: Sendable {
    /// The event to read; nil for the first one of the file.
    package var event: String?
    /// Root folder under which the recorded paths lie; nil for this machine's.
    package var symfs: String?
    package var unwinder: Unwinder = .auto
    package var symbolization = SymbolizationOptions()
    package var comments: [String] = []

    package init() {}
}

/// What came of an import.
package struct ImportResult: Sendable {
    package var profile: Profile
    /// The event that was read.
    package var event: String
    package var warnings: [String]
    /// Bytes of the recording.
    package var bytes: UInt64
    /// What the profile was made with. Freeing all of it takes a while, which a process that ends need not wait for.
    package var remains: any AnyObject & Sendable
}

/// Used by nobody.
private final class Remains: @unchecked Sendable {
    private let members: [ImportMember]
    private let assembler: ProfileAssembler
    private let data: PerfDataFile

    init(members: [ImportMember], assembler: ProfileAssembler, data: PerfDataFile) {
        self.members = members
        self.assembler = assembler
        self.data = data
    }
}

/// Turns a recording of perf's into a profile: the same unwinding, naming and counting as for one of our own.
package struct Importer {
    private let data: PerfDataFile
    private let plan: ImportPlan
    private let eventIndex: Int
    package let notes: [String]

    /// Opens the recording.
    /// - Throws: ``PerfDataError``.
    package init(path: String, plan: ImportPlan) throws {
        data = try PerfDataFile(path: path)
        self.plan = plan
        let events = data.events
        let names = events.map(\.name)
        if let wanted = plan.event {
            guard let index = names.firstIndex(of: wanted) else {
                throw PerfDataError.unknownEvent(wanted, names: names)
            }
            eventIndex = index
        } else {
            // perf adds an event without samples that carries mappings and names.
            eventIndex = events.firstIndex { !$0.format.isDummy } ?? 0
        }
        let chosen = eventIndex
        if data.isForeign, events[chosen].format.callGraph == .registersAndStack {
            throw PerfDataError.foreign(data.path, architecture: data.facts.architecture)
        }
        var notes = data.notes
        let others = names.indices.filter { $0 != chosen && !events[$0].format.isDummy }.map { names[$0] }
        if plan.event == nil, !others.isEmpty {
            notes.append(
                "reads '\(names[chosen])'; the recording also has \(others.joined(separator: ", ")): see --event")
        }
        self.notes = notes
    }

    /// Reads, unwinds and names everything.
    /// - Parameter progress: is told how much of the file has been read, 0…1.
    /// - Throws: ``PerfDataError``.
    package func run(progress: (Double) -> Void) throws -> ImportResult {
        let files = RecordedFiles(
            data.facts, symfs: plan.symfs, debugDirectories: plan.symbolization.debugDirectories)
        let kernel = KernelNames(of: files)
        let modules = SharedModules(ModuleStore(files))
        let members = (0..<Self.memberCount).map { number in
            ImportMember(
                number, SampleAggregator(importing: modules, kernel: kernel, unwinder: plan.unwinder),
                PerfDataLoader(data, event: eventIndex))
        }
        var reader = PerfDataReader(data, event: eventIndex)
        try read(&reader, members, progress: progress)

        let format = data.events[eventIndex].format
        let event = EventSpecification.recorded(data.events[eventIndex].name, format)
        let assembler = ProfileAssembler(event: event, symbolization: plan.symbolization, kernel: kernel)
        var raw = Self.merge(members, naming: assembler)
        // Everybody has seen every record that is no sample.
        raw.quality.lost = members[0].aggregator.lostByRecords
        let times = members.compactMap(\.loader.sampleTimes)
        let first = times.map(\.lowerBound).min() ?? 0
        let last = times.map(\.upperBound).max() ?? 0
        let profile = assembler.assemble(raw, metadata: metadata(event, format, first...last))
        var warnings = self.warnings(reader, members, modules)
        warnings += Self.unique(files.warnings + assembler.warnings)
        return ImportResult(
            profile: profile, event: data.events[eventIndex].name, warnings: warnings,
            bytes: UInt64(data.byteCount), remains: Remains(members: members, assembler: assembler, data: data))
    }

    /// Stacks take memory for each.
    private static let memberCount = min(8, max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))))
    /// Enough that the records between them, which everybody reads, do not count; few enough to share out.
    private static let batchSize = 512

    private func read(
        _ reader: inout PerfDataReader, _ members: [ImportMember], progress: (Double) -> Void
    ) throws {
        let crew = ImportCrew(memberCount: members.count)
        // What has no thread is never waited for: this one takes all that is left.
        let threads = members.dropFirst().compactMap { member in
            JoinableThread { while member.work(for: crew) {} }
        }
        defer {
            crew.complete()
            while members[0].work(for: crew) {}
            for thread in threads { thread.join() }
        }
        try reader.scan(batchSize: Self.batchSize, progress: progress) { batch in
            if crew.add(batch) { _ = members[0].work(for: crew) }
        }
    }

    /// Puts the parts together, and names frames meanwhile.
    private static func merge(_ members: [ImportMember], naming assembler: ProfileAssembler) -> RawProfile {
        var merge = RawProfileMerge(members.map { $0.aggregator.takeProfile() })
        let frames = merge.profile
        // Used by nobody else until the thread has ended.
        nonisolated(unsafe) let namer = assembler
        let thread = JoinableThread { namer.name(frames) }
        merge.addSamples()
        thread?.join()
        return merge.profile
    }

    private static func unique(_ texts: [String]) -> [String] {
        var seen: Set<String> = []
        return texts.filter { seen.insert($0).inserted }
    }

    private func metadata(
        _ event: EventSpecification, _ format: RecordFormat, _ times: ClosedRange<UInt64>
    ) -> Profile.Metadata {
        var metadata = Profile.Metadata()
        metadata.durationNanoseconds = Int64(clamping: times.upperBound - times.lowerBound)
        let isClock = event.unit == "nanoseconds"
        metadata.periodType = SampleType(name: isClock ? "cpu" : event.name, unit: event.unit)
        if format.period > 0 {
            metadata.period = Int64(clamping: format.period)
        } else if isClock, format.frequency > 0 {
            metadata.period = Int64(clamping: 1_000_000_000 / format.frequency)
        }
        metadata.comments = plan.comments
        let facts = data.facts
        if !facts.commandLine.isEmpty {
            metadata.comments.append("recorded by: " + facts.commandLine.joined(separator: " "))
        }
        if !facts.hostName.isEmpty {
            metadata.comments.append(
                "recorded on: \(facts.hostName), Linux \(facts.kernelRelease), perf \(facts.perfVersion)")
        }
        return metadata
    }

    private func warnings(
        _ reader: borrowing PerfDataReader, _ members: [ImportMember], _ modules: SharedModules
    ) -> [String] {
        var warnings: [String] = []
        if reader.isCutShort { warnings.append("\(data.path) ends in the middle of a record") }
        let sum = { (count: (ImportMember) -> Int64) in members.reduce(0) { $0 + count($1) } }
        let malformed = Int64(reader.malformedCount) + sum { Int64($0.loader.malformedCount) + $0.aggregator.malformed }
        if malformed > 0 { warnings.append("\(malformed) records made no sense and were skipped") }
        let deep = sum { $0.aggregator.deeperThanCapture }
        if deep * 100 > sum({ $0.aggregator.received }) {
            warnings.append(
                "\(deep) stacks are deeper than what was recorded; record with a larger"
                    + " --call-graph dwarf,BYTES, or with 'tickscope record'")
        }
        let unreadable = modules.unreadablePaths.sorted()
        if let path = unreadable.first {
            let others = unreadable.count - 1
            warnings.append(
                "cannot find \(path)\(others > 0 ? " and \(others) other files" : ""): their frames end stacks")
        }
        return warnings
    }
}
