using BenchmarkDotNet.Running;
using TelemetryKit.Bench.Parse;

// dotnet run -c Release --project bench/Parse -- --filter '*'
BenchmarkSwitcher.FromAssembly(typeof(ParseBenchmark).Assembly).Run(args);
