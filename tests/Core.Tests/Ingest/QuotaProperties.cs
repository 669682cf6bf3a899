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
                Commit(store, chunk);

            var verdicts = Task.WhenAll(batches.Select(b => b.Verdict)).Result;
            return verdicts.Zip(batchSizes, IsAccountedFor).All(ok => ok)
                && store.Counted == store.UsageDays.Values.Sum()
                && store.Counted == Math.Min(limit, batchSizes.Sum())
                && store.Counted == verdicts.Sum(v => v.Accepted);
        }).QuickCheckThrowOnFailure();

        static bool IsAccountedFor(CommitVerdict verdict, int events) =>
            verdict.Status == IngestStatus.QuotaExceeded || verdict.Accepted + (verdict.OverQuota?.Count ?? 0) == events;
    }

    /// <summary>
    /// The billed events are those that were accepted above the quota, for any grouping of the batches, with repetitions of them.
    /// </summary>
    [Fact]
    public void Exactly_the_events_above_the_quota_are_billed()
    {
        // A size, and the number of the batch: an earlier one is repeated.
        var sends = Gen.Zip(Gen.Choose(1, 30), Gen.Choose(0, 20)).ArrayOf();
        Prop.ForAll(sends.ToArbitrary(), Gen.Choose(0, 150).ToArbitrary(), Gen.Choose(0, 80).ToArbitrary(), (sent, quota, overage) =>
        {
            var store = new MemoryCommitStore();
            var project = Batches.Project(quota) with { OverageEvents = overage };
            var ids = Enumerable.Range(0, 21).Select(_ => Guid.CreateVersion7()).ToArray();
            var batches = sent.Select(one => Batches.Batch(project, one.Item1, ids[one.Item2])).ToArray();
            foreach (var chunk in batches.Chunk(5))
                Commit(store, chunk);

            var accepted = Task.WhenAll(batches.Select(b => b.Verdict)).Result.Sum(v => v.Accepted);
            return accepted == store.Counted && accepted <= quota + overage
                && store.Overage.Values.Sum() == Math.Max(0, accepted - quota);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300).WithReplay(12, 5));
    }

    private static void Commit(MemoryCommitStore store, IEnumerable<PendingBatch> batches)
    {
        using var metrics = new TelemetryKitMetrics();
        var loop = new CommitLoop(store, metrics, TimeProvider.System, NullLogger.Instance, _ => { });
        foreach (var batch in batches)
            loop.TryEnqueue(batch);
        loop.StopAccepting();
        loop.StartAsync().GetAwaiter().GetResult();
    }
}
