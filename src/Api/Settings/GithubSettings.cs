namespace TelemetryKit.Api.Settings;

/// <summary>The OAuth app at GitHub, and the addresses of GitHub.</summary>
/// <param name="ClientId">The app's id.</param>
/// <param name="ClientSecret">The app's secret.</param>
/// <param name="Web">The address for the sign-in: github.com, or a GitHub Enterprise server.</param>
/// <param name="Api">The address of the API.</param>
internal sealed record GithubSettings(string ClientId, string ClientSecret, Uri Web, Uri Api)
{
    private const string IdName = "TELEMETRYKIT_GITHUB_CLIENT_ID";
    private const string SecretName = "TELEMETRYKIT_GITHUB_CLIENT_SECRET";
    private const string UrlName = "TELEMETRYKIT_GITHUB_URL";

    /// <summary>Reads and validates the settings. Returns <c>null</c> if neither the id nor the secret is set.</summary>
    public static GithubSettings? Read(IConfiguration configuration, SettingFaults faults)
    {
        var (id, secret) = (ServerSettings.Text(configuration, IdName), ServerSettings.Text(configuration, SecretName));
        if (id is null && secret is null)
            return null;
        if (id is null || secret is null)
            faults.Add($"{IdName} and {SecretName} must be set together.");
        if (ServerSettings.Text(configuration, UrlName) is not { } text)
            return new(id ?? "", secret ?? "", new Uri("https://github.com/"), new Uri("https://api.github.com/"));
        if (!Uri.TryCreate(text.TrimEnd('/') + "/", UriKind.Absolute, out var web) || web.Scheme is not ("http" or "https"))
        {
            faults.Add($"{UrlName} is not a URL (example: https://github.example.org).");
            return null;
        }

        // The API of GitHub Enterprise is a path of its address.
        return new(id ?? "", secret ?? "", web, new Uri(web, "api/v3/"));
    }
}
