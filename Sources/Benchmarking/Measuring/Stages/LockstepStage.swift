internal import CCycles
internal import Glibc

/// Measures one epoch whenever it is told to, so that two programs can take turns on one CPU.
///
/// Commands and answers are words of 64 bits in this machine's byte order. First the stage says how many ticks an
/// operation takes (a double). A command is a number of rounds, 0 for the end; the answer to it is the ticks of an epoch
/// of that many rounds of ``TS_COPIES_TWICE`` operations, or of single ones when the highest bit is set. A quarter as
/// many come first, unmeasured: the other program has just used the caches. None comes before fewer than four single
/// operations, which are long.
final class LockstepStage: MeasurementStage {
    private let warmUp: WarmUpStage
    private let commands: Int32
    private let answers: Int32
    private var hasGreeted = false
    private var rounds: UInt64 = 0
    private var isSingle = false
    private var isMeasuring = false

    init(after warmUp: WarmUpStage, commands: Int32, answers: Int32) {
        self.warmUp = warmUp
        self.commands = commands
        self.answers = answers
    }

    func next() -> ts_assignment? {
        if !hasGreeted {
            hasGreeted = true
            send(warmUp.operationTicks.bitPattern)
        }
        if rounds == 0 {
            let command = receive()
            rounds = command & ~WorkerRequest.singleOperations
            isSingle = command != rounds
            isMeasuring = isSingle && rounds < 4
            if rounds == 0 { return nil }
        }
        var assignment = ts_assignment()
        assignment.kind = Int32(isSingle ? TS_ASSIGNMENT_PLAIN : TS_ASSIGNMENT_TWICE)
        assignment.rounds = isMeasuring ? rounds : max(1, rounds / 4)
        return assignment
    }

    func finish(ticks: UInt64) {
        if isMeasuring {
            send(ticks)
            rounds = 0
        } else {
            isMeasuring = true
        }
    }

    private func send(_ word: UInt64) {
        var word = word
        // Whoever asked is gone when this fails; the next command then is the end.
        while write(answers, &word, 8) < 0 && errno == EINTR {}
    }

    private func receive() -> UInt64 {
        var word: UInt64 = 0
        while true {
            let count = read(commands, &word, 8)
            if count == 8 { return word }
            if count >= 0 || errno != EINTR { return 0 }
        }
    }
}
