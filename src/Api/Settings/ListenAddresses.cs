using System.Net;

namespace TelemetryKit.Api.Settings;

/// <summary>
/// The addresses that the server listens on, as configured for ASP.NET Core: <c>--urls</c>, <c>ASPNETCORE_URLS</c>,
/// <c>ASPNETCORE_HTTP_PORTS</c>, <c>Kestrel:Endpoints</c>.
/// </summary>
internal static class ListenAddresses
{
    /// <summary>Returns whether any of them is set. Otherwise the default applies.</summary>
    public static bool AreSet(IConfiguration configuration) =>
        !string.IsNullOrWhiteSpace(configuration["urls"])
        || !string.IsNullOrWhiteSpace(configuration["http_ports"])
        || !string.IsNullOrWhiteSpace(configuration["https_ports"])
        || configuration.GetSection("Kestrel:Endpoints").GetChildren().Any();

    /// <summary>Adds a fault for each URL that Kestrel would reject.</summary>
    public static void Check(IConfiguration configuration, SettingFaults faults)
    {
        foreach (var url in Split(configuration["urls"]))
        {
            if (!IsUrl(url))
            {
                faults.Add(
                    $"--urls (ASPNETCORE_URLS) has \"{url}\", which is not a listen address "
                    + $"(examples: {ServerSettings.DefaultUrl}, http://+:8080).");
            }
        }
    }

    /// <summary>
    /// Returns the configured addresses, or the default one. As in Kestrel, endpoints override URLs, which override ports.
    /// </summary>
    public static IReadOnlyList<string> Of(IConfiguration configuration)
    {
        var endpoints = configuration.GetSection("Kestrel:Endpoints").GetChildren().Select(endpoint => endpoint["Url"]).OfType<string>();
        List<string>[] inOrder =
        [
            [.. endpoints],
            Split(configuration["urls"]),
            [
                .. Split(configuration["http_ports"]).Select(port => "http://*:" + port),
                .. Split(configuration["https_ports"]).Select(port => "https://*:" + port),
            ],
        ];
        return inOrder.FirstOrDefault(addresses => addresses.Count > 0) ?? [ServerSettings.DefaultUrl];
    }

    /// <summary>Returns an address that can be used on this machine, without TLS if there is one.</summary>
    /// <param name="urls">Listen addresses.</param>
    public static string Reachable(IReadOnlyCollection<string> urls)
    {
        var url = urls.FirstOrDefault(u => u.StartsWith("http://", StringComparison.OrdinalIgnoreCase))
            ?? urls.FirstOrDefault()
            ?? ServerSettings.DefaultUrl;
        var address = BindingAddress.Parse(url);
        // Kestrel listens on all addresses if the host is a name.
        var isOne = address.IsUnixPipe || address.IsNamedPipe
            || (IPAddress.TryParse(address.Host, out var ip) && !ip.Equals(IPAddress.Any) && !ip.Equals(IPAddress.IPv6Any));
        return isOne ? url : $"{address.Scheme}://localhost:{address.Port}";
    }

    private static List<string> Split(string? list) =>
        [.. (list ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];

    private static bool IsUrl(string url)
    {
        try
        {
            var address = BindingAddress.Parse(url);
            return address.Scheme is "http" or "https"
                && address.Port is >= 0 and <= 65_535
                && address.PathBase.Length == 0 && address.Host.Length > 0;
        }
        catch (FormatException)
        {
            return false;
        }
    }
}
