namespace TelemetryKit.Api.Settings;

/// <summary>Where the server listens, as ASP.NET reads it: <c>--urls</c>, <c>ASPNETCORE_URLS</c>, <c>ASPNETCORE_HTTP_PORTS</c>, <c>Kestrel:Endpoints</c>.</summary>
internal static class ListenAddresses
{
    /// <summary>Whether any of them says anything; else the default applies.</summary>
    public static bool AreSet(IConfiguration configuration) =>
        !string.IsNullOrWhiteSpace(configuration["urls"])
        || !string.IsNullOrWhiteSpace(configuration["http_ports"])
        || !string.IsNullOrWhiteSpace(configuration["https_ports"])
        || configuration.GetSection("Kestrel:Endpoints").GetChildren().Any();

    /// <summary>Names each URL that Kestrel would refuse.</summary>
    public static void Check(IConfiguration configuration, SettingFaults faults)
    {
        foreach (var url in (configuration["urls"] ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (!IsUrl(url))
                faults.Add($"--urls (ASPNETCORE_URLS) has \"{url}\", which is not an address to listen on: it looks like {ServerSettings.DefaultUrl} or http://+:8080.");
        }
    }

    private static bool IsUrl(string url)
    {
        try
        {
            var address = BindingAddress.Parse(url);
            return address.Scheme is "http" or "https" && address.Port is >= 0 and <= 65_535 && address.PathBase.Length == 0 && address.Host.Length > 0;
        }
        catch (FormatException)
        {
            return false;
        }
    }
}
