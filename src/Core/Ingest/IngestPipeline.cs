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
/// Processes a batch from the body of a request to its result: parse, validate and scrub; check limits; admit; commit; return the
/// result. Every error that a caller can cause or must handle is an <see cref="IngestStatus"/>.
/// </summary>
public sealed class IngestPipeline
{
    private static readonly TimeSpan ShortRetryDelay = TimeSpan.FromSeconds(2);
    private readonly ParsedBatchPool _pool = new();
    private readonly RateLimiter _rates;
    private readonly SpentQuotaHint _spentQuota;
    private readonly WaitingBudget _budget;
    private readonly CommitLoop[] _loops;
    private readonly Task _running;
    private readonly TelemetryKitMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly UsageWatch? _usage;

    /// <summary>Starts the commit loops.</summary>
    /// <param name="store">The store of events.</param>
    /// <param name="views">The views that are updated after each commit.</param>
    /// <param name="metrics">The instruments.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">The log.</param>
    /// <param name="usage">Observes the usage of quotas, or <c>null</c>.</param>
    public IngestPipeline(
        ICommitStore store,
        IProjectViews views,
        TelemetryKitMetrics metrics,
        TimeProvider time,
        ILogger<IngestPipeline> logger,
        UsageWatch? usage = null)
    {
        (_metrics, _time, _usage) = (metrics, time, usage);
        _rates = new(time);
        _spentQuota = new(time);
        _budget = new(metrics);
        _loops = Enumerable.Range(0, Limits.CommitLoops)
            .Select(_ => new CommitLoop(store, metrics, time, logger, views.MergeCommitted))
            .ToArray();
        _running = Task.WhenAll(_loops.Select(loop => loop.StartAsync()));
    }

    /// <summary>Ingests one batch. Returns when its events are durable or the batch is rejected.</summary>
    /// <param name="key">The write key of the request.</param>
    /// <param name="body">The decompressed body. It may be reused as soon as the method returns, before the task completes.</param>
    /// <param name="source">The hash of the source by <see cref="SourceHasher"/>, or 0 if the source isn't known.</param>
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
            return Complete(parsed, new(IngestStatus.Done), environment, project);

        // 2. Check limits: the rates of the key and its source, and the hint that the quota is spent.
        if (_rates.Check(key.KeyId, project.Rates, source, parsed.Events.Count) is { } wait)
        {
            return Reject(
                parsed,
                IngestStatus.RateLimited,
                DropReason.RateLimited,
                "The key, or this source of events, sends faster than it may; nothing was stored.",
                wait);
        }

        if (_spentQuota.IsSpent(project.Ref.TenantId, environment, project.QuotaOf(environment)))
            return RejectOverQuota(environment, parsed);

        // 3. Admit. The wait isn't canceled with the request: a queued batch is committed, and its columns are in use until then.
        var (parties, bytes) = (new Parties(project.Ref.TenantId, key.KeyId, source), parsed.Events.Bytes);
        if (!_budget.TryTake(parties, bytes))
        {
            _pool.Return(parsed);
            return Overloaded("Too much is waiting to be stored; send the same batch again.");
        }

