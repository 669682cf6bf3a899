using TelemetryKit.Core.RateLimits;

namespace TelemetryKit.Core.Ingest;

/// <summary>What an admitted request has taken of the rates. The default value is that of a project without rates.</summary>
public readonly record struct Admission
{
    /// <summary>The rates that it was admitted by, or <c>null</c> if there are none.</summary>
    internal RateLimiter? Rates { get; init; }

    /// <summary>Whom it is charged to.</summary>
    internal RateSubject Subject { get; init; }

    /// <summary>The bytes that were charged.</summary>
    internal long Reserved { get; init; }

    /// <summary>
    /// If set, the rates are spent, and the request is admitted only to find out whether its batch was stored before.
    /// </summary>
    internal RateRefusal? Spent { get; init; }

    /// <summary>Charges a request whose body isn't ingested, because it can't be read or decompressed or because of <c>DNT</c>.</summary>
    /// <param name="bytes">The bytes that have arrived or were decompressed.</param>
    public void Charge(long bytes) => Rates?.Take(Subject, events: 0, bytes, Reserved);

    /// <summary>Gives back the cost of a request that the server had no capacity for.</summary>
    public void GiveBack() => Rates?.GiveBackAdmission(Subject, Reserved);
}
