using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.Logging.Abstractions;
using TelemetryKit.Core.Diagnostics;
using TelemetryKit.Core.Ingest;

namespace TelemetryKit.Core.Tests.Ingest;

public sealed class QuotaProperties
{
    /// <summary>Exactly min(limit, sent) events are accepted, for any grouping of the batches, and each event is accounted for.</summary>
    [Fact]
    public void Quota_is_exact_for_any_batches_and_limit()
    {
        var sizes = Gen.Choose(1, 30).ArrayOf();
        Prop.ForAll(sizes.ToArbitrary(), Gen.Choose(0, 200).ToArbitrary(), Gen.Choose(1, 5).ToArbitrary(), (batchSizes, limit, loops) =>
        {
            var store = new MemoryCommitStore();
            var project = Batches.Project(limit);
            var batches = batchSizes.Select(n => Batches.Batch(project, n, Guid.CreateVersion7())).ToArray();
            foreach (var chunk in batches.Chunk(Math.Max(1, batches.Length / loops)))
            {
                using var metrics = new TelemetryKitMetrics();
                var loop = new CommitLoop(store, metrics, TimeProvider.System, NullLogger.Instance, _ => { });
                foreach (var batch in chunk)
                    loop.TryEnqueue(batch);
                loop.StopAccepting();
                loop.StartAsync().GetAwaiter().GetResult();
            }

            var verdicts = Task.WhenAll(batches.Select(b => b.Verdict)).Result;
            return verdicts.Zip(batchSizes, IsAccountedFor).All(ok => ok)
                && store.Counted == store.UsageDays.Values.Sum()
                && store.Counted == Math.Min(limit, batchSizes.Sum())
                && store.Counted == verdicts.Sum(v => v.Accepted);
        }).QuickCheckThrowOnFailure();

        static bool IsAccountedFor(CommitVerdict verdict, int events) =>
            verdict.Status == IngestStatus.QuotaExceeded || verdict.Accepted + (verdict.OverQuota?.Count ?? 0) == events;
    }
}
