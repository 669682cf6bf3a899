using System.Buffers;
using Microsoft.Extensions.Logging;
using TelemetryKit.Core.Diagnostics;
using TelemetryKit.Core.Events;
using TelemetryKit.Core.Ingest.Parsing;
using TelemetryKit.Core.Keys;
using TelemetryKit.Core.Quotas;
using TelemetryKit.Core.RateLimits;
using TelemetryKit.Core.Rollups;
using TelemetryKit.Core.Shares;
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

    /// <summary>
    /// Checks the quota and the rates before the body is read, and takes the cost of a request. Returns the rejection, or <c>null</c>.
    /// </summary>
    /// <param name="key">The write key of the request.</param>
    /// <param name="source">The source, by <see cref="SourceHasher"/>.</param>
    public IngestResult? Admit(ProjectKey key, in SourceNetworks source)
    {
        var (project, environment) = (key.Project, ApiKey.EnvironmentOf(key.Kind));
        // First, so that requests that store nothing need no memory for buckets.
        if (_spentQuota.IsSpent(project.Ref.TenantId, environment, project.QuotaOf(environment)))
        {
            _metrics.Refused("quota", PartyKind.Tenant.Code());
            return OverQuota(environment);
        }

        return project.Rates is { } rates && _rates.Admit(SubjectOf(key, rates, in source)) is { } refusal ? RateLimited(refusal) : null;
    }

    /// <summary>
    /// Charges an admitted request whose body isn't ingested, because it can't be decompressed or because of <c>DNT</c>.
    /// </summary>
    /// <param name="key">The write key of the request.</param>
    /// <param name="source">The source.</param>
    /// <param name="bytes">The bytes that were decompressed.</param>
    public void Charge(ProjectKey key, in SourceNetworks source, long bytes)
    {
        if (key.Project.Rates is { } rates)
            _rates.Take(SubjectOf(key, rates, in source), events: 0, bytes);
    }

    /// <summary>Gives back the cost of an admitted request that the server had no capacity for.</summary>
    public void GiveBack(ProjectKey key, in SourceNetworks source)
    {
        if (key.Project.Rates is { } rates)
            _rates.GiveBack(SubjectOf(key, rates, in source), RateCost.Request);
    }

    /// <summary>
    /// Ingests the batch of an admitted request (<see cref="Admit"/>). Returns when its events are durable or the batch is rejected.
    /// </summary>
    /// <param name="key">The write key of the request.</param>
    /// <param name="body">The decompressed body. It may be reused as soon as the method returns, before the task completes.</param>
    /// <param name="source">The source, by <see cref="SourceHasher"/>.</param>
    public ValueTask<IngestResult> IngestAsync(ProjectKey key, ReadOnlySequence<byte> body, SourceNetworks source = default)
    {
        var project = key.Project;
        var environment = ApiKey.EnvironmentOf(key.Kind);

        // 1. Parse, validate and scrub.
        var receivedAt = _time.GetUtcNow();
        var parsed = _pool.Rent();
        var outcome = Parse(body, project, receivedAt, parsed);
        if (!outcome.IsBatch)
        {
            Charge(key, in source, body.Length);
            _pool.Return(parsed);
            return new(new IngestResult { Status = IngestStatus.Malformed, Code = outcome.Code, Message = outcome.Message });
        }

        if (parsed.DroppedMetadata > 0)
            _metrics.DroppedMetadata(parsed.DroppedMetadata);
        if (parsed.Events.Count == 0)
        {
            Charge(key, in source, body.Length);
            return new(Complete(parsed, new(IngestStatus.Done), environment, project));
        }

        // 2. Take the rates of the key and its source. What isn't used is given back.
        var (events, length) = (parsed.Events.Count, body.Length);
        if (project.Rates is not { } rates)
            return StoreAsync(key, parsed, receivedAt, source);
        var subject = SubjectOf(key, rates, in source);
        if (_rates.Take(in subject, events, length) is not { } refusal)
            return StoreRatedAsync(key, parsed, receivedAt, subject, events, length);
        Reject(parsed, DropReason.RateLimited);
        return new(RateLimited(refusal));
    }

    private async ValueTask<IngestResult> StoreRatedAsync(
        ProjectKey key, ParsedBatch parsed, DateTimeOffset receivedAt, RateSubject subject, int events, long length)
    {
        var result = await StoreAsync(key, parsed, receivedAt, subject.Source).ConfigureAwait(false);
        var used = result.Status switch
        {
            IngestStatus.Done => RateCost.Of(result.Accepted, length),
            IngestStatus.Overloaded or IngestStatus.StorageUnavailable => 0,
            _ => RateCost.Of(0, length),
        };
        _rates.GiveBack(in subject, RateCost.Of(events, length) - used);
        return result;
    }

    private async ValueTask<IngestResult> StoreAsync(
        ProjectKey key, ParsedBatch parsed, DateTimeOffset receivedAt, SourceNetworks source)
    {
        var project = key.Project;
        var environment = ApiKey.EnvironmentOf(key.Kind);

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

    private IngestResult RejectOverQuota(DataEnvironment environment, ParsedBatch parsed)
    {
        Reject(parsed, DropReason.QuotaExceeded);
        return OverQuota(environment);
    }

    private static IngestResult OverQuota(DataEnvironment environment) => new()
    {
        Status = IngestStatus.QuotaExceeded,
        Message = QuotaIsSpent(environment) + "; nothing was stored.",
        RetryAfter = QuotaRetry.NextDelay(),
    };

    private IngestResult RateLimited(RateRefusal refusal)
    {
        _metrics.Refused("rate", refusal.Bound);
        return new()
        {
            Status = IngestStatus.RateLimited,
            Message = "The key, or this source of events, sends faster than it may; nothing was stored.",
            RetryAfter = refusal.RetryAfter,
        };
    }

    private static RateSubject SubjectOf(ProjectKey key, IngestRates rates, in SourceNetworks source) =>
        new(key.Project.Ref.TenantId, key.KeyId, ApiKey.EnvironmentOf(key.Kind), rates, source);

    private static IngestResult Overloaded(string message) =>
        new() { Status = IngestStatus.Overloaded, Message = message, RetryAfter = ShortRetryDelay };

    private static string QuotaIsSpent(DataEnvironment environment) =>
        environment == DataEnvironment.Live
            ? "The quota of live events of this month is spent"
            : "The quota of test events of this month is spent";

    /// <summary>Counts the events of a batch that is rejected as a whole, which may be sent again.</summary>
    private void Reject(ParsedBatch parsed, DropReason reason)
    {
        _metrics.Dropped(reason, parsed.Received);
        _pool.Return(parsed);
    }
}
