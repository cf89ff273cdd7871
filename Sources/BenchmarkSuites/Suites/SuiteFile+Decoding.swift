internal import Benchmarking
internal import Yams

extension SuiteFile {
    /// Reads the text of a suite file.
    /// - Parameter path: for messages; relative programs start from its folder.
    /// - Throws: ``SuiteError`` of code `configuration`: `path:line:column: what is wrong; what to do`.
    package init(text: String, path: String) throws(SuiteError) {
        guard let root = try SuiteText(text, path: path).root() else {
            throw SuiteLocation(path: path, line: 1, column: 1).error("the file is empty; it must have 'suites:'")
        }
        let keys = try root.mapping(keys: ["suites", "tolerance"], example: "suites: [...]")
        guard let list = keys["suites"] else { throw root.error("there is no 'suites:'; list at least one suite") }
        self.path = path
        suites = []
        var lineOfName: [String: Int] = [:]
        for node in try list.list(example: "- name: hot path") {
            let suite = try Self.suite(node)
            if let line = lineOfName.updateValue(suite.location.line, forKey: suite.name) {
                throw node.error(
                    "a suite named \(QuotedText.quoted(suite.name)) is already in line \(line); rename one")
            }
            suites.append(suite)
        }
        if let node = keys["tolerance"] {
            let share = try node.quantity(
                QuantityText.Kind(name: "a share", example: "1 %", units: QuantityText.Kind.share.units))
            guard share < 1 else { throw node.error("'tolerance' must be less than 100 %") }
            tolerance = share
        }
    }

    private static func suite(_ node: SuiteNode) throws(SuiteError) -> Suite {
        let keys = try node.mapping(keys: ["name", "program", "product", "scenarios"], example: "name: hot path")
        guard let name = keys["name"] else { throw node.error("the suite has no 'name:'") }
        let program: SuiteProgram
        switch (keys["program"], keys["product"]) {
        case (let path?, nil):
            program = .path(join(folder(of: node.path), try path.text(example: ".build/release/engine-benchmarks")))
        case (nil, let product?):
            let name = try product.text(example: "engine-benchmarks")
            guard !name.contains("/"), !name.hasPrefix("-"), name != "..", name != "." else {
                throw product.error("'product' is the name of a product of the package; write a path as 'program:'")
            }
            program = .product(name, packageFolder: folder(of: node.path))
        case (nil, nil):
            throw node.error(
                "the suite has no program; write 'program:' with a path, or 'product:' with a product of the package")
        case (_?, let product?):
            throw product.error("the suite has both 'program:' and 'product:'; keep one")
        }
        var scenarios: [Scenario] = []
        for node in try keys["scenarios"]?.list(example: "- benchmark: book.add") ?? [] {
            scenarios.append(try scenario(node))
        }
        return Suite(
            name: try name.text(example: "hot path"), program: program, scenarios: scenarios, location: node.location)
    }

    private static func scenario(_ node: SuiteNode) throws(SuiteError) -> Scenario {
        let keys = try node.mapping(
            keys: [
                "benchmark", "tag", "arguments", "mode", "iterations", "warm-up-iterations", "processes", "seconds",
                "cpu", "timeout", "budgets", "tolerances",
            ], example: "benchmark: book.add")
        guard keys["benchmark"] != nil || keys["tag"] != nil else {
            throw node.error("the scenario has neither 'benchmark:' nor 'tag:'; write benchmark: '*' for all")
        }
        var overrides = Scenario.Overrides()
        overrides.mode = try keys["mode"].map(mode)
        overrides.iterations = try keys["iterations"]?.integer(1...1_000_000_000_000, example: 100_000)
        overrides.warmUpIterations = try keys["warm-up-iterations"]?.integer(0...1_000_000_000_000, example: 1_000)
        overrides.processes = try keys["processes"]?.integer(1...10_000, example: 10)
        overrides.seconds = try keys["seconds"]?.seconds()
        overrides.cpu = try keys["cpu"]?.integer(0...65_535, example: 1)
        overrides.timeoutSeconds = try keys["timeout"]?.seconds()
        overrides.budgets = try keys["budgets"].map(budgets) ?? []
        overrides.tolerances = try keys["tolerances"].map(tolerances) ?? []
        let name = try keys["benchmark"]?.text(example: "book.add")
        return Scenario(
            benchmark: name.map(NamePattern.init),
            tag: try keys["tag"]?.text(example: "single-symbol"), arguments: try keys["arguments"].map(arguments),
            overrides: overrides, location: node.location)
    }

    private static func mode(_ node: SuiteNode) throws(SuiteError) -> BenchmarkMode {
        let text = try node.text(example: "latency")
        let modes = [BenchmarkMode.throughput, .latency]
        guard let mode = modes.first(where: { $0.rawValue == text }) else {
            let guess = NearNames.guess(text, among: modes.map(\.rawValue)).map { "did you mean '\($0)'?" }
            throw node.error("unknown mode \(QuotedText.quoted(text)); \(guess ?? "write throughput or latency")")
        }
        return mode
    }

    private static func arguments(_ node: SuiteNode) throws(SuiteError) -> [String] {
        var arguments: [String] = []
        var seen: Set<String> = []
        for item in try node.list(example: "[1, 5, 20]") {
            let argument = try item.text(example: "5")
            guard seen.insert(argument).inserted else {
                throw item.error("the argument \(QuotedText.quoted(argument)) is given twice; remove one")
            }
            arguments.append(argument)
        }
        return arguments
    }

    private static func budgets(_ node: SuiteNode) throws(SuiteError) -> [Budget] {
        let pairs = try node.pairs(example: "time: 40 ns") { key in
            BudgetKey(key) != nil
                ? nil
                : NearNames.guess(key, among: BudgetKey.all).map { "did you mean '\($0)'?" }
                    ?? "budgets are named: " + BudgetKey.all.joined(separator: ", ")
        }
        guard !pairs.isEmpty else { throw node.error("'budgets' is empty; write for instance time: 40 ns") }
        var budgets: [Budget] = []
        for pair in pairs {
            guard let key = BudgetKey(pair.name) else { continue }
            budgets.append(key.budget(try pair.quantity(key.quantityKind)))
        }
        return budgets
    }

    /// What they mean is known to whoever judges by them.
    private static func tolerances(_ node: SuiteNode) throws(SuiteError) -> [ScenarioTolerance] {
        let pairs = try node.pairs(example: "cycles: 2 %") { _ in nil }
        guard !pairs.isEmpty else { throw node.error("'tolerances' is empty; write for instance cycles: 2 %") }
        var tolerances: [ScenarioTolerance] = []
        for pair in pairs {
            let text = try pair.text(example: "2 %")
            tolerances.append(ScenarioTolerance(metric: pair.name, text: text, location: pair.location))
        }
        return tolerances
    }
}