        try
        {
            // 4. Commit.
            var pending = new PendingBatch(project, environment, parsed);
            if (!LoopOf(project.Ref.ProjectId).TryEnqueue(pending))
                return Overloaded("The server is stopping; send the same batch again.");
            var verdict = await pending.Verdict.ConfigureAwait(false);

            // 5. Return the result. The columns of a failed commit don't go back to the pool: a driver whose connection broke may still
            // be reading them.
            return verdict.Status switch
            {
                IngestStatus.Done => Complete(parsed, verdict, environment, project),
                IngestStatus.QuotaExceeded => RejectNewlyOverQuota(project, environment, parsed, receivedAt),
                IngestStatus.StorageUnavailable => new()
                {
                    Status = verdict.Status,
                    Message = "The store is unavailable; nothing was stored. Send the same batch again.",
                    RetryAfter = ShortRetryDelay,
                },
                _ => new()
                {
                    Status = IngestStatus.Malformed,
                    Code = "unstorable",
                    Message = "The batch can't be stored. Nothing of it was.",
                },
            };
        }
        finally
        {
            _budget.Return(parties, bytes);
        }
    }

    /// <summary>Stops accepting batches. Completes when every accepted batch is committed and its verdict is dispatched.</summary>
    public Task DrainAsync()
    {
        foreach (var loop in _loops)
            loop.StopAccepting();
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

    private IngestResult Complete(ParsedBatch parsed, CommitVerdict verdict, DataEnvironment environment, Project project)
    {
        if (environment == DataEnvironment.Live)
            _usage?.Accepted(project.Ref.TenantId, project.QuotaOf(environment), verdict.Accepted);
        var duplicates = parsed.Duplicates + verdict.Duplicates;
        IReadOnlyList<Rejection> rejected = [];
        if (parsed.Rejected.Count > 0 || verdict.OverQuota is not null)
            rejected = AllRejections(parsed, verdict.OverQuota, environment);
        _metrics.Counted(verdict.Accepted, duplicates);
        foreach (var reason in rejected.GroupBy(r => r.Reason))
            _metrics.Dropped(reason.Key, reason.Count());
        var result = new IngestResult
        {
            Status = IngestStatus.Done,
            Received = parsed.Received,
            Accepted = verdict.Accepted,
            Duplicates = duplicates,
            Rejected = rejected,
        };
        _pool.Return(parsed);
        return result;
    }

    private static Rejection[] AllRejections(ParsedBatch parsed, IReadOnlyList<int>? overQuota, DataEnvironment environment)
    {
        var all = parsed.Rejected.ToList();
        foreach (var index in overQuota ?? [])
        {
            var column = Enumerable.Range(0, parsed.Index.Count).First(i => parsed.Index[i] == index);
            Guid? eventId = parsed.HasEventId[column] ? parsed.Events.EventId[column] : null;
            all.Add(new(index, eventId, DropReason.QuotaExceeded, QuotaIsSpent(environment) + "."));
        }

        return [.. all.OrderBy(r => r.Index)];
    }

    private IngestResult RejectNewlyOverQuota(
        Project project, DataEnvironment environment, ParsedBatch parsed, DateTimeOffset receivedAt)
    {
        // The month of arrival: if the next one began since, the commit may have used the quota of either.
        _spentQuota.MarkSpent(
            project.Ref.TenantId, environment, project.QuotaOf(environment)!.Value, QuotaMonth.Of(receivedAt));
        if (environment == DataEnvironment.Live)
            _usage?.Spent(project.Ref.TenantId, project.QuotaOf(environment)!.Value);
        return RejectOverQuota(environment, parsed);
    }

    private IngestResult RejectOverQuota(DataEnvironment environment, ParsedBatch parsed) => Reject(
        parsed,
        IngestStatus.QuotaExceeded,
        DropReason.QuotaExceeded,
        QuotaIsSpent(environment) + "; nothing was stored.",
        QuotaRetry.NextDelay());

    private static IngestResult Overloaded(string message) =>
        new() { Status = IngestStatus.Overloaded, Message = message, RetryAfter = ShortRetryDelay };

    private static string QuotaIsSpent(DataEnvironment environment) =>
        environment == DataEnvironment.Live
            ? "The quota of live events of this month is spent"
            : "The quota of test events of this month is spent";

    /// <summary>Rejects the whole batch, which may be sent again, and counts its events by the reason.</summary>
    private IngestResult Reject(ParsedBatch parsed, IngestStatus status, DropReason reason, string message, TimeSpan retryAfter)
    {
        _metrics.Dropped(reason, parsed.Received);
        var received = parsed.Received;
        _pool.Return(parsed);
        return new() { Status = status, Received = received, Message = message, RetryAfter = retryAfter };
    }
}
