internal import PerfEvents
internal import ProfileModel
internal import Sampling
internal import Unwinding

/// Turns records into counted stacks as they arrive: unwinds each sample, interns its frames, adds to its stack's count.
///
/// Memory is bounded whatever the targets do: beyond ``RecordingLimits`` new stacks become one `[dropped…]` stack, counted.
struct SampleAggregator: RecordHandler, PerfDataHandler, ~Copyable {
    /// Deepest stack: what the largest capture can hold at two words a frame.
    private static let deepest = 4096

    private(set) var processes: ProcessTable
    private let modules: SharedModules
    private var raw = RawProfile()
    private var interner = FrameInterner()
    /// Nil for a recording that others made.
    private let attachment: Attachment?
    private let decoder: RecordDecoder
    private let unwinder: Unwinder
    private let limits: RecordingLimits
    private var table = TableEngine()
    private var captures: CaptureController?
    private let completion: StackCompletion?
    /// Nil where the kernel writes no tails.
    private var deepStacks: DeepStacks?
    private let stackTail: StackTail?
    private var trace = UnwindTrace(capacity: SampleAggregator.deepest)
    private var libunwind = LibunwindEngine()
    private var framePointers = FramePointerEngine()
    private let pcs = UnsafeMutableBufferPointer<UInt64>.allocate(capacity: SampleAggregator.deepest)
    private let registers = UnsafeMutableBufferPointer<UInt64>.allocate(capacity: UserRegisters.count)

    private var code: [Int32: ProcessCode] = [:]
    private var nextSerial: UInt32 = 1
    private var threadIndexes: [Int32: Int32] = [:]
    /// stack << 32 | thread → position in the sample columns.
    private var sampleIndexes = IndexTable()
    /// The next sample's place in the order of a recording that others made.
    var ordinal: UInt64 = 0

    private(set) var received: Int64 = 0
    /// Bytes of all records.
    private(set) var recordBytes: Int64 = 0
    private(set) var duplicates: Int64 = 0
    private(set) var lostByRecords: Int64 = 0
    private(set) var lostSideband: Int64 = 0
    private(set) var malformed: Int64 = 0
    /// Samples whose stack goes on beyond the captured bytes, completed ones excluded.
    private(set) var deeperThanCapture: Int64 = 0
    /// Frames that the kernel's frame-pointer chain gave, proved by the tables.
    private(set) var chainedFrames: Int64 = 0
    /// Samples in functions without an unwind entry whose caller was proved otherwise.
    private(set) var recoveredLeaves: Int64 = 0

    /// For a recording that others made.
    /// - Parameters:
    ///   - modules: shared with other threads' parts of the same recording.
    ///   - kernel: told when the first frame in the kernel is met.
    init(importing modules: SharedModules, kernel: KernelNames, unwinder: Unwinder) {
        interner.kernel = kernel
        self.unwinder = unwinder
        limits = RecordingLimits()
        processes = ProcessTable(isLive: false)
        self.modules = modules
        attachment = nil
        decoder = RecordDecoder(layout: SampleLayout(callGraph: .framePointers, includesKernel: true))
        stackTail = nil
        completion = nil
        registers.initialize(repeating: 0)
        pcs.initialize(repeating: 0)
    }

    init(attachment: Attachment, layout: SampleLayout, plan: RecordingPlan) {
        processes = ProcessTable()
        modules = SharedModules()
        unwinder = plan.unwinder
        limits = plan.limits
        self.attachment = attachment
        decoder = RecordDecoder(layout: layout)
        captures =
            plan.adaptsCapture
            ? CaptureController(
                startingWith: layout.userStackBytes, frequency: plan.frequency, attachment: attachment) : nil
        stackTail = attachment.stackTail
        if stackTail != nil { deepStacks = DeepStacks() }
        let completes = plan.completesStacks && plan.unwinder.isResumable && attachment.hasRoomToSpare
        completion = completes ? StackCompletion() : nil
        registers.initialize(repeating: 0)
        pcs.initialize(repeating: 0)
    }

    deinit {
        pcs.deallocate()
        registers.deallocate()
    }

    /// Files that are executed but could not be read.
    var unreadablePaths: [String] { modules.unreadablePaths }

    /// Learns the mappings of a running process and opens their files.
    mutating func discover(_ pid: Int32) {
        processes.discover(pid)
        _ = makeCode(pid)
    }

    /// Everything so far, as a value.
    func snapshot() -> RawProfile { finished(raw) }

    /// Everything, which is nobody else's; leaves nothing.
    mutating func takeProfile() -> RawProfile {
        var taken = RawProfile()
        swap(&taken, &raw)
        return finished(taken)
    }

