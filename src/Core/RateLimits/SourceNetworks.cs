namespace TelemetryKit.Core.RateLimits;

/// <summary>The size of a network that one owner may have.</summary>
public enum NetworkSize : byte
{
    /// <summary>An IPv4 address, or an IPv6 network of /64, which a household usually has.</summary>
    Address,

    /// <summary>An IPv6 network of /56, which many providers give to a customer. IPv4 has none.</summary>
    Site,

    /// <summary>An IPv6 network of /48, or an IPv4 network of /24, which an organisation can have.</summary>
    Network,
}

/// <summary>Codes of <see cref="NetworkSize"/>.</summary>
public static class NetworkSizes
{
    /// <summary>Returns the name of the size in metrics.</summary>
    public static string Code(this NetworkSize size) => size switch
    {
        NetworkSize.Address => "source",
        NetworkSize.Site => "site",
        NetworkSize.Network => "network",
        _ => throw new ArgumentOutOfRangeException(nameof(size), size, "The size is unknown."),
    };
}

/// <summary>
/// The networks that contain a source address, as hashes of <see cref="SourceHasher"/>. Each has a bound of its own, which is larger for a
/// larger network, so an owner of many addresses has not as many times the share of one.
/// </summary>
/// <param name="Address">The address, or the /64. 0 if the source isn't known; it has no bound then.</param>
/// <param name="Site">The /56, or 0.</param>
/// <param name="Network">The /48 or /24, or 0.</param>
public readonly record struct SourceNetworks(long Address, long Site = 0, long Network = 0)
{
    /// <summary>The number of sizes.</summary>
    public const int Sizes = 3;

    /// <summary>Whether the source is known. Only a known source has bounds.</summary>
    public bool IsKnown => Address != 0;

    /// <summary>Returns the hash of the network of a size, or 0 if there is none.</summary>
    public long Of(NetworkSize size) => size switch
    {
        NetworkSize.Address => Address,
        NetworkSize.Site => Site,
        NetworkSize.Network => Network,
        _ => throw new ArgumentOutOfRangeException(nameof(size), size, "The size is unknown."),
    };

    /// <summary>Returns how many times the bound of an address a network has: 1, 2 or 4.</summary>
    public static int Factor(NetworkSize size) => 1 << (int)size;
}
