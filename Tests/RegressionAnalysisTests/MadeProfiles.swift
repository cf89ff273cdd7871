import ProfileModel
import RegressionAnalysis
import Statistics

/// Profiles drawn at random from a program whose costs are known.
struct MadeProgram {
    /// Stacks such as `main;run;decode` and what each costs.
    var costs: [(stack: String, cost: Double)]

    /// Forty functions of 0.1 % to some 20 %, three to six frames deep.
    static var engine: MadeProgram {
        var costs: [(String, Double)] = []
        for index in 0..<40 {
            let area = ["decode", "book", "send", "risk"][index % 4]
            let deep = index % 3 == 0 ? ";step\(area);inner\(area)" : ""
            costs.append(("main;loop;\(area)\(deep);f\(index)", 20 / Double(index + 1)))
        }
        return MadeProgram(costs: costs + [("main;loop", 3), ("main;loop;book", 2), ("idle;wait", 4)])
    }

    /// The same with the cost of stacks changed that end in a function.
    func scaling(_ function: String, by factor: Double) -> MadeProgram {
        MadeProgram(costs: costs.map { ($0.stack, $0.stack.hasSuffix(";\(function)") ? $0.cost * factor : $0.cost) })
    }

    /// The same with other stacks.
    func mapping(_ body: (String) -> String) -> MadeProgram {
        MadeProgram(costs: costs.map { (body($0.stack), $0.cost) })
    }

    /// Independent samples: a multinomial draw.
    /// - Parameter noise: standard deviation of the logarithm of each stack's cost in this run.
    func sample(_ count: Int, noise: Double = 0, _ generator: inout RepeatableGenerator) -> Profile {
        var bounds: [Double] = []
        var sum = 0.0
        for (_, cost) in costs {
            // Near enough to exp for a small noise, and positive.
            sum += noise > 0 ? cost * max(0.1, 1 + noise * generator.normal()) : cost
            bounds.append(sum)
        }
        var counts = [Int64](repeating: 0, count: costs.count)
        for _ in 0..<count {
            let place = generator.uniform() * sum
            var (low, high) = (0, bounds.count - 1)
            while low < high {
                let middle = (low + high) / 2
                if bounds[middle] > place { high = middle } else { low = middle + 1 }
            }
            counts[low] += 1
        }
        return Self.profile(zip(costs, counts).map { ($0.0.stack, $0.1) })
    }

    /// A profile in which each sample stands for a millisecond.
    static func profile(_ stacks: [(String, Int64)], event: String = "cpu") -> Profile {
        var builder = ProfileBuilder(sampleTypes: [.samples, SampleType(name: event, unit: "nanoseconds")])
        let labels = builder.intern(LabelSet())
        for (stack, count) in stacks where count != 0 {
            let frames = stack.split(separator: ";").map { name in
                builder.intern(Frame(function: builder.intern(Function(name: String(name)))))
            }
            builder.add(
                stack: builder.stack(rootFirst: frames), labelSet: labels, values: [count, count * 1_000_000])
        }
        return builder.profile
    }
}

extension ProfileComparison {
    init(
        before: [Profile], after: [Profile], normalization: ProfileNormalization = .total, options: Options = Options()
    ) throws {
        func inputs(_ profiles: [Profile], _ name: String) -> [ComparedProfiles.Input] {
            profiles.map { ComparedProfiles.Input(name: name, profile: $0) }
        }
        try self.init(
            ComparedProfiles(
                before: inputs(before, "before"), after: inputs(after, "after"), normalization: normalization),
            options: options)
    }

    func row(_ function: String) -> FunctionChange? { functions.first { $0.symbol.name == function } }

    var changed: [String] { functions.filter { $0.finding.isChange }.map(\.symbol.name) }
}
