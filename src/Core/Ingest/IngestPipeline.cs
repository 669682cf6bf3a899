using System.Buffers;
using Microsoft.Extensions.Logging;
using TelemetryKit.Core.Diagnostics;
using TelemetryKit.Core.Events;
using TelemetryKit.Core.Ingest.Parsing;
using TelemetryKit.Core.Keys;
using TelemetryKit.Core.Quotas;
using TelemetryKit.Core.RateLimits;
using TelemetryKit.Core.Rollups;
using TelemetryKit.Core.Storage;

namespace TelemetryKit.Core.Ingest;

/// <summary>
/// A batch's way from the body of a request to its durable answer: parse, validate and scrub; admit; commit; answer. Everything
/// that can go wrong on it is an <see cref="IngestStatus"/>.
/// </summary>
public sealed class IngestPipeline
{
    private static readonly TimeSpan ComeBackSoon = TimeSpan.FromSeconds(2);
    private readonly ParsedBatchPool _pool = new();
    private readonly RateLimiter _rates;
    private readonly QuotaGate _quota;
    private readonly WaitingBudget _budget;
    private readonly CommitLoop[] _loops;
    private readonly Task _running;
    private readonly TelemetryKitMetrics _metrics;
    private readonly TimeProvider _time;

    /// <summary>Starts the commit loops.</summary>
    public IngestPipeline(
        ICommitStore store, IProjectViews views, TelemetryKitMetrics metrics, TimeProvider time, ILogger<IngestPipeline> logger)
    {
        (_metrics, _time) = (metrics, time);
        _rates = new(time);
        _quota = new(time);
        _budget = new(metrics);
        _loops = Enumerable.Range(0, Limits.CommitLoops).Select(_ => new CommitLoop(store, metrics, time, logger, views.MergeCommitted)).ToArray();
        _running = Task.WhenAll(_loops.Select(loop => loop.StartAsync()));
    }

    /// <summary>Takes one batch through. The answer leaves after the commit.</summary>
    /// <param name="key">The write key it came with.</param>
    /// <param name="body">The decompressed body. It may be reused as soon as the method returns, before the task completes.</param>
    /// <param name="source">Where it came from, as <see cref="SourceHasher"/> tells it; 0 where that isn't known.</param>
    public async ValueTask<IngestResult> IngestAsync(ProjectKey key, ReadOnlySequence<byte> body, long source = 0)
    {
        var project = key.Project;
        var environment = ApiKey.EnvironmentOf(key.Kind);

        // 1. Parse, validate and scrub.
        var receivedAt = _time.GetUtcNow();
        var parsed = _pool.Rent();
        var outcome = Parse(body, project, receivedAt, parsed);
        if (!outcome.IsBatch)
        {
            _pool.Return(parsed);
            return new() { Status = IngestStatus.Malformed, Code = outcome.Code, Message = outcome.Message };
        }

        if (parsed.DroppedMetadata > 0)
            _metrics.DroppedMetadata(parsed.DroppedMetadata);
        if (parsed.Events.Count == 0)
            return Answer(parsed, new(IngestStatus.Done), environment);

        // 2. The early no: faster than the key or its source may, or a quota known to be spent.
        if (_rates.Check(key.KeyId, project.Rates, source, parsed.Events.Count) is { } wait)
            return Refuse(parsed, IngestStatus.RateLimited, DropReason.RateLimited, "The key, or this source of events, sends faster than it may; nothing was stored.", wait);
        if (_quota.IsSpent(project.Ref.TenantId, environment, project.QuotaOf(environment)))
            return OverQuota(environment, parsed);

        // 3. Admit. The wait is not cancelled with the request: once queued, a batch is committed and its columns stay in use until then.
        var (parties, bytes) = (new Parties(project.Ref.TenantId, key.KeyId, source), parsed.Events.Bytes);
        if (!_budget.TryTake(parties, bytes))
        {
            _pool.Return(parsed);
            return new() { Status = IngestStatus.Overloaded, Message = "Too much is waiting to be stored; send the same batch again.", RetryAfter = ComeBackSoon };
        }

        try
        {
            // 4. Commit.
            var pending = new PendingBatch(project, environment, parsed);
            if (!LoopOf(project.Ref.ProjectId).TryEnqueue(pending))
                return new() { Status = IngestStatus.Overloaded, Message = "The server is stopping; send the same batch again.", RetryAfter = ComeBackSoon };
            var verdict = await pending.Verdict.ConfigureAwait(false);

            // 5. Answer. The columns of a commit that failed don't go back to the pool: a driver whose connection broke may still
            // be reading them.
            return verdict.Status switch
            {
                IngestStatus.Done => Answer(parsed, verdict, environment),
                IngestStatus.QuotaExceeded => NoteOverQuota(project, environment, parsed),
                IngestStatus.StorageUnavailable => new()
                {
                    Status = verdict.Status, Message = "The store is unavailable; nothing was stored. Send the same batch again.", RetryAfter = ComeBackSoon,
                },
                _ => new() { Status = IngestStatus.Malformed, Code = "unstorable", Message = "The batch can't be stored. Nothing of it was." },
            };
        }
        finally
        {
            _budget.Return(parties, bytes);
        }
    }

