using TelemetryKit.Core.Ingest.Parsing;

namespace TelemetryKit.Core.Ingest;

/// <summary>How a batch ended.</summary>
public enum IngestStatus
{
    /// <summary>Committed (or nothing was left to commit): the counts add up, received = accepted + duplicates + rejected.</summary>
    Done,

    /// <summary>The body is not a batch: 400 with <see cref="IngestResult.Code"/>.</summary>
    Malformed,

    /// <summary>Not one event fitted the tenant's quota: 429. Nothing was stored, and the same batch may be sent again.</summary>
    QuotaExceeded,

    /// <summary>The key or its source sends faster than it may: 429.</summary>
    RateLimited,

    /// <summary>Too much is waiting: 503.</summary>
    Overloaded,

    /// <summary>The store is away: 503.</summary>
    StorageUnavailable,
}

/// <summary>The answer to one batch.</summary>
public sealed record IngestResult
{
    /// <summary>How it ended.</summary>
    public required IngestStatus Status { get; init; }

    /// <summary>Events in the request.</summary>
    public int Received { get; init; }

    /// <summary>Events counted now.</summary>
    public int Accepted { get; init; }

    /// <summary>Events that had been counted before, or that repeat another one of the same request.</summary>
    public int Duplicates { get; init; }

    /// <summary>Events that were not counted, with their reasons, by index.</summary>
    public IReadOnlyList<Rejection> Rejected { get; init; } = [];

    /// <summary>For <see cref="IngestStatus.Malformed"/>: the stable code, such as <c>invalid_json</c>.</summary>
    public string? Code { get; init; }

    /// <summary>For everything but <see cref="IngestStatus.Done"/>: a sentence for the author.</summary>
    public string? Message { get; init; }

    /// <summary>For 429 and 503: when to come back.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
