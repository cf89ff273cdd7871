import ProfileFormats
import ProfileModel
import Testing

@Suite struct PprofTests {
    private func roundTrip(_ profile: Profile) throws -> Profile {
        try PprofFormat().decode(try PprofFormat().encode(profile))
    }

    @Test func decodingWhatWasEncodedLosesNothing() throws {
        let profile = SampleProfiles.engine
        #expect(try roundTrip(profile).facts == profile.facts)
    }

    @Test func profilesOfAnyShapeLoseNothing() throws {
        for seed in UInt64(0)..<200 {
            let profile = SampleProfiles.random(seed: seed)
            #expect(try roundTrip(profile).facts == profile.facts, "seed \(seed)")
        }
    }

    @Test func equalProfilesAreEqualFiles() throws {
        let once = try PprofFormat().encode(SampleProfiles.engine)
        #expect(try PprofFormat().encode(SampleProfiles.engine) == once)
        #expect(try PprofFormat().encode(try roundTrip(SampleProfiles.engine)).count == once.count)
    }

    @Test func collapsedFilesSurviveTheDetour() throws {
        let text = "a;b_[k];c_[k] 3\na;d_[i] 4\n[truncated: stack bytes];e 5\n"
        let profile = try CollapsedFormat().decode(Array(text.utf8))
        let lines = String(decoding: try CollapsedFormat().encode(try roundTrip(profile)), as: UTF8.self)
        #expect(Set(lines.split(separator: "\n")) == Set(text.split(separator: "\n")))
    }

    @Test func detectedWithAndWithoutCompression() throws {
        let plain = try PprofFormat().encodeUncompressed(SampleProfiles.engine)
        #expect(try FormatRegistry.decode(plain).facts == SampleProfiles.engine.facts)
        #expect(try FormatRegistry.decode(GzipCoding.deflate(plain)).facts == SampleProfiles.engine.facts)
    }

    /// A file as another producer may write it: absolute addresses, no inlining, a location without functions.
    @Test func absoluteAddressesBecomeModuleRelative() throws {
        var bytes: [UInt8] = []
        bytes += [0x0A, 4, 0x08, 1, 0x10, 2]  // sample_type {samples, count}
        bytes += [0x12, 6, 0x0A, 1, 1, 0x12, 1, 9]  // sample: location 1, value 9
        bytes += [0x1A, 10, 0x08, 1, 0x10, 0x80, 0x20, 0x20, 0x80, 0x02, 0x28, 3]  // mapping 0x1000, offset 0x100
        bytes += [0x22, 7, 0x08, 1, 0x10, 1, 0x18, 0x85, 0x20]  // location 1 in mapping 1 at 0x1005
        bytes += [0x32, 0, 0x32, 7] + Array("samples".utf8) + [0x32, 5] + Array("count".utf8)
        bytes += [0x32, 6] + Array("/bin/x".utf8)
        let profile = try PprofFormat().decode(bytes)
        #expect(profile.frames.map(\.address.rawValue) == [0x105])
        #expect(profile.functions.map(\.name) == ["0x1005"])
        #expect(profile.modules == [Module(path: "/bin/x", kind: .executable)])
        #expect(profile.samples.values == [[9]])
    }

    @Test func deepStacks() throws {
        let deep = (0..<10_000).map { "f\($0)" }.joined(separator: ";")
        let profile = try CollapsedFormat().decode(Array("\(deep) 3\n\(deep);leaf 1\n".utf8))
        #expect(try roundTrip(profile).facts == profile.facts)
    }

    @Test(.enabled(if: ExternalTool.find("go") != nil, "go is not installed"))
    func goReadsOurNumbers() throws {
        let go = try #require(ExternalTool.find("go"))
        let file = TemporaryFolder()
        try AtomicFile.write(try PprofFormat().encode(SampleProfiles.engine), to: file.path("engine.pb.gz"))
        let top = try go.run([
            "tool", "pprof", "-top", "-sample_index=samples", "-nodecount=20", file.path("engine.pb.gz"),
        ])
        for row in [
            "500 50.00% 50.00%        500 50.00%  likely (inline)", "250 25.00%", "870 87.00%  Book::apply",
            "150 15.00% 90.00%        150 15.00%  memcpy", "970 97.00%  Engine::run()",
            "100 10.00%   100%        100 10.00%  udp_sendmsg",
        ] {
            #expect(top.contains(row), "\(row) in\n\(top)")
        }
        let raw = try go.run(["tool", "pprof", "-raw", file.path("engine.pb.gz")])
        for fact in [
            "PeriodType: cpu-clock nanoseconds", "Period: 1000000", "Duration: 10",
            "samples/count cpu/nanoseconds[dflt]", "1: 0x0/0x3000/0x0 /opt/engine/engine 0123456789abcdef [FN]",
            "latency:[1500 nanoseconds]", "thread:[matching]", "src/ladder.h:90",
        ] {
            #expect(raw.contains(fact), "\(fact) in\n\(raw)")
        }
    }
}
