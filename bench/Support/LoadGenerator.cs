using System.Diagnostics;

namespace TelemetryKit.Bench.Support;

/// <summary>
/// Sends batches over raw sockets as fast as the collector responds. Efficient, because it shares the machine with the collector.
/// </summary>
public static class LoadGenerator
{
    private const int Templates = 64;

    /// <summary>Runs the load to its end.</summary>
    public static async Task<LoadResult> RunAsync(LoadOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var random = new Random(options.Seed);
        var bodies = Enumerable.Range(0, Templates).Select(_ => RequestBody.Make(options.Batch, random)).ToArray();
        var run = new Run(options);
        await Task.WhenAll(Enumerable.Range(0, options.Connections)
            .Select(i => Task.Run(() => run.LoopAsync(bodies, new Random(HashCode.Combine(options.Seed, i))))));
        return run.Result();
    }

    private sealed class Run(LoadOptions options)
    {
        private readonly long _start = Stopwatch.GetTimestamp();
        private readonly List<float> _latencies = [];
        private long _reserved;
        private long _sent;
        private long _accepted;
        private long _acceptedAfterWarmUp;
        private long _refused;
        private string? _firstRefusal;
        private double _end;

        public async Task LoopAsync(RequestBody[] bodies, Random random)
        {
            using var connection = await LoadConnection.OpenAsync(options.Url, options.Key);
            List<float> latencies = [];
            while (Elapsed() < options.Seconds && Interlocked.Add(ref _reserved, options.Batch) <= options.Events)
            {
                connection.Prepare(bodies[random.Next(bodies.Length)], random, options.SpreadDays, options.Mixed);
                var before = Elapsed();
                var answer = await connection.SendAsync();
                var after = Elapsed();
                Interlocked.Add(ref _sent, options.Batch);
                if (answer.Status != 200)
                {
                    Interlocked.Increment(ref _refused);
                    _firstRefusal ??= answer.Text;
                    continue;
                }

                Interlocked.Add(ref _accepted, answer.Accepted);
                if (before >= options.WarmUp)
                {
                    Interlocked.Add(ref _acceptedAfterWarmUp, answer.Accepted);
                    latencies.Add((float)((after - before) * 1_000));
                }
            }

            lock (_latencies)
            {
                _latencies.AddRange(latencies);
                _end = Math.Max(_end, Elapsed());
            }
        }

        public LoadResult Result()
        {
            _latencies.Sort();
            return new LoadResult(
                _accepted, _sent, _refused, _firstRefusal, _acceptedAfterWarmUp / (_end - options.WarmUp),
                Percentiles.Of(_latencies, 0.5), Percentiles.Of(_latencies, 0.99),
                Process.GetCurrentProcess().TotalProcessorTime.TotalSeconds);
        }

        private double Elapsed() => Stopwatch.GetElapsedTime(_start).TotalSeconds;
    }
}
