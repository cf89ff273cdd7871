import CCycles
import CycleTiming
import Glibc
import Synchronization

/// A thread that does nothing but keep one processor busy, until it is stopped.
final class Competitor: Sendable {
    private let stopped = Atomic(false)
    private let processor: Int
    private let ended = Semaphore()

    init(processor: Int) {
        self.processor = processor
        var thread = pthread_t()
        let context = Unmanaged.passRetained(self)
        let error = pthread_create(
            &thread, nil,
            { argument in
                let competitor = Unmanaged<Competitor>.fromOpaque(argument!).takeRetainedValue()
                competitor.run()
                return nil
            }, context.toOpaque())
        precondition(error == 0)
        pthread_detach(thread)
    }

    private func run() {
        try? ProcessorAffinity(processors: [processor]).apply()
        while !stopped.load(ordering: .relaxed) { ts_keep_word(0) }
        ended.signal()
    }

    func stop() {
        stopped.store(true, ordering: .relaxed)
        ended.wait()
    }
}

/// A counting semaphore of the C library.
final class Semaphore: @unchecked Sendable {
    private let semaphore = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

    init() { sem_init(semaphore, 0, 0) }

    deinit {
        sem_destroy(semaphore)
        semaphore.deallocate()
    }

    func signal() { sem_post(semaphore) }

    func wait() { while sem_wait(semaphore) != 0 {} }
}