    private func finished(_ raw: consuming RawProfile) -> RawProfile {
        var copy = raw
        copy.frames = interner.frames
        copy.modules = modules.modules
        copy.quality.received = received
        copy.quality.completed = completion?.completedSamples ?? 0
        for index in copy.threads.indices {
            let pid = copy.threads[index].pid
            if let name = processes.name(ofThread: pid) { copy.threads[index].processName = name }
        }
        return copy
    }

    /// Frames won beyond the captured bytes.
    var completedFrames: Int64 { completion?.completedFrames ?? 0 }

    /// Whether the next records should be looked at soon: deep stacks may outgrow their captures, or wait to be watched.
    var isEager: Bool { (captures?.hasDeepGroups ?? false) || (completion?.isWaiting ?? false) }

    /// Does what must not be done between records: replaces events, watches stacks.
    mutating func settle() {
        captures?.settleRequests()
        completion?.arm(engine: &table) { [code] pid in code[pid]?.unwindSpace }
    }

    // MARK: Records

    // hot: per record
    mutating func handle(kind header: RecordHeader, bytes: UnsafeRawBufferPointer, time: UInt64) {
        recordBytes += Int64(bytes.count)
        guard header.kind == .sample else {
            if let record = decoder.sideband(bytes, header: header) { handle(record, time: time) }
            return
        }
        if let stackTail, let id = RecordDecoder.eventID(ofSample: bytes), stackTail.isTail(eventID: id) {
            if let tail = RecordDecoder.stackTail(bytes) { deepStacks?.add(tail) } else { malformed += 1 }
            return
        }
        guard let sample = decoder.sample(bytes) else {
            malformed += 1
            return
        }
        if let attachment, !attachment.accepts(eventID: sample.eventID, tid: sample.tid) {
            duplicates += 1
            return
        }
        handle(sample, callGraph: decoder.layout.hasUserRegisters ? .registersAndStack : .chain)
    }

    // hot: per sample
    mutating func handle(_ sample: SampleView, callGraph: RecordFormat.CallGraph) {
        received += 1
        add(sample, callGraph: callGraph)
    }

    mutating func handle(_ record: SidebandRecord, time: UInt64) {
        attachment?.note(record, time: time)
        let change = processes.apply(record, time: time)
        switch record {
        case .lost(let id, let count):
            if attachment?.isSampling(eventID: id) ?? true {
                lostByRecords += Int64(clamping: count)
            } else {
                lostSideband += Int64(clamping: count)
            }
        case .throttle: raw.quality.throttled += 1
        case .comm(let task, let name, let isExec):
            if isExec {
                completion?.forget(thread: task.tid)
                code[task.pid] = nil
                threadIndexes[task.tid] = nil
            } else if let index = threadIndexes[task.tid] {
                raw.threads[Int(index)].name = name
            }
        case .exit(let task, _):
            threadIndexes[task.tid] = nil
            completion?.forget(thread: task.tid)
        case .fork(let child, let parent):
            threadIndexes[child.tid] = nil
            // A new process may have the number of one that ended unseen.
            if child.pid != parent.pid { code[child.pid] = nil }
        case .mapping(let record): if record.task.pid == -1 { modules.note(kernel: record) }
        case .unthrottle: break
        }
        switch change {
        case .none: break
        case .mapped(let pid, let mapping):
            code[pid] = nil
            // Open the file now, while the process has it: it may exit before its first sample.
            if attachment != nil { modules.open(mapping, process: pid) }
        case .exited(let pid): code[pid] = nil
        }
    }

    // MARK: Samples

    // hot: per sample
    private mutating func add(_ sample: SampleView, callGraph: RecordFormat.CallGraph) {
        let thread = threadIndex(sample)
        let stack = stack(of: sample, callGraph: callGraph)
        let key = UInt64(UInt32(bitPattern: stack.rawValue)) << 32 | UInt64(UInt32(bitPattern: thread))
        let index = Int(sampleIndexes.insert(key, Int32(raw.sampleStacks.count)))
        if attachment == nil { ordinal += 1 }
        if index < raw.sampleStacks.count {
            raw.sampleCounts[index] += 1
            raw.samplePeriods[index] &+= Int64(truncatingIfNeeded: sample.period)
            return
        }
        raw.sampleStacks.append(stack)
        raw.sampleThreads.append(thread)
        raw.sampleCounts.append(1)
        raw.samplePeriods.append(Int64(truncatingIfNeeded: sample.period))
        if attachment == nil { noteOrdinal() }
    }

