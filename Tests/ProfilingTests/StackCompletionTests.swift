import PerfEvents
import ProfileModel
import Profiling
import Sampling
import TestSupport
import Testing

/// What lies beyond the captured bytes is either proved or left out.
@Suite(
    .serialized, .enabled(if: Capability.perfEvents, "perf_event_open is not permitted"),
    .enabled(if: Capability.watchesMemory, "no debug registers to watch memory with"))
struct StackCompletionTests {
    /// Records with a capture that is far too small, and nothing but watched return addresses to make up for it.
    private func record(_ program: Program, bytes: UInt32, seconds: Double) throws -> Profile {
        var plan = RecordingPlan(duration: seconds)
        plan.completesStacks = true
        let layout = SampleLayout(callGraph: .registersAndStack(bytes: bytes), includesKernel: false)
        let recorder = try Recorder(
            SamplingConfiguration(
                target: .processes([program.pid]), event: .cpuClock, rate: .frequency(1999), layout: layout,
                inherits: true),
            plan: plan, stop: StopSignal(onAbort: {}), writeCheckpoint: { _ in })
        return try recorder.run(progress: { _ in }).profile
    }

    /// Stacks by name, leaf first, with their sample counts.
    private func stacks(_ profile: Profile) -> [(names: [String], count: Int64)] {
        profile.samples.stacks.indices.map { index in
            let frames = profile.stacks.frames(of: profile.samples.stacks[index])
            return (frames.map { profile.name(of: $0) }, profile.samples.values[0][index])
        }
    }

    @Test func standingFramesAreWonFromTheRunningProcess() throws {
        let target = try Fixture.deep.start("30")
        defer { target.kill() }
        let profile = try record(target, bytes: 16_384, seconds: 3)
        let quality = try #require(profile.metadata.quality)
        #expect(Double(quality.completed) >= 0.9 * Double(quality.received), "\(quality)")
        for (names, _) in stacks(profile) where names.last == "_start" {
            #expect(names.count { $0 == "deep_descend" } == 2000)
            #expect(names.count { $0 == "descend" } == 20)
        }
    }

    /// In turns of 60 ms most outer frames can be proved; in turns of 2 ms almost none stands long enough. In neither
    /// may one be taken for another.
    @Test(arguments: [60, 2])
    func framesThatChangeAreNeverMadeUp(milliseconds: Int) throws {
        let target = try Fixture.alternating.start("30", "\(milliseconds)")
        defer { target.kill() }
        let profile = try record(target, bytes: 4096, seconds: 4)
        let quality = try #require(profile.metadata.quality)
        #expect(quality.received > 2000)
        var proved: Int64 = 0
        for (names, count) in stacks(profile) {
            let isFirst = names.contains("leaf_first")
            let isSecond = names.contains("leaf_second")
            #expect(!(isFirst && names.contains("outer_second")), "\(count) samples")
            #expect(!(isSecond && names.contains("outer_first")), "\(count) samples")
            if isFirst && names.contains("outer_first") || isSecond && names.contains("outer_second") {
                proved += count
                #expect(names.count { $0 == "alternating_descend" } == 24)
            }
        }
        if milliseconds == 60 { #expect(proved > quality.received / 10, "\(proved) of \(quality.received)") }
    }
}
