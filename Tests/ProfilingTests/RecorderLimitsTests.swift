import PerfEvents
import ProfileModel
import Profiling
import Sampling
import TestSupport
import Testing

/// Memory is bounded whatever the target does, and what does not fit is counted.
@Suite(.serialized, .enabled(if: Capability.perfEvents, "perf_event_open is not permitted"))
struct RecorderLimitsTests {
    private func record(_ limits: RecordingLimits) throws -> Profile {
        let target = try Fixture.split.start()
        defer { target.kill() }
        var plan = RecordingPlan(duration: 1)
        plan.limits = limits
        let layout = SampleLayout(callGraph: .registersAndStack(bytes: 16_384), includesKernel: false)
        let recorder = try Recorder(
            SamplingConfiguration(
                target: .processes([target.pid]), event: .cpuClock, rate: .frequency(999), layout: layout,
                inherits: true),
            plan: plan, stop: StopSignal(onAbort: {}), writeCheckpoint: { _ in })
        return try recorder.run(progress: { _ in }).profile
    }

    @Test func withinTheLimitsNothingIsDropped() throws {
        let quality = try #require(try record(RecordingLimits()).metadata.quality)
        #expect(quality.received > 500)
        #expect(quality.dropped == 0)
    }

    @Test(arguments: ["stackNodes", "frames", "samples"])
    func beyondALimitSamplesAreCountedUnderOneName(limit: String) throws {
        var limits = RecordingLimits()
        switch limit {
        case "stackNodes": limits.stackNodes = 1
        case "frames": limits.frames = 1
        default: limits.samples = 1
        }
        let profile = try record(limits)
        let quality = try #require(profile.metadata.quality)
        #expect(quality.received > 500)
        // The first sample is kept; it fills the table.
        #expect(quality.dropped >= quality.received - 2)
        #expect(profile.total(column: 0) == quality.received)
        #expect(profile.functions.contains { $0.name == "[dropped: recorder memory limit]" })
        #expect(profile.samples.count <= 3)
    }
}
