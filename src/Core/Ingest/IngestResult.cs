using TelemetryKit.Core.Ingest.Parsing;

namespace TelemetryKit.Core.Ingest;

/// <summary>The outcome of a batch.</summary>
public enum IngestStatus
{
    /// <summary>Committed, or there was nothing to commit. Received = accepted + duplicates + rejected.</summary>
    Done,

    /// <summary>The body isn't a valid batch: 400 with <see cref="IngestResult.Code"/>.</summary>
    Malformed,

    /// <summary>The tenant's quota has no room for a single event: 429. Nothing was stored, and the same batch may be sent again.</summary>
    QuotaExceeded,

    /// <summary>The key or its source sends faster than it may: 429.</summary>
    RateLimited,

    /// <summary>Too many bytes wait for a commit, or the server is stopping: 503.</summary>
    Overloaded,

    /// <summary>The store is unavailable: 503.</summary>
    StorageUnavailable,
}

/// <summary>The result of one batch.</summary>
public sealed record IngestResult
{
    /// <summary>The outcome.</summary>
    public required IngestStatus Status { get; init; }

    /// <summary>The number of events in the request.</summary>
    public int Received { get; init; }

    /// <summary>The number of events that were counted by this request.</summary>
    public int Accepted { get; init; }

    /// <summary>The number of events that were counted before, or that repeat another event of the same request.</summary>
    public int Duplicates { get; init; }

    /// <summary>The events that were rejected, with their reasons, ordered by index.</summary>
    public IReadOnlyList<Rejection> Rejected { get; init; } = [];

    /// <summary>For <see cref="IngestStatus.Malformed"/>: the stable code, such as <c>invalid_json</c>.</summary>
    public string? Code { get; init; }

    /// <summary>For every status except <see cref="IngestStatus.Done"/>: a message for the developer of the client.</summary>
    public string? Message { get; init; }

    /// <summary>For 429 and 503: the time to wait before a retry.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
