internal import CTasks
internal import Glibc

/// Watches the exit of some processes or of one thread, through descriptors that become readable.
package final class TargetWatch {
    private var descriptors: [Int32: Int32] = [:]
    /// Targets for which the kernel gives no descriptor; looked up in procfs instead.
    private var polled: Set<Int32> = []

    package init(processes: [Int32], thread: Int32?) {
        for pid in processes { open(pid, isThread: false) }
        if let thread { open(thread, isThread: true) }
    }

    deinit { for file in descriptors.values { close(file) } }

    private func open(_ id: Int32, isThread: Bool) {
        let file = ts_pidfd_open(id, isThread ? 1 : 0)
        if file >= 0 {
            descriptors[id] = file
        } else if file != -ESRCH {
            polled.insert(id)
        }
    }

    /// Descriptors of the targets that still run.
    package var pollDescriptors: [Int32] { Array(descriptors.values) }

    /// Drops what has ended. Call when a descriptor is readable, and now and then.
    package func update() {
        for (id, file) in descriptors {
            var request = pollfd(fd: file, events: Int16(POLLIN), revents: 0)
            if poll(&request, 1, 0) > 0 {
                close(file)
                descriptors[id] = nil
            }
        }
        polled = polled.filter { ProcessFiles.status(of: $0).map { !$0.isDead } ?? false }
    }

    package var haveAllEnded: Bool { descriptors.isEmpty && polled.isEmpty }
}
