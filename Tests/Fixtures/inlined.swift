// Inlined Swift: closures and generic functions that are specialized into their caller.

struct Level {
    var price: Int
    var size: Int
}

func notional(_ level: Level) -> Int { level.price &* level.size }

func clampTo<T: Comparable>(_ value: T, _ low: T, _ high: T) -> T { max(low, min(value, high)) }

@inline(never) func work(_ rounds: Int) -> Int {
    var levels: [Level] = []
    for index in 0..<rounds { levels.append(Level(price: index &* 7919 % 1000, size: clampTo(index, 1, 1000))) }
    return levels.map { notional($0) }.reduce(0, &+)
}

print(work(CommandLine.arguments.count * 1000))
