using System.Net;

namespace TelemetryKit.Api.Settings;

/// <summary>
/// The reverse proxies whose forwarding headers are trusted. By default none are, because any client can send these headers.
/// </summary>
/// <param name="Networks">Their networks; a single address is a network with one address.</param>
internal sealed record TrustedProxies(IReadOnlyList<IPNetwork> Networks)
{
    /// <summary>The setting's name.</summary>
    public const string Setting = "TELEMETRYKIT_TRUSTED_PROXIES";

    /// <summary>No proxies are trusted.</summary>
    public static TrustedProxies None { get; } = new([]);

    /// <summary>Reads and validates the setting: addresses and networks, separated by commas.</summary>
    public static TrustedProxies Read(IConfiguration configuration, SettingFaults faults)
    {
        List<IPNetwork> networks = [];
        var text = ServerSettings.Text(configuration, Setting) ?? "";
        foreach (var word in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (IPAddress.TryParse(word, out var address))
                networks.Add(new IPNetwork(address, address.GetAddressBytes().Length * 8));
            else if (IPNetwork.TryParse(word, out var network) && network.PrefixLength > 0)
                networks.Add(network);
            else
            {
                faults.Add(
                    $"{Setting} has \"{word}\", which is neither an address nor a network "
                    + "(example: 10.0.0.5, 10.1.0.0/16, fd00::/8).");
            }
        }

        return new(networks);
    }
}
