namespace TelemetryKit.Api.Settings;

/// <summary>The validated settings of accounts.</summary>
internal sealed record AccountSettings
{
    /// <summary>Whether the server is a hosted service with public sign-up. <c>false</c> for a self-hosted server.</summary>
    public bool Hosted { get; private init; }

    /// <summary>The base address of links in mails, or <c>null</c> for the address that the server listens on.</summary>
    public Uri? PublicUrl { get; private init; }

    /// <summary>The mail server, or <c>null</c> if mails are written to files.</summary>
    public SmtpSettings? Smtp { get; private init; }

    /// <summary>The sender of mails.</summary>
    public string MailFrom { get; private init; } = "telemetrykit@localhost";

    /// <summary>The operator's bearer token, or <c>null</c> if the operator's routes are disabled.</summary>
    public string? OperatorToken { get; private init; }

    /// <summary>The OAuth app at GitHub, or <c>null</c> if the sign-in with GitHub is disabled.</summary>
    public GithubSettings? Github { get; private init; }

    /// <summary>Reads and validates the settings.</summary>
    public static AccountSettings Read(IConfiguration configuration, SettingFaults faults)
    {
        var settings = new AccountSettings
        {
            Hosted = Switch(configuration, "TELEMETRYKIT_HOSTED", faults),
            PublicUrl = Url(configuration, "TELEMETRYKIT_PUBLIC_URL", faults),
            Smtp = ServerSettings.Text(configuration, "TELEMETRYKIT_SMTP") is { } smtp ? SmtpSettings.Read(smtp, faults) : null,
            MailFrom = ServerSettings.Text(configuration, "TELEMETRYKIT_MAIL_FROM") ?? "telemetrykit@localhost",
            OperatorToken = ServerSettings.Text(configuration, "TELEMETRYKIT_OPERATOR_TOKEN"),
            Github = GithubSettings.Read(configuration, faults),
        };
        if (SenderAddress.TryParse(settings.MailFrom) is null)
            faults.Add(
                "TELEMETRYKIT_MAIL_FROM is not an e-mail address "
                + "(examples: telemetrykit@example.org, \"TelemetryKit <telemetrykit@example.org>\").");
        if (settings.OperatorToken is { Length: < 32 })
            faults.Add(
                "TELEMETRYKIT_OPERATOR_TOKEN is shorter than 32 characters, so it could be guessed. It can change every tenant's plan.");
        var hasNoUrl = ServerSettings.Text(configuration, "TELEMETRYKIT_PUBLIC_URL") is null;
        if (settings.Hosted && hasNoUrl)
            faults.Add(
                "TELEMETRYKIT_HOSTED requires TELEMETRYKIT_PUBLIC_URL: links in mails can't use the address that this process listens on.");
        if (settings is { Github: { ClientId.Length: > 0, ClientSecret.Length: > 0 } } && hasNoUrl)
            faults.Add("TELEMETRYKIT_GITHUB_CLIENT_ID requires TELEMETRYKIT_PUBLIC_URL: GitHub sends browsers back to that address.");
        return settings;
    }

    /// <summary>Reads a setting that is true or false, by default false.</summary>
    public static bool Switch(IConfiguration configuration, string name, SettingFaults faults)
    {
        var text = ServerSettings.Text(configuration, name);
        if (text is null || bool.TryParse(text, out _))
            return text is not null && bool.Parse(text);
        faults.Add($"{name} must be true or false.");
        return false;
    }

    private static Uri? Url(IConfiguration configuration, string name, SettingFaults faults)
    {
        if (ServerSettings.Text(configuration, name) is not { } text)
            return null;
        if (Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"
            && url.Query.Length == 0 && url.Fragment.Length == 0 && url.UserInfo.Length == 0)
        {
            if (url.AbsolutePath == "/")
                return url;
            // The dashboard's addresses, its cookies and the links in mails begin at the root of the host.
            faults.Add($"{name} has a path, but the server can't be below one: give it a host of its own, such as telemetry.example.org.");
            return null;
        }

        faults.Add($"{name} is not a URL (example: https://telemetry.example.org).");
        return null;
    }
}
