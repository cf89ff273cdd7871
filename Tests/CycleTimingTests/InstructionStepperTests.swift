import CCycles
import CycleTiming
import Glibc
import TestSupport
import Testing

/// Stepping for real, of code whose instructions are known, and of code that does what steppers trip over.
@Suite("Instruction stepping", .serialized, .enabled(if: TimingCapability.x86))
struct InstructionStepperTests {
    @Test("An assembled loop has exactly its static count, a hundred times over")
    func knownLoop() {
        for rounds: UInt64 in [1, 2, 37] {
            for _ in 0..<100 {
                var step = ts_step()
                step.maximum_instructions = 1_000_000
                step.maximum_nanoseconds = 60_000_000_000
                #expect(ts_step_known_loop(&step, rounds) == 0)
                #expect(step.state == TS_STEP_COMPLETE && step.count == 3 * rounds)
            }
        }
    }

    @Test("An empty region counts nothing, and a kernel's further hundred instructions count 102")
    func differences() throws {
        let stepper = try InstructionStepper()
        #expect(try stepper.trace {}.count == 0)
        // From one loop, so that the compiler makes one region of it, with the length as a parameter.
        let counts = try [1, 2, 5].map { (hundreds: UInt64) in
            try stepper.trace { _ = ts_chain_add(ts_hide_word(hundreds)) }.count
        }
        // 100 additions, the decrement and the jump.
        #expect(counts[1] - counts[0] == 102)
        #expect(counts[2] - counts[0] == 4 * 102)
        #expect(counts[0] >= 102)
    }

    @Test("The path is where the code is: the same address hundred instructions on, the stack no deeper")
    func addresses() throws {
        let stepper = try InstructionStepper()
        let trace = try stepper.trace { _ = ts_chain_add(3) }
        #expect(!trace.isTruncated)
        #expect(trace.addresses.count == trace.count + trace.callOverhead)
        #expect(trace.stackPointers.count == trace.addresses.count)
        let visits = Dictionary(trace.addresses.map { ($0, 1) }, uniquingKeysWith: +)
        #expect(visits.values.filter { $0 == 3 }.count == 102)
        let loop = trace.addresses.indices.filter { visits[trace.addresses[$0]] == 3 }
        #expect(Set(loop.map { trace.stackPointers[$0] }).count == 1)
        let kernel: @convention(c) (UInt64) -> UInt64 = ts_chain_add
        let entry = UInt64(UInt(bitPattern: unsafeBitCast(kernel, to: UnsafeRawPointer.self)))
        #expect(loop.allSatisfy { trace.addresses[$0] &- entry < 1024 })
    }

    @Test("A region that calls the C library and the kernel counts the same every time")
    func libraryCalls() throws {
        let stepper = try InstructionStepper()
        let counts = try (0..<100).map { _ in
            try stepper.trace {
                let memory = malloc(1000)
                ts_keep_pointer(memory)
                free(memory)
                _ = getppid()
                _ = getppid()
            }.count
        }
        #expect(Set(counts.dropFirst(2)).count == 1, "\(Set(counts))")
        #expect(counts[99] > 20)
    }

    @Test("Each further system call counts as many instructions: none is lost in the kernel")
    func systemCalls() throws {
        let stepper = try InstructionStepper()
        let counts = try [1, 2, 3, 4].map { calls in
            try stepper.trace { for _ in 0..<calls { _ = getppid() } }.count
        }
        let further = zip(counts.dropFirst(), counts).map(-)
        #expect(Set(further).count == 1, "\(counts)")
        // mov, syscall and ret, and the call from the loop.
        #expect(further[0] >= 4 && further[0] < 30)
    }

    @Test("Threads, blocked signals, signal handlers and sleeps in the region neither kill nor hang")
    func demandingRegions() throws {
        let stepper = try InstructionStepper()
        let handled = signal(SIGUSR2) { _ in for word in 0..<1000 as Range<UInt64> { ts_keep_word(word) } }
        defer { signal(SIGUSR2, handled) }
        let threads = try stepper.trace {
            let thread = Semaphore()
            let competitor = Competitor(processor: -1)
            competitor.stop()
            thread.signal()
            thread.wait()
        }
        #expect(threads.count > 500)
        var all = sigset_t()
        var before = sigset_t()
        sigfillset(&all)
        let masked = try stepper.trace {
            sigprocmask(SIG_SETMASK, &all, &before)
            _ = getppid()
            sigprocmask(SIG_SETMASK, &before, nil)
        }
        #expect(masked.count > 10)
        var user = sigset_t()
        sigemptyset(&user)
        sigaddset(&user, SIGUSR2)
        let signaled = try stepper.trace {
            sigprocmask(SIG_UNBLOCK, &user, &before)
            raise(SIGUSR2)
            sigprocmask(SIG_SETMASK, &before, nil)
        }
        #expect(signaled.count < 2500, "the handler's thousand rounds are not counted")
        #expect(try stepper.trace { usleep(100) }.count > 3)
    }

