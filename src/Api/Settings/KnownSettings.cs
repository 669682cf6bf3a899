namespace TelemetryKit.Api.Settings;

/// <summary>A setting that is read from the environment, or from the command line as <c>--NAME VALUE</c>.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">What its value is, for <c>--help</c>.</param>
/// <param name="Description">What it does, for <c>--help</c>.</param>
internal sealed record KnownSetting(string Name, string Value, string Description);

/// <summary>The settings that <c>--help</c> names, and those of the framework that may be given on the command line as well.</summary>
internal static class KnownSettings
{
    /// <summary>Those that have an option.</summary>
    public static readonly IReadOnlyList<KnownSetting> All =
    [
        new(
            "urls", "URLS",
            $"Where to listen, separated by semicolons (default: {ServerSettings.DefaultUrl}). As a variable ASPNETCORE_URLS."),
        new("TELEMETRYKIT_DATA", "FOLDER", "Folder of the embedded database and of mail files (default: ./data)."),
        new("TELEMETRYKIT_POSTGRES", "CONNECTION", "Npgsql connection string. PostgreSQL is used if it is set."),
        new("TELEMETRYKIT_BOOTSTRAP_KEY", "KEY", "Live or test key of the project \"default\", made if it doesn't exist."),
        new("TELEMETRYKIT_BOOTSTRAP_READ_KEY", "KEY", "Read key of the project \"default\", made if it doesn't exist."),
        new("TELEMETRYKIT_METRICS_TOKEN", "TOKEN", "Bearer token that /metrics asks for (default: none)."),
        new("TELEMETRYKIT_TRUSTED_PROXIES", "NETWORKS", "Addresses and networks of proxies whose X-Forwarded-For counts (default: none)."),
        new("TELEMETRYKIT_HOSTED", "true|false", "true: anyone may sign up, each with a tenant on the Free plan (default: false)."),
        new("TELEMETRYKIT_PUBLIC_URL", "URL", "What links in mails begin with (default: the address it listens on)."),
        new("TELEMETRYKIT_SMTP", "URL", "smtp://user:password@host:port (default: mails are files in DATA/mail)."),
        new("TELEMETRYKIT_MAIL_FROM", "ADDRESS", "The sender of mails."),
        new("TELEMETRYKIT_OPERATOR_TOKEN", "TOKEN", "Bearer token of /v1/operator (default: none, and the routes don't exist)."),
        new("TELEMETRYKIT_GITHUB_CLIENT_ID", "ID", "Sign-in through GitHub, with TELEMETRYKIT_GITHUB_CLIENT_SECRET."),
        new("TELEMETRYKIT_GITHUB_CLIENT_SECRET", "SECRET", "The secret of TELEMETRYKIT_GITHUB_CLIENT_ID."),
        new("TELEMETRYKIT_GITHUB_URL", "URL", "A GitHub Enterprise server instead of github.com."),
        new("OTEL_EXPORTER_OTLP_ENDPOINT", "URL", "And the other usual OTEL_ variables: export traces and metrics over OTLP."),
    ];

    private static readonly string[] FrameworkKeys = ["http_ports", "https_ports", "environment", "contentRoot", "AllowedHosts"];
    private static readonly string[] FrameworkSections = ["Logging:", "Kestrel:", "hostBuilder:", "OTEL_"];

    /// <summary>Whether ASP.NET, its host or OpenTelemetry reads the key.</summary>
    public static bool IsOfFramework(string key) =>
        FrameworkKeys.Contains(key, StringComparer.OrdinalIgnoreCase)
        || FrameworkSections.Any(section => key.StartsWith(section, StringComparison.OrdinalIgnoreCase));
}
