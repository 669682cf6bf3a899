using System.Net;

namespace TelemetryKit.Api.Settings;

/// <summary>The reverse proxies whose word is taken for whom they forward. Without any, nobody's is: a header that anybody can write would let everybody be everybody.</summary>
/// <param name="Networks">Their addresses; a single one is a network of one.</param>
internal sealed record TrustedProxies(IReadOnlyList<IPNetwork> Networks)
{
    /// <summary>The setting's name.</summary>
    public const string Setting = "TELEMETRYKIT_TRUSTED_PROXIES";

    /// <summary>Nobody.</summary>
    public static TrustedProxies None { get; } = new([]);

    /// <summary>Reads and checks the setting: addresses and networks, separated by commas.</summary>
    public static TrustedProxies Read(IConfiguration configuration, SettingFaults faults)
    {
        List<IPNetwork> networks = [];
        foreach (var word in (ServerSettings.Text(configuration, Setting) ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (IPAddress.TryParse(word, out var address))
                networks.Add(new IPNetwork(address, address.GetAddressBytes().Length * 8));
            else if (IPNetwork.TryParse(word, out var network) && network.PrefixLength > 0)
                networks.Add(network);
            else
                faults.Add($"{Setting} has \"{word}\", which is neither an address nor a network: it looks like 10.0.0.5, 10.1.0.0/16 or fd00::/8, separated by commas.");
        }

        return new(networks);
    }
}