    @Test("A child process goes its own way at full speed")
    func processes() throws {
        let stepper = try InstructionStepper()
        var status: Int32 = -1
        let trace = try stepper.trace {
            var child = pid_t()
            var arguments: [UnsafeMutablePointer<CChar>?] = [strdup("true"), nil]
            if posix_spawnp(&child, "true", nil, nil, &arguments, environ) == 0 { waitpid(child, &status, 0) }
            free(arguments[0])
        }
        #expect(status == 0 && trace.count > 100)
    }

    private struct Thrown: Error {}

    @Test("An error thrown out of the region comes out, and stepping has ended")
    func errors() throws {
        let stepper = try InstructionStepper()
        let handler = trapHandler()
        #expect(throws: Thrown.self) { try stepper.trace { throw Thrown() } }
        #expect(trapHandler() == handler)
        #expect(try stepper.trace {}.count == 0)
    }

    @Test(
        "A region that is left by a jump, by its thread's end or by execve ends there, not in a hang or a crash",
        .enabled(if: Capability.cCompiler))
    func jumps() throws {
        let left = TS_STEP_LEFT.rawValue
        let complete = TS_STEP_COMPLETE.rawValue
        let program = try Program.run([Fixture.steppedJumps.build()], timeout: 60)
        #expect(try program.wait() == .exited(0))
        #expect(
            program.output.lines == [
                "jumped \(left) default", "counted \(complete) default", "ended \(left) default", "executed",
            ])
    }

    @Test(
        "Without a frame pointer a jump may stay unnoticed, until the next region of the thread",
        .enabled(if: Capability.cCompiler))
    func unnoticedJumps() throws {
        let program = try Program.run([Fixture.steppedJumpsWithoutFrames.build()], timeout: 60)
        #expect(try program.wait() == .exited(0))
        #expect(
            program.output.lines.dropFirst() == [
                "counted \(TS_STEP_COMPLETE.rawValue) default", "ended \(TS_STEP_LEFT.rawValue) default", "executed",
            ])
    }

    @Test("More instructions or more time than allowed end in an error, with the work done")
    func limits() throws {
        let handler = trapHandler()
        let few = try InstructionStepper(maximumInstructions: 100)
        #expect(try few.trace {}.count == 0)
        var done = false
        #expect(throws: TimingError.self) {
            try few.trace {
                _ = ts_chain_add(1)
                done = true
            }
        }
        #expect(done)
        let short = try InstructionStepper(maximumSeconds: 0.01)
        do {
            _ = try short.trace { while true { if ts_chain_add(1000) > 0 { break } } }
            Issue.record("100,000 instructions were stepped in 10 ms")
        } catch let error as TimingError {
            #expect(error.code == .limit)
        }
        #expect(trapHandler() == handler)
    }

    @Test("Beyond the capacity instructions are counted but not kept")
    func truncation() throws {
        let stepper = try InstructionStepper(capacity: 50)
        let trace = try stepper.trace { _ = ts_chain_add(2) }
        #expect(trace.isTruncated && trace.addresses.count == 50 && trace.count > 204)
        let counting = try InstructionStepper(capacity: 0)
        #expect(try counting.trace { _ = ts_chain_add(2) }.count == trace.count)
    }

    @Test("A region that traces or that takes SIGTRAP is refused, and another's handler is put back")
    func conflicts() throws {
        let original = trapHandler()
        let stepper = try InstructionStepper()
        #expect(throws: TimingError.self) {
            try stepper.trace { _ = try? InstructionStepper() }
        }
        #expect(trapHandler() == original)
        let before = signal(SIGTRAP, SIG_DFL)
        defer { signal(SIGTRAP, before) }
        #expect(throws: TimingError.self) { try stepper.trace { signal(SIGTRAP, SIG_IGN) } }
        signal(SIGTRAP) { _ in foreignTraps.pointee += 1 }
        var trap = sigset_t()
        var mask = sigset_t()
        sigemptyset(&trap)
        sigaddset(&trap, SIGTRAP)
        pthread_sigmask(SIG_UNBLOCK, &trap, &mask)
        defer { pthread_sigmask(SIG_SETMASK, &mask, nil) }
        foreignTraps.pointee = 0
        _ = try stepper.trace { raise(SIGTRAP) }
        #expect(foreignTraps.pointee == 1)
        raise(SIGTRAP)
        #expect(foreignTraps.pointee == 2)
    }

    /// The handler of SIGTRAP now; nil for the default.
    private func trapHandler() -> UnsafeRawPointer? {
        var action = sigaction()
        sigaction(SIGTRAP, nil, &action)
        return unsafeBitCast(action.__sigaction_handler.sa_handler, to: UnsafeRawPointer?.self)
    }
}

/// SIGTRAPs that were not the stepper's.
private nonisolated(unsafe) let foreignTraps: UnsafeMutablePointer<Int> = {
    let count = UnsafeMutablePointer<Int>.allocate(capacity: 1)
    count.initialize(to: 0)
    return count
}()
