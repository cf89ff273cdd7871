import ProfileModel

/// Profiles that the tests of all formats share.
enum SampleProfiles {
    /// A small recording with everything that the model can hold.
    static var engine: Profile {
        var builder = ProfileBuilder(sampleTypes: [.samples, SampleType(name: "cpu", unit: "nanoseconds")])
        let libc = builder.intern(Module(path: "/usr/lib/libc.so.6", buildID: "feedface", kind: .library))
        let engine = builder.intern(Module(path: "/opt/engine/engine", buildID: "0123456789abcdef", kind: .executable))
        let kernel = builder.intern(Module(path: "[kernel.kallsyms]", kind: .kernel))
        func frame(
            _ name: String, _ module: ModuleID?, _ address: UInt64, line: Int32 = 0, kind: Frame.Kind = .user,
            inlined: Bool = false, mangled: String? = nil, file: String = ""
        ) -> FrameID {
            let function = builder.intern(
                Function(name: name, systemName: mangled, file: file, startLine: file.isEmpty ? 0 : 10))
            return builder.intern(
                Frame(
                    function: function, module: module, address: ModuleRelativeAddress(address), line: line,
                    column: line > 0 ? line + 1 : 0, kind: kind, isInlined: inlined))
        }
        let main = frame("main", engine, 0x1000)
        let run = frame("Engine::run()", engine, 0x1100, line: 42, mangled: "_ZN6Engine3runEv", file: "src/engine.cpp")
        let apply = frame("Book::apply", engine, 0x2000, line: 7, file: "src/book.cpp")
        let find = frame("Ladder::find", engine, 0x2000, line: 90, inlined: true, file: "src/ladder.h")
        let hint = frame("likely<bool>", engine, 0x2000, line: 3, inlined: true, file: "src/hint.h")
        let copy = frame("memcpy", libc, 0x9000)
        let send = frame("sendto", libc, 0x9100)
        let skb = frame("udp_sendmsg", kernel, 0xFFFF_FFFF_8100_0000, kind: .kernel)
        let cut = frame("[truncated: stack bytes]", nil, 0, kind: .marker)

        let hot = builder.intern(LabelSet(thread: "matching", tid: 101, process: "engine", pid: 100))
        let slow = builder.intern(
            LabelSet([
                .text("thread", "gateway"), .number("tid", 102), .number("latency", 1500, unit: "nanoseconds"),
                .text("span", ""),
            ]))
        func add(_ frames: [FrameID], _ labels: Int32, _ count: Int64) {
            builder.add(
                stack: builder.stack(rootFirst: frames), labelSet: labels, values: [count, count * 1_000_000])
        }
        add([main, run, apply, find, hint], hot, 500)
        add([main, run, apply], hot, 250)
        add([main, run, apply, copy], hot, 120)
        add([main, run, send, skb], slow, 100)
        add([cut, copy], slow, 30)

        var quality = RecordingQuality()
        quality.expected = 1005
        quality.received = 1000
        quality.lost = 5
        quality.truncated = 30
        quality.unnamed = 1
        quality.namedFrames = 4000
        quality.totalFrames = 4010
        builder.metadata.timeNanoseconds = 1_700_000_000_000_000_000
        builder.metadata.durationNanoseconds = 10_000_000_000
        builder.metadata.periodType = SampleType(name: "cpu-clock", unit: "nanoseconds")
        builder.metadata.period = 1_000_000
        builder.metadata.defaultSampleType = "cpu"
        builder.metadata.comments = ["tickscope 0.1.0", "host trading-7"]
        builder.metadata.quality = quality
        return builder.profile
    }

    /// A profile of random shape; the same for the same seed.
    static func random(seed: UInt64, samples: Int = 40) -> Profile {
        var random = SplitMix(seed: seed)
        func number(_ limit: Int) -> Int { Int(random.next() % UInt64(limit)) }
        var builder = ProfileBuilder(sampleTypes: [.samples, SampleType(name: "bytes", unit: "bytes")])
        let paths = ["/a/main", "/b/lib.so", "[kernel.kallsyms]", "[vdso]", "//anon", "/c/other", "[kernel]", ""]
        let kinds: [Module.Kind] = [.executable, .library, .kernel, .vdso, .anonymous]
        var modules = (0..<4).map { index in
            builder.intern(
                Module(
                    path: paths[number(paths.count)] + (index == 0 ? "" : "\(index)"), buildID: "",
                    kind: kinds[number(kinds.count)]))
        }
        modules.append(builder.intern(Module(path: "[kernel]", kind: .kernel)))
        func isKernel(_ module: ModuleID) -> Bool { builder.profile.modules[Int(module.rawValue)].kind == .kernel }
        let names = [
            "f", "ü;\n\"<&>", "g g", "operator()", "[truncated: x]", "[unknown]", "",
            "long " + String(repeating: "n", count: 300),
        ]
        for _ in 0..<samples {
            var stack = StackTable.root
            for _ in 0..<number(12) {
                let name = names[number(names.count)]
                let function = builder.intern(
                    Function(name: name, file: number(2) == 0 ? "" : "x.c", startLine: Int32(number(3))))
                let module = number(4) == 0 ? nil : modules[number(modules.count)]
                let kind: Frame.Kind =
                    if let module { isKernel(module) ? .kernel : .user } else if number(5) == 0 { .kernel } else {
                        Frame.isMarkerName(name) ? .marker : .user
                    }
                let address = ModuleRelativeAddress(number(3) == 0 ? .max : UInt64(number(1000)))
                // An inlined frame always follows the frame that it was inlined into.
                let outer = Frame(
                    function: function, module: module, address: address, line: Int32(number(9)), kind: kind)
                stack = builder.child(of: stack, frame: builder.intern(outer))
                for _ in 0..<number(3) where kind != .marker {
                    var inner = outer
                    inner.function = builder.intern(Function(name: "inlined\(number(3))"))
                    inner.isInlined = true
                    stack = builder.child(of: stack, frame: builder.intern(inner))
                }
            }
            let labels = builder.intern(
                LabelSet(
                    (0..<number(3)).map { .number("n\($0)", Int64(number(3)) - 1, unit: number(2) == 0 ? "" : "ns") }
                        + (number(2) == 0 ? [.text("t", number(2) == 0 ? "" : "x")] : [])))
            builder.add(stack: stack, labelSet: labels, values: [Int64(number(1000)), Int64(number(1000)) - 500])
        }
        return builder.profile
    }
}

/// A small generator with a seed, so that a failure can be repeated. Constants: Steele, Lea, Flood 2014.
struct SplitMix: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

extension Profile {
    /// Everything the profile says, in an order that does not depend on its tables.
    var facts: [String] {
        var lines = samples.stacks.indices.map { index in
            let path = stacks.frames(of: samples.stacks[index]).map { id in
                let frame = self.frames[Int(id.rawValue)]
                return "\(functions[Int(frame.function.rawValue)]) \(module(of: id) as Any) \(frame.address.rawValue) "
                    + "\(frame.line) \(frame.kind) \(frame.isInlined)"
            }
            return "\(path) \(labelSets[Int(samples.labelSets[index])]) \(samples.values.map { $0[index] })"
        }
        lines += modules.map { "\($0)" } + functions.map { "\($0)" }
        lines.sort()
        return ["\(sampleTypes)", "\(metadata)"] + lines
    }
}
