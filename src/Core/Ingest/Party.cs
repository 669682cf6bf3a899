namespace TelemetryKit.Core.Ingest;

/// <summary>What has a bound on the server's memory that it uses.</summary>
public enum PartyKind : byte
{
    /// <summary>The process as a whole.</summary>
    Process,

    /// <summary>A tenant, whatever key it sends with.</summary>
    Tenant,

    /// <summary>A key.</summary>
    Key,

    /// <summary>A source, as <see cref="RateLimits.SourceHasher"/> distinguishes them.</summary>
    Source,
}

/// <summary>Codes of <see cref="PartyKind"/>.</summary>
public static class PartyKinds
{
    /// <summary>The word for it in metrics.</summary>
    public static string Code(this PartyKind kind) => kind switch
    {
        PartyKind.Process => "process",
        PartyKind.Tenant => "tenant",
        PartyKind.Key => "key",
        PartyKind.Source => "source",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "is no party"),
    };
}

/// <summary>A tenant, key or source that uses the server's memory.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Id">Its id, if it is a tenant or a key.</param>
/// <param name="Source">Its hash, if it is a source.</param>
public readonly record struct Party(PartyKind Kind, Guid Id, long Source = 0);

/// <summary>The tenant, key and source of a request, each of which has a bound on the memory that its requests use.</summary>
/// <param name="TenantId">The tenant; empty if it isn't known.</param>
/// <param name="KeyId">The key; empty if there is none.</param>
/// <param name="Source">The source; 0 if it isn't known.</param>
public readonly record struct Parties(Guid TenantId, Guid KeyId, long Source)
{
    /// <summary>How many there are at most.</summary>
    public const int Most = 3;

    /// <summary>Lists those that are known, the narrowest first, and returns the used part of <paramref name="buffer"/>.</summary>
    /// <param name="buffer">Room for <see cref="Most"/>.</param>
    public ReadOnlySpan<Party> List(Span<Party> buffer)
    {
        var count = 0;
        if (Source != 0)
            buffer[count++] = new(PartyKind.Source, Guid.Empty, Source);
        if (KeyId != Guid.Empty)
            buffer[count++] = new(PartyKind.Key, KeyId);
        if (TenantId != Guid.Empty)
            buffer[count++] = new(PartyKind.Tenant, TenantId);
        return buffer[..count];
    }

    /// <summary>
    /// The part of a budget that one party may hold. A tenant has more than one of its keys, so that a key that is abused leaves room for
    /// the others.
    /// </summary>
    public static long ShareOf(PartyKind kind, long budget) => kind switch
    {
        PartyKind.Process => budget,
        PartyKind.Tenant => budget / 4,
        _ => budget / 8,
    };
}
