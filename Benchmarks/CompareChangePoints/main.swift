import Glibc
import RegressionAnalysis
import Statistics

// How often detectors of change points are wrong, what they find, and how long they take, on the same series.
//
//   compare-change-points series SEED TRIALS > series.txt
//   compare-change-points detect series.txt > ours.txt
//
// The first writes series, one a line: kind, noise, true places joined by commas (or -), values. The second reads them
// and writes what our detector reports in each, and its seconds: places joined by commas (or -), seconds. peers.py does
// the same with the others and prints the table.

/// The six families, and correlation and outliers at the ends of their ranges.
let families =
    NoiseFamily.six + [
        NoiseFamily("1 % outliers", .outliers(0.01)), NoiseFamily("5 % outliers", .outliers(0.05)),
        NoiseFamily("AR(1) 0.6", .correlated(0.6)),
    ]

func write(_ kind: String, _ family: NoiseFamily, _ places: [Int], _ values: [Double]) {
    let truth = places.isEmpty ? "-" : places.map(String.init).joined(separator: ",")
    print("\(kind)\t\(family.name)\t\(truth)\t\(values.map { "\($0)" }.joined(separator: " "))")
}

func writeSeries(seed: UInt64, trials: Int) {
    var random = RepeatableGenerator(seed: seed)
    for family in families {
        for _ in 0..<trials { write("none", family, [], family.series(300, &random)) }
        for height in [1, 2, 3] {
            for _ in 0..<max(1, trials / 3) {
                let place = 50 + Int(random.next() % 200)
                let values = family.series(300, &random).enumerated().map { i, value in
                    value + (i >= place ? Double(height) * family.deviation : 0)
                }
                write("step\(height)", family, [place], values)
            }
        }
        for _ in 0..<max(1, trials / 3) {
            let places = [40, 120, 200].map { $0 + Int(random.next() % 40) }
            // Up, down, and up again.
            let values = family.series(300, &random).enumerated().map { i, value in
                value + (places.filter { i >= $0 }.count % 2 == 1 ? 2 * family.deviation : 0)
            }
            write("three2", family, places, values)
        }
    }
    for (count, steps) in [(500, 3), (5000, 9), (5000, 0), (100_000, 9), (100_000, 0)] {
        let places = (0..<steps).map { ($0 + 1) * count / (steps + 1) }
        let values = families[0].series(count, &random).enumerated().map { i, value in
            value + Double(places.filter { i >= $0 }.count % 2) * 3
        }
        write("time", families[0], places, values)
    }
}

func now() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}

func detect(path: String) {
    guard let file = fopen(path, "r") else { fatalError("cannot read \(path)") }
    var line: UnsafeMutablePointer<CChar>?
    var capacity = 0
    while getline(&line, &capacity, file) > 0, let text = line.map({ String(cString: $0) }) {
        let fields = text.split(whereSeparator: { $0 == "\t" || $0 == "\n" })
        let values = fields[3].split(separator: " ").map { Double($0) ?? .nan }
        let begin = now()
        let changes = HistoryChanges(values).changes
        let seconds = now() - begin
        print(changes.isEmpty ? "-" : changes.map { String($0.index) }.joined(separator: ","), seconds, separator: "\t")
    }
    free(line)
    fclose(file)
}

let arguments = CommandLine.arguments
switch arguments.dropFirst().first {
case "series" where arguments.count == 4:
    guard let seed = UInt64(arguments[2]), let trials = Int(arguments[3]), trials > 0 else {
        fatalError("series needs a seed and a number of trials")
    }
    writeSeries(seed: seed, trials: trials)
case "detect" where arguments.count == 3: detect(path: arguments[2])
default: fatalError("use: compare-change-points series SEED TRIALS | detect FILE")
}
