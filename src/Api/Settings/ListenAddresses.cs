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
        var urls = configuration["urls"] ?? "";
        foreach (var url in urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (!IsUrl(url))
            {
                faults.Add(
                    $"--urls (ASPNETCORE_URLS) has \"{url}\", which is not a listen address "
                    + $"(examples: {ServerSettings.DefaultUrl}, http://+:8080).");
            }
        }
    }

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
