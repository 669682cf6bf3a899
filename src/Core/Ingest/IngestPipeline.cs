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
    private readonly ICommitStore _store;
    private readonly RateLimiter _rates;
    private readonly RateLimiter _repeats;
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
        (_store, _metrics, _time, _usage) = (store, metrics, time, usage);
        _rates = new(time);
        _repeats = new(time, Limits.RepeatsPart, Limits.RateBuckets / 2, Limits.RateBucketsPerTenant / 2);
        _spentQuota = new(time);
        _budget = new(metrics);
        _loops = Enumerable.Range(0, Limits.CommitLoops)
            .Select(_ => new CommitLoop(store, metrics, time, logger, views.MergeCommitted))
            .ToArray();
        _running = Task.WhenAll(_loops.Select(loop => loop.StartAsync()));
    }

    /// <summary>
    /// Checks the quota and the rates before the body is read, and takes the cost of a request. Returns the rejection, or <c>null</c>. A
    /// part of the requests whose rates are spent is admitted nevertheless, because their batches may have been stored before: a client
    /// that has lost the response would otherwise send them again and again.
    /// </summary>
    /// <param name="key">The write key of the request.</param>
    /// <param name="source">The source, by <see cref="SourceHasher"/>.</param>
    /// <param name="bytes">The bytes of the body if they are known, otherwise 0. They are reserved.</param>
    /// <param name="admission">What the request has taken, for the following calls.</param>
    public IngestResult? Admit(ProjectKey key, in SourceNetworks source, long bytes, out Admission admission)
    {
        admission = default;
        var (project, environment) = (key.Project, ApiKey.EnvironmentOf(key.Kind));
        // First, so that requests that store nothing need no memory for buckets.
        if (_spentQuota.IsSpent(project.Ref.TenantId, environment, project.LimitsOf(environment).Most))
        {
            _metrics.Refused("quota", PartyKind.Tenant.Code());
            return OverQuota(environment);
        }

        if (project.Rates is not { } rates)
            return null;
        var day = DateOnly.FromDateTime(_time.GetUtcNow().UtcDateTime).DayNumber;
        var subject = new RateSubject(project.Ref.TenantId, key.KeyId, environment, rates, source, day);
        var refusal = _rates.Admit(in subject, bytes);
        if (refusal is not null && _repeats.Admit(in subject, bytes) is not null)
            return RateLimited(refusal);
        admission = new() { Rates = refusal is null ? _rates : _repeats, Subject = subject, Reserved = bytes, Spent = refusal };
        return null;
    }

    /// <summary>
    /// Reserves the bytes of an admitted request before they are decompressed or parsed, so that requests that were admitted at the same
    /// time don't all cost that work. Returns the rejection, or <c>null</c>.
    /// </summary>
    /// <param name="admission">What the request has taken.</param>
    /// <param name="bytes">The expected bytes, decompressed.</param>
    public IngestResult? Reserve(ref Admission admission, long bytes)
    {
        if (admission.Rates is not { } rates || bytes <= admission.Reserved)
            return null;
        if (rates.Reserve(admission.Subject, bytes, admission.Reserved) is { } refusal)
            return RateLimited(admission.Spent ?? refusal);
        admission = admission with { Reserved = bytes };
        return null;
    }

    /// <summary>
    /// Ingests the batch of an admitted request (<see cref="Admit"/>). Returns when its events are durable or the batch is rejected.
    /// </summary>
    /// <param name="key">The write key of the request.</param>
    /// <param name="body">The decompressed body. It may be reused as soon as the method returns, before the task completes.</param>
    /// <param name="admission">What the request has taken of the rates.</param>
    public ValueTask<IngestResult> IngestAsync(ProjectKey key, ReadOnlySequence<byte> body, Admission admission = default)
    {
        var project = key.Project;
        var environment = ApiKey.EnvironmentOf(key.Kind);

        // 1. Parse, validate and scrub.
        var receivedAt = _time.GetUtcNow();
        var parsed = _pool.Rent();
        var outcome = Parse(body, project, receivedAt, parsed);
        if (!outcome.IsBatch)
        {
            admission.Charge(body.Length);
            _pool.Return(parsed);
            return new(new IngestResult { Status = IngestStatus.Malformed, Code = outcome.Code, Message = outcome.Message });
        }

        if (parsed.DroppedMetadata > 0)
            _metrics.DroppedMetadata(parsed.DroppedMetadata);
        if (parsed.Events.Count == 0)
        {
            admission.Charge(body.Length);
            return new(Complete(parsed, new(IngestStatus.Done), environment, project));
        }

        // 2. Take the rates of the key and its source. What isn't used is given back.
        if (admission.Rates is not { } rates)
            return StoreAsync(key, parsed, receivedAt, source: default);
        var (events, length) = (parsed.Events.Count, body.Length);
        if (admission.Spent is { } spent)
        {
            admission.Charge(length);
            return FindRepeatAsync(key, parsed, spent);
        }

        var subject = admission.Subject;
        if (rates.Take(in subject, events, length, admission.Reserved) is not { } refusal)
            return StoreRatedAsync(key, parsed, receivedAt, subject, events, length);
        if (_repeats.Admit(in subject) is null)
            return FindRepeatAsync(key, parsed, refusal);
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

    /// <summary>Returns the result of a batch whose rate is spent: that of a duplicate if it was stored before, or the refusal.</summary>
    private async ValueTask<IngestResult> FindRepeatAsync(ProjectKey key, ParsedBatch parsed, RateRefusal refusal)
    {
        try
        {
            if (KeysOf(parsed, key.Project.Ref.ProjectId) is { } keys
                && await _store.AreStoredAsync(keys, CancellationToken.None).ConfigureAwait(false))
            {
                var verdict = new CommitVerdict(IngestStatus.Done, Duplicates: parsed.Events.Count);
                return Complete(parsed, verdict, ApiKey.EnvironmentOf(key.Kind), key.Project);
            }
        }
        catch (StorageUnavailableException)
        {
            // The store can't say it. It can later, when the client sends the batch again.
        }

        Reject(parsed, DropReason.RateLimited);
        return RateLimited(refusal);
    }

    /// <summary>Returns the keys that identify all events of a batch, or <c>null</c> if an event has none.</summary>
    private static BatchKey[]? KeysOf(ParsedBatch parsed, Guid projectId)
    {
        if (parsed.BatchId is { } batchId)
            return [new(projectId, batchId)];
        return parsed.HasEventId.Contains(false)
            ? null
            : [.. Enumerable.Range(0, parsed.Events.Count).Select(i => new BatchKey(projectId, parsed.Events.EventId[i]))];
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
            project.Ref.TenantId, environment, project.LimitsOf(environment).Most!.Value, QuotaMonth.Of(receivedAt));
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
