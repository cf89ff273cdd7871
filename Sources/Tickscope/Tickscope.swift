@_exported public import Benchmarking
