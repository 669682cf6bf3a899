using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using TelemetryKit.Core;
using TelemetryKit.Core.Ingest.Parsing;

namespace TelemetryKit.Bench.Parse;

/// <summary>
/// The cost of parsing, validating, scrubbing and hashing whole request bodies on one core. The mean is the time of one event.
/// </summary>
[MemoryDiagnoser]
[Config(typeof(Throughput))]
public class ParseBenchmark
{
    private const int Bodies100 = 200;
    private readonly Project _project = new(default, "bench", [.. Enumerable.Range(0, 32).Select(i => (byte)i)], null, null);
    private readonly ParsedBatch _parsed = new();
    private byte[][] _typical = [];
    private byte[][] _fresh = [];
    private byte[][] _newSessions = [];
    private byte[][] _single = [];

    /// <summary>Creates the bodies.</summary>
    [GlobalSetup]
    public void Setup()
    {
        _typical = [.. Enumerable.Range(0, Bodies100).Select(seed => Bodies.Typical(100, seed))];
        _fresh = [.. Enumerable.Range(0, Bodies100).Select(seed => Bodies.Typical(100, seed, fresh: true))];
        _newSessions = [.. Enumerable.Range(0, Bodies100).Select(seed => Bodies.Typical(100, seed, newSessions: true))];
        _single = [.. Enumerable.Range(0, Bodies100 * 100).Select(seed => Bodies.Typical(1, seed))];
    }

    /// <summary>Batches of 100 with frequent words: the usual case.</summary>
    [Benchmark(OperationsPerInvoke = Bodies100 * 100, Baseline = true)]
    public int Batch100() => ParseAll(_typical);

    /// <summary>Batches of 100 with a unique text in every third event.</summary>
    [Benchmark(OperationsPerInvoke = Bodies100 * 100)]
    public int Batch100WithNewTexts() => ParseAll(_fresh);

    /// <summary>Batches of 100 with a new session for each event, such as the runs of a command: one HMAC for each event.</summary>
    [Benchmark(OperationsPerInvoke = Bodies100 * 100)]
    public int Batch100WithNewSessions() => ParseAll(_newSessions);

    /// <summary>Batches of one event: the cost of a batch itself.</summary>
    [Benchmark(OperationsPerInvoke = Bodies100 * 100)]
    public int Batch1() => ParseAll(_single);

    private int ParseAll(byte[][] bodies)
    {
        var accepted = 0;
        foreach (var body in bodies)
        {
            BatchParser.Parse(body, _project, Bodies.ReceivedAt, _parsed);
            accepted += _parsed.Events.Count;
        }

        return accepted == Bodies100 * 100 ? accepted : throw new InvalidOperationException($"Only {accepted} events were accepted.");
    }

    private sealed class Throughput : ManualConfig
    {
        public Throughput()
        {
            // In this process, because the build settings of this repository don't support the projects that BenchmarkDotNet generates.
            AddJob(Job.Default.WithToolchain(InProcessEmitToolchain.Instance));
            AddColumn(new PerSecond("events/s", _ => 1));
            AddColumn(new PerSecond("MB/s", name => name switch
            {
                nameof(Batch100) or nameof(Batch100WithNewSessions) => Bodies.Typical(100, 0).Length / 100e6,
                nameof(Batch100WithNewTexts) => Bodies.Typical(100, 0, fresh: true).Length / 100e6,
                _ => Bodies.Typical(1, 0).Length / 1e6,
            }));
        }
    }

    private sealed class PerSecond(string name, Func<string, double> amount) : IColumn
    {
        public string Id => name;

        public string ColumnName => name;

        public string Legend => $"{name} on one core";

        public bool AlwaysShow => true;

        public ColumnCategory Category => ColumnCategory.Custom;

        public int PriorityInCategory => 0;

        public bool IsNumeric => true;

        public UnitType UnitType => UnitType.Dimensionless;

        public bool IsAvailable(Summary summary) => true;

        public bool IsDefault(Summary summary, BenchmarkCase benchmarkCase) => false;

        public string GetValue(Summary summary, BenchmarkCase benchmarkCase)
        {
            if (summary[benchmarkCase]?.ResultStatistics is not { } result)
                return "?";
            var perSecond = amount(benchmarkCase.Descriptor.WorkloadMethod.Name) * 1e9 / result.Mean;
            return perSecond.ToString("N0", System.Globalization.CultureInfo.InvariantCulture);
        }

        public string GetValue(Summary summary, BenchmarkCase benchmarkCase, SummaryStyle style) =>
            GetValue(summary, benchmarkCase);
    }
}