    /// <summary>Takes no more batches, and returns when every batch that was taken is committed and its answer is on its way.</summary>
    public Task DrainAsync()
    {
        foreach (var loop in _loops)
            loop.StopTaking();
        return _running;
    }

    private static ParseOutcome Parse(ReadOnlySequence<byte> body, Project project, DateTimeOffset receivedAt, ParsedBatch into)
    {
        if (body.IsSingleSegment)
            return BatchParser.Parse(body.FirstSpan, project, receivedAt, into);
        var whole = ArrayPool<byte>.Shared.Rent((int)body.Length);
        body.CopyTo(whole);
        var outcome = BatchParser.Parse(whole.AsSpan(0, (int)body.Length), project, receivedAt, into);
        ArrayPool<byte>.Shared.Return(whole);
        return outcome;
    }

    private CommitLoop LoopOf(Guid projectId) => _loops[(uint)projectId.GetHashCode() % (uint)_loops.Length];

    private IngestResult Answer(ParsedBatch parsed, CommitVerdict verdict, DataEnvironment environment)
    {
        var duplicates = parsed.Duplicates + verdict.Duplicates;
        IReadOnlyList<Rejection> rejected = [];
        if (parsed.Rejected.Count > 0 || verdict.OverQuota is not null)
            rejected = AllRejections(parsed, verdict.OverQuota, environment);
        _metrics.Counted(verdict.Accepted, duplicates);
        foreach (var reason in rejected.GroupBy(r => r.Reason))
            _metrics.Dropped(reason.Key, reason.Count());
        var result = new IngestResult
        {
            Status = IngestStatus.Done, Received = parsed.Received, Accepted = verdict.Accepted, Duplicates = duplicates, Rejected = rejected,
        };
        _pool.Return(parsed);
        return result;
    }

    private static Rejection[] AllRejections(ParsedBatch parsed, IReadOnlyList<int>? overQuota, DataEnvironment environment)
    {
        var all = parsed.Rejected.ToList();
        foreach (var index in overQuota ?? [])
        {
            var event_ = Enumerable.Range(0, parsed.Index.Count).First(i => parsed.Index[i] == index);
            all.Add(new(index, parsed.HasEventId[event_] ? parsed.Events.EventId[event_] : null, DropReason.QuotaExceeded, QuotaIsSpent(environment) + "."));
        }

        return [.. all.OrderBy(r => r.Index)];
    }

    private IngestResult NoteOverQuota(Project project, DataEnvironment environment, ParsedBatch parsed)
    {
        _quota.NoteSpent(project.Ref.TenantId, environment, project.QuotaOf(environment)!.Value);
        return OverQuota(environment, parsed);
    }

    private IngestResult OverQuota(DataEnvironment environment, ParsedBatch parsed) => Refuse(
        parsed, IngestStatus.QuotaExceeded, DropReason.QuotaExceeded, QuotaIsSpent(environment) + "; nothing was stored.", QuotaGate.UntilNextMonth(_time.GetUtcNow()));

    private static string QuotaIsSpent(DataEnvironment environment) =>
        environment == DataEnvironment.Live ? "The quota of live events of this month is spent" : "The quota of test events of this month is spent";

    /// <summary>Refuses a batch whole: its events are counted by the reason, and may be sent again.</summary>
    private IngestResult Refuse(ParsedBatch parsed, IngestStatus status, DropReason reason, string message, TimeSpan retryAfter)
    {
        _metrics.Dropped(reason, parsed.Received);
        var received = parsed.Received;
        _pool.Return(parsed);
        return new() { Status = status, Received = received, Message = message, RetryAfter = retryAfter };
    }
}
