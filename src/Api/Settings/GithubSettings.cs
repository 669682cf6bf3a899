namespace TelemetryKit.Api.Settings;

/// <summary>How GitHub knows this server (an OAuth app), and where GitHub is.</summary>
/// <param name="ClientId">The app's id.</param>
/// <param name="ClientSecret">The app's secret.</param>
/// <param name="Web">Where people sign in: github.com, or a GitHub Enterprise server.</param>
/// <param name="Api">Where programs ask.</param>
internal sealed record GithubSettings(string ClientId, string ClientSecret, Uri Web, Uri Api)
{
    private const string IdName = "TELEMETRYKIT_GITHUB_CLIENT_ID";
    private const string SecretName = "TELEMETRYKIT_GITHUB_CLIENT_SECRET";
    private const string UrlName = "TELEMETRYKIT_GITHUB_URL";

    /// <summary>Reads and checks them; <c>null</c> where nothing is set.</summary>
    public static GithubSettings? Read(IConfiguration configuration, SettingFaults faults)
    {
        var (id, secret) = (ServerSettings.Text(configuration, IdName), ServerSettings.Text(configuration, SecretName));
        if (id is null && secret is null)
            return null;
        if (id is null || secret is null)
            faults.Add($"{IdName} and {SecretName} are needed together.");
        if (ServerSettings.Text(configuration, UrlName) is not { } text)
            return new(id ?? "", secret ?? "", new Uri("https://github.com/"), new Uri("https://api.github.com/"));
        if (!Uri.TryCreate(text.TrimEnd('/') + "/", UriKind.Absolute, out var web) || web.Scheme is not ("http" or "https"))
        {
            faults.Add($"{UrlName} is not an address: it looks like https://github.example.org.");
            return null;
        }

        // GitHub Enterprise has its API below its own address.
        return new(id ?? "", secret ?? "", web, new Uri(web, "api/v3/"));
    }
}
