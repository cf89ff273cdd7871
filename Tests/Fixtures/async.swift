// An async function that the compiler cuts at each await: its parts are one function to a reader.

@inline(never) func leaf(_ value: Int) async -> Int {
    await Task.yield()
    return value &* 3
}

@inline(never) func outer(_ count: Int) async -> Int {
    var sum = 0
    for value in 0..<count { sum &+= await leaf(value) }
    return sum
}

print(await outer(CommandLine.arguments.count))