    /// Keeps when the newest sample and what is new with it were met.
    private mutating func noteOrdinal() {
        raw.sampleOrdinals.append(ordinal)
        while raw.frameOrdinals.count < interner.frames.count { raw.frameOrdinals.append(ordinal) }
        while raw.threadOrdinals.count < raw.threads.count { raw.threadOrdinals.append(ordinal) }
    }

    private mutating func threadIndex(_ sample: SampleView) -> Int32 {
        if let index = threadIndexes[sample.tid] { return index }
        let index = Int32(min(raw.threads.count, limits.threads))
        if index < limits.threads {
            // A task that is being reaped has no number any more.
            let name = sample.tid > 0 ? processes.name(ofThread: sample.tid) : "[exiting]"
            let process = sample.pid > 0 ? processes.name(ofThread: sample.pid) : "[exiting]"
            raw.threads.append(
                RawProfile.Thread(
                    pid: sample.pid, tid: sample.tid, name: name ?? "[unknown]", processName: process ?? "[unknown]"))
        } else if raw.threads.count == limits.threads {
            raw.threads.append(RawProfile.Thread(pid: -1, tid: -1, name: "[others]", processName: "[others]"))
        }
        threadIndexes[sample.tid] = index
        return index
    }

    private mutating func stack(of sample: SampleView, callGraph: RecordFormat.CallGraph) -> StackTable.ID {
        let isFull =
            raw.stacks.count >= limits.stackNodes || interner.frames.count >= limits.frames
            || raw.sampleStacks.count >= limits.samples
        if isFull {
            raw.quality.dropped += 1
            let marker = interner.intern(RawFrame(kind: .marker(.memoryLimit)))
            return raw.stacks.child(of: StackTable.root, frame: marker)
        }
        let chain = CallchainParts(sample.callchain)
        var stack = StackTable.root
        switch callGraph {
        case .registersAndStack: stack = userStack(byUnwinding: sample, chain: chain.user)
        case .chain: stack = userStack(chain: chain.user, of: sample, isWhole: true)
        case .address: stack = userStack(chain: chain.user, of: sample, isWhole: false)
        }
        var index = chain.kernel.count - 1
        while index >= 0 {
            // Only the first address is where the CPU was; the others are where it will return to.
            let pc = index == 0 ? chain.kernel[0] : chain.kernel[index] &- 1
            let frame =
                interner.cached(pc, serial: FrameInterner.kernelSerial)
                ?? interner.intern(
                    RawFrame(kind: .kernel, address: pc), pc: pc, serial: FrameInterner.kernelSerial)
            stack = raw.stacks.child(of: stack, frame: frame)
            index -= 1
        }
        return stack
    }

    private mutating func userStack(
        byUnwinding sample: SampleView, chain: UnsafeBufferPointer<UInt64>
    ) -> StackTable.ID {
        switch sample.registersABI {
        case .none: return StackTable.root  // a task without user memory: kernel frames only, and complete
        case .bits32: return marked(.notNative, module: -1)
        case .bits64: break
        }
        guard let code = processCode(sample.pid) else { return marked(.noModule, module: -1) }
        sample.copyRegisters(to: registers)
        var result = unwind(sample.stack, chain: chain, space: code.unwindSpace)
        if result.isLeafRecovered { recoveredLeaves += 1 }
        chainedFrames += Int64(result.chainedFrames)
        let fitsRecord = result.end != .stackBytes
        if stackTail != nil {
            if fitsRecord {
                deepStacks?.pass(sample.tid)
            } else if let whole = deepStacks?.join(sample, stackPointer: registers[UserRegisters.stackPointer]) {
                result = unwind(whole, chain: chain, space: code.unwindSpace)
            }
        }
        let isShort = result.end == .stackBytes
        if isShort, let completion { complete(sample, with: completion, code: code, result: &result) }
        let stack = push(frameCount: result.frameCount, marker: Marker(result.end), code: code)
        if captures != nil { adaptCapture(sample, chain: chain, isShort: isShort, space: code.unwindSpace) }
        return stack
    }

    private mutating func unwind(
        _ stack: UnsafeRawBufferPointer, chain: UnsafeBufferPointer<UInt64>, space: UnwindSpace
    ) -> UnwindResult {
        switch unwinder {
        case .auto, .table:
            table.unwindRecoveringLeaf(registers: registers, stack: stack, chain: chain, space: space, output: pcs)
        case .libunwind:
            libunwind.unwindRecoveringLeaf(registers: registers, stack: stack, space: space, output: pcs)
        case .fp:
            framePointers.unwind(
                registers: UnsafeBufferPointer(registers), stack: stack, space: space, output: pcs)
        }
    }

