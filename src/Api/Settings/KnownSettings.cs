namespace TelemetryKit.Api.Settings;

/// <summary>A setting that is read from the environment, or from the command line as <c>--NAME VALUE</c>.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">The placeholder of its value in <c>--help</c>.</param>
/// <param name="Description">Its description in <c>--help</c>.</param>
internal sealed record KnownSetting(string Name, string Value, string Description);

/// <summary>The settings that <c>--help</c> lists, and those of the framework that the command line accepts as well.</summary>
internal static class KnownSettings
{
    /// <summary>The settings that have an option.</summary>
    public static readonly IReadOnlyList<KnownSetting> All =
    [
        new(
            "urls", "URLS",
            $"Listen addresses, separated by semicolons (default: {ServerSettings.DefaultUrl}). The variable is ASPNETCORE_URLS."),
        new("TELEMETRYKIT_DATA", "FOLDER", "Folder of the embedded database and of mail files (default: ./data)."),
        new("TELEMETRYKIT_POSTGRES", "CONNECTION", "Npgsql connection string, or postgres:// URL. PostgreSQL is used if it is set."),
        new(
            "TELEMETRYKIT_SECRET", "SECRET",
            "At least 32 random bytes in base64, which seal the secrets in the database (default: a file next to the data folder). "
            + "Required with TELEMETRYKIT_POSTGRES and TELEMETRYKIT_HOSTED."),
        new("TELEMETRYKIT_SECRET_FILE", "FILE", "A file that contains TELEMETRYKIT_SECRET."),
        new("TELEMETRYKIT_SECRET_PREVIOUS", "SECRET", "The former TELEMETRYKIT_SECRET, while it is changed."),
        new("TELEMETRYKIT_SECRET_PREVIOUS_FILE", "FILE", "A file that contains TELEMETRYKIT_SECRET_PREVIOUS."),
        new("TELEMETRYKIT_BOOTSTRAP_KEY", "KEY", "Live or test key of the project \"default\", created if it doesn't exist."),
        new("TELEMETRYKIT_BOOTSTRAP_READ_KEY", "KEY", "Read key of the project \"default\", created if it doesn't exist."),
        new("TELEMETRYKIT_METRICS_TOKEN", "TOKEN", "Bearer token of /metrics (default: none, and only this machine can read it)."),
        new("TELEMETRYKIT_TRUSTED_PROXIES", "NETWORKS", "Addresses and networks of proxies whose X-Forwarded-For is used (default: none)."),
        new("TELEMETRYKIT_HOSTED", "true|false", "true: anyone can sign up, each with a tenant on the Free plan (default: false)."),
        new(
            "TELEMETRYKIT_PUBLIC_URL", "URL",
            "Base address of links in mails (default: the listen address). Required with TELEMETRYKIT_HOSTED and sign-in through GitHub."),
        new("TELEMETRYKIT_SMTP", "URL", "smtp://user:password@host:port (default: mails are written to files in DATA/mail)."),
        new("TELEMETRYKIT_MAIL_FROM", "ADDRESS", "The sender of mails."),
        new("TELEMETRYKIT_OPERATOR_TOKEN", "TOKEN", "Bearer token of /v1/operator (default: none, and the routes don't exist)."),
        new("TELEMETRYKIT_GITHUB_CLIENT_ID", "ID", "Sign-in through GitHub, with TELEMETRYKIT_GITHUB_CLIENT_SECRET."),
        new("TELEMETRYKIT_GITHUB_CLIENT_SECRET", "SECRET", "The secret of TELEMETRYKIT_GITHUB_CLIENT_ID."),
        new("TELEMETRYKIT_GITHUB_URL", "URL", "A GitHub Enterprise server instead of github.com."),
        new("TELEMETRYKIT_STRIPE_SECRET_KEY", "KEY", "Bills plans through Stripe (default: none, and there is no billing)."),
        new("TELEMETRYKIT_STRIPE_WEBHOOK_SECRET", "SECRETS", "Secrets of Stripe's webhooks, separated by commas."),
        new("TELEMETRYKIT_STRIPE_API_BASE", "URL", "Another address of Stripe's API, for tests."),
        new("TELEMETRYKIT_STRIPE_TAX", "true|false", "Computes taxes with Stripe Tax (default: false)."),
        new("TELEMETRYKIT_PRIVACY_FILE", "FILE", "Your text about privacy for visitors: Markdown (.md) or plain text."),
        new("TELEMETRYKIT_TERMS_FILE", "FILE", "Your terms of the service for visitors: Markdown (.md) or plain text."),
        new(
            "TELEMETRYKIT_CLUSTER", "off|member|client",
            "member: hosts grains in a cluster on PostgreSQL; client: uses those of other processes (default: off, on its own)."),
        new("TELEMETRYKIT_SILO_ADDRESS", "ADDRESS", "Address of this process for other members (default: POD_IP). Never public."),
        new("TELEMETRYKIT_SILO_PORT", "PORT", "Port for other members, 0 for a free one (default: 11111). Never public."),
        new("TELEMETRYKIT_GATEWAY_PORT", "PORT", "Port for clients, 0 for a free one (default: none). Never public."),
        new("TELEMETRYKIT_ORLEANS_DASHBOARD", "true|false", "Serves the Orleans Dashboard at /orleans (default: false)."),
        new("TELEMETRYKIT_WARM_UP", "true|false", "Rehearses ingest before the server is ready (default: false)."),
        new("OTEL_EXPORTER_OTLP_ENDPOINT", "URL", "Exports traces and metrics over OTLP. The other standard OTEL_ variables work too."),
    ];

    private const string Prefix = "TELEMETRYKIT_";

    // Variables of the SDKs, which may be set for all programs of a machine, and of tests.
    private static readonly string[] OtherPrograms =
    [
        "TELEMETRYKIT_ENABLED", "TELEMETRYKIT_KEY", "TELEMETRYKIT_ENDPOINT", "TELEMETRYKIT_BACKEND", "TELEMETRYKIT_DEBUG",
        "TELEMETRYKIT_VERBOSE",
    ];

    private static readonly string[] FrameworkKeys = ["http_ports", "https_ports", "environment", "contentRoot", "AllowedHosts"];
    private static readonly string[] FrameworkSections = ["Logging:", "Kestrel:", "hostBuilder:", "OTEL_"];

    /// <summary>Adds a fault for each variable with our prefix that no setting has, so that a misspelled one isn't ignored.</summary>
    public static void CheckNames(IConfiguration configuration, SettingFaults faults)
    {
        var names = All.Select(setting => setting.Name).Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)).ToList();
        foreach (var name in configuration.GetChildren().Select(child => child.Key).Where(IsUnknown).Order(StringComparer.Ordinal))
        {
            var nearest = NearestName.Of(name, names);
            faults.Add($"{name} is not a setting.{(nearest is null ? "" : $" Did you mean {nearest}?")}");
        }

        bool IsUnknown(string name) =>
            name.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase)
            && !name.StartsWith(Prefix + "TEST_", StringComparison.OrdinalIgnoreCase)
            && !names.Concat(OtherPrograms).Contains(name, StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>Returns whether ASP.NET, its host or OpenTelemetry reads the key.</summary>
    public static bool IsOfFramework(string key) =>
        FrameworkKeys.Contains(key, StringComparer.OrdinalIgnoreCase)
        || FrameworkSections.Any(section => key.StartsWith(section, StringComparison.OrdinalIgnoreCase));
}
