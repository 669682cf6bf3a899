using TelemetryKit.Core.RateLimits;

namespace TelemetryKit.Core.Shares;

/// <summary>What has a share of a bounded resource.</summary>
public enum PartyKind : byte
{
    /// <summary>The process as a whole.</summary>
    Process,

    /// <summary>A tenant, whatever key or project it uses.</summary>
    Tenant,

    /// <summary>A project.</summary>
    Project,

    /// <summary>A key.</summary>
    Key,

    /// <summary>An account.</summary>
    Account,

    /// <summary>A source: <see cref="NetworkSize.Address"/>.</summary>
    Source,

    /// <summary>The network of a source: <see cref="NetworkSize.Site"/>.</summary>
    Site,

    /// <summary>The larger network of a source: <see cref="NetworkSize.Network"/>.</summary>
    Network,
}

/// <summary>Codes of <see cref="PartyKind"/>.</summary>
public static class PartyKinds
{
    /// <summary>The word for it in metrics.</summary>
    public static string Code(this PartyKind kind) => kind switch
    {
        PartyKind.Process => "process",
        PartyKind.Tenant => "tenant",
        PartyKind.Project => "project",
        PartyKind.Key => "key",
        PartyKind.Account => "account",
        PartyKind.Source => NetworkSize.Address.Code(),
        PartyKind.Site => NetworkSize.Site.Code(),
        PartyKind.Network => NetworkSize.Network.Code(),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "is no party"),
    };
}

/// <summary>A tenant, project, key, account or network that uses a bounded resource.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Id">Its id, if it isn't a network.</param>
/// <param name="Source">Its hash, if it is a network.</param>
public readonly record struct Party(PartyKind Kind, Guid Id, long Source = 0);

/// <summary>The parties of a request, each of which has a share of the resources that its requests use.</summary>
/// <param name="TenantId">The tenant; empty if it isn't known.</param>
/// <param name="KeyId">The key; empty if there is none.</param>
/// <param name="Source">The source, which may not be known.</param>
/// <param name="ProjectId">The project; empty if it has no share.</param>
/// <param name="AccountId">The account; empty if it has no share.</param>
public readonly record struct Parties(
    Guid TenantId, Guid KeyId, SourceNetworks Source, Guid ProjectId = default, Guid AccountId = default)
{
    /// <summary>How many there are at most.</summary>
    public const int Most = 7;

    /// <summary>Lists those that are known, the narrowest first, and returns the used part of <paramref name="buffer"/>.</summary>
    /// <param name="buffer">Room for <see cref="Most"/>.</param>
    public ReadOnlySpan<Party> List(Span<Party> buffer)
    {
        var count = 0;
        if (Source.Address != 0)
            buffer[count++] = new(PartyKind.Source, Guid.Empty, Source.Address);
        if (Source.Site != 0)
            buffer[count++] = new(PartyKind.Site, Guid.Empty, Source.Site);
        if (Source.Network != 0)
            buffer[count++] = new(PartyKind.Network, Guid.Empty, Source.Network);
        if (KeyId != Guid.Empty)
            buffer[count++] = new(PartyKind.Key, KeyId);
        if (ProjectId != Guid.Empty)
            buffer[count++] = new(PartyKind.Project, ProjectId);
        if (AccountId != Guid.Empty)
            buffer[count++] = new(PartyKind.Account, AccountId);
        if (TenantId != Guid.Empty)
            buffer[count++] = new(PartyKind.Tenant, TenantId);
        return buffer[..count];
    }
}
