using TelemetryKit.Core.RateLimits;

namespace TelemetryKit.Core.Shares;

/// <summary>How a bounded resource of the process is divided. A share that isn't set is the whole resource.</summary>
/// <param name="Stage">The name of the resource in <c>telemetrykit_requests_refused_total{stage}</c>.</param>
/// <param name="Limit">The bound of the process: bytes, or a number of requests.</param>
public sealed record ResourceShares(string Stage, long Limit)
{
    /// <summary>
    /// The share of a tenant. It has more than one of its keys or projects, so that one that is abused leaves room for others.
    /// </summary>
    public long Tenant { get; init; } = Limit;

    /// <summary>The share of a project.</summary>
    public long Project { get; init; } = Limit;

    /// <summary>The share of a key.</summary>
    public long Key { get; init; } = Limit;

    /// <summary>The share of an account.</summary>
    public long Account { get; init; } = Limit;

    /// <summary>The share of a source. Larger networks have <see cref="SourceNetworks.Factor"/> times as much.</summary>
    public long Source { get; init; } = Limit;

    /// <summary>The amount up to which everything is granted, because there is enough for all.</summary>
    public long SharedFrom { get; init; }

    /// <summary>Returns the share of a party.</summary>
    public long Of(PartyKind kind) => kind switch
    {
        PartyKind.Process => Limit,
        PartyKind.Tenant => Tenant,
        PartyKind.Project => Project,
        PartyKind.Key => Key,
        PartyKind.Account => Account,
        PartyKind.Source => Source,
        PartyKind.Site => Math.Min(Limit, Source * SourceNetworks.Factor(NetworkSize.Site)),
        PartyKind.Network => Math.Min(Limit, Source * SourceNetworks.Factor(NetworkSize.Network)),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "is no party"),
    };
}
