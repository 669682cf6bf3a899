namespace TelemetryKit.Core.Shares;

/// <summary>
/// The bounded resources of a process that requests hold for a time, with their shares. Rates are in <c>RateLimits</c>, and the bounds that
/// concern one project alone are in <see cref="Limits"/>. <c>docs/ARCHITECTURE.md</c> has the table of all.
/// </summary>
public static class Resources
{
    /// <summary>Live views that are open.</summary>
    public static readonly ResourceShares LiveViews = new("live_views", Limits.LiveViews)
    {
        Tenant = Limits.LiveViewsPerTenant, Project = Limits.LiveViewsPerProject, Source = Limits.LiveViewsPerSource,
    };

    /// <summary>Statistics that scan events or wait for a scan.</summary>
    public static readonly ResourceShares Scans = new("scans", Limits.WaitingScans)
    {
        Tenant = Limits.ScansPerTenant, Project = Limits.ScansPerProject,
    };

    /// <summary>Exports that are running.</summary>
    public static readonly ResourceShares Exports = new("exports", Limits.Exports)
    {
        Tenant = Limits.ExportsPerTenant, Project = Limits.ExportsPerProject,
    };

    /// <summary>Passwords of strangers that are hashed or wait for it.</summary>
    public static readonly ResourceShares Passwords = new("passwords", Limits.WaitingPasswords) { Source = Limits.PasswordsPerSource };

    /// <summary>The same of requests that have proved something about an account.</summary>
    public static readonly ResourceShares OwnPasswords = new("own_passwords", Limits.WaitingOwnPasswords)
    {
        Account = Limits.OwnPasswordsPerAccount, Source = Limits.OwnPasswordsPerSource,
    };

    /// <summary>Memory of bodies while they arrive.</summary>
    public static ResourceShares Bodies(long limit = Limits.BodiesBytes) => Memory("arriving", limit);

    /// <summary>Memory of decompressed bodies while they are parsed.</summary>
    public static ResourceShares Unpacked(long limit = Limits.UnpackedBytes) => Memory("unpacked", limit) with { SharedFrom = limit / 2 };

    /// <summary>Memory of parsed batches that wait for their commit.</summary>
    public static ResourceShares Waiting(long limit = Limits.WaitingBytes) => Memory("waiting", limit) with { SharedFrom = limit / 2 };

    private static ResourceShares Memory(string stage, long limit) =>
        new(stage, limit) { Tenant = limit / 4, Key = limit / 8, Source = limit / 8 };
}
