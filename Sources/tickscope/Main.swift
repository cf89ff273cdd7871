import ArgumentParser
import Glibc
import PerfEvents
import ProfileModel
import Profiling
import Sampling

@main struct Main: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "tickscope", subcommands: [Rec.self])
}
struct Rec: ParsableCommand {
    @Option(name: .short) var p: Int32?
    @Option(name: .short) var t: Int32?
    @Option(name: .short) var d: Double?
    @Option(name: .customShort("F")) var F: UInt64 = 999
    @Option var stack: UInt32 = 16384
    @Flag var fp = false
    @Flag var nokernel = false
    @Option(name: .short) var o: String = "/tmp/out.folded"
    @Argument(parsing: .captureForPassthrough) var command: [String] = []
    func run() throws {
        let target: SamplingConfiguration.Target = p.map { .processes([$0]) } ?? t.map { .thread($0) } ?? .command(command)
        let cfg = SamplingConfiguration(target: target, event: .cpuClock, rate: .frequency(F),
            layout: SampleLayout(callGraph: fp ? .framePointers : .registersAndStack(bytes: stack), includesKernel: !nokernel), inherits: true)
        let stop = StopSignal {}
        let rec = try Recorder(cfg, plan: RecordingPlan(duration: d), stop: stop) { _ in }
        for n in rec.session.notes { print("note:", n) }
        let r = try rec.run { _ in }
        print(r.profile.metadata.quality!, r.elapsedSeconds, r.ownCPUSeconds, r.warnings, rec.session.lateCount)
        let f = fopen(o, "w")!
        let p = r.profile
        for i in 0..<p.samples.count {
            let names = p.stacks.frames(of: p.samples.stacks[i]).reversed().map { p.name(of: $0) }
            fputs(names.joined(separator: ";") + " \(p.samples.values[0][i])\n", f)
        }
        fclose(f)
        if let c = rec.session.command { print(c.wait()) }
    }
}