    /// Adds the frames beyond the captured bytes, where they are proved.
    private mutating func complete(
        _ sample: SampleView, with completion: StackCompletion, code: ProcessCode, result: inout UnwindResult
    ) {
        let plain = table.trace(
            registers: UnsafeBufferPointer(registers), stack: sample.stack, space: code.unwindSpace, output: pcs,
            into: &trace)
        let count = completion.complete(
            trace, process: sample.pid, thread: sample.tid, time: sample.time,
            stackPointer: registers[UserRegisters.stackPointer], output: pcs)
        if let count {
            result = UnwindResult(frameCount: count, end: .root)
        } else if result.frameCount > plain.frameCount {
            // The trace has gone over the chain's frames.
            _ = unwind(sample.stack, chain: CallchainParts(sample.callchain).user, space: code.unwindSpace)
        }
    }

    private mutating func adaptCapture(
        _ sample: SampleView, chain: UnsafeBufferPointer<UInt64>, isShort: Bool, space: UnwindSpace
    ) {
        guard case .tryBytes(let bytes)? = captures?.note(eventID: sample.eventID, isShort: isShort) else { return }
        let part = UnsafeRawBufferPointer(rebasing: sample.stack.prefix(Int(bytes)))
        let trial = unwind(part, chain: chain, space: space)
        captures?.didTry(eventID: sample.eventID, isComplete: trial.end != .stackBytes)
    }

    /// - Parameter isWhole: the chain was meant to reach the thread's entry.
    private mutating func userStack(
        chain: UnsafeBufferPointer<UInt64>, of sample: SampleView, isWhole: Bool
    ) -> StackTable.ID {
        guard !chain.isEmpty else { return StackTable.root }
        guard let code = processCode(sample.pid) else { return marked(.noModule, module: -1) }
        var count = 0
        for pc in chain.prefix(pcs.count) {
            pcs[count] = count == 0 ? pc : pc &- 1
            count += 1
        }
        let isComplete = !isWhole || code.isOutermost(pcs[count - 1])
        return push(frameCount: count, marker: isComplete ? nil : .framePointers, code: code)
    }

    /// The stack of the program counters in the buffer, below a marker when it is not complete.
    private mutating func push(frameCount: Int, marker: Marker?, code: ProcessCode) -> StackTable.ID {
        var stack = StackTable.root
        if let marker {
            let place = frameCount > 0 ? code.place(pcs[frameCount - 1])?.module : nil
            stack = marked(marker, module: marker == .stackBytes || marker == .depth ? -1 : place ?? -1)
        }
        var index = frameCount - 1
        while index >= 0 {
            let pc = pcs[index]
            let frame = interner.cached(pc, serial: code.serial) ?? internUser(pc, code: code)
            stack = raw.stacks.child(of: stack, frame: frame)
            index -= 1
        }
        return stack
    }

    private mutating func internUser(_ pc: UInt64, code: ProcessCode) -> FrameID {
        let place = code.place(pc)
        let frame = RawFrame(kind: .user, module: place?.module ?? -1, address: place?.address ?? pc)
        return interner.intern(frame, pc: pc, serial: code.serial)
    }

    private mutating func marked(_ marker: Marker, module: Int32) -> StackTable.ID {
        raw.quality.truncated += 1
        if marker == .stackBytes { deeperThanCapture += 1 }
        let frame = interner.intern(RawFrame(kind: .marker(marker), module: module))
        return raw.stacks.child(of: StackTable.root, frame: frame)
    }

    // MARK: Address spaces

    private mutating func processCode(_ pid: Int32) -> ProcessCode? {
        if let known = code[pid] { return known }
        return makeCode(pid)
    }

    private mutating func makeCode(_ pid: Int32) -> ProcessCode? {
        processes.discover(pid)
        guard let process = processes.processes[pid] else { return nil }
        if code.count >= limits.processes { code.removeAll() }
        nextSerial &+= 1
        let made = modules.code(of: process.space, process: pid, serial: nextSerial)
        code[pid] = made
        return made
    }
}

extension Marker {
    /// The marker for an unwind's end; nil for a complete stack.
    init?(_ end: UnwindEnd) {
        switch end {
        case .root: return nil
        case .stackBytes: self = .stackBytes
        case .noUnwindInfo: self = .noUnwindInfo
        case .noModule: self = .noModule
        case .badUnwindInfo: self = .badUnwindInfo
        case .unsupportedRule: self = .unsupportedRule
        case .depth: self = .depth
        }
    }
}
