using TelemetryKit.Api.Mail;
using TelemetryKit.Api.Settings;

namespace TelemetryKit.Api.Accounts;

/// <summary>The settings of accounts, checked.</summary>
internal sealed record AccountSettings
{
    /// <summary>True for the service that anybody may sign up to; false for one's own server.</summary>
    public bool Hosted { get; private init; }

    /// <summary>The address that links in mails begin with; <c>null</c> for the one the server listens on.</summary>
    public Uri? PublicUrl { get; private init; }

    /// <summary>The mail server; <c>null</c> where mails are written as files.</summary>
    public SmtpSettings? Smtp { get; private init; }

    /// <summary>The sender of mails.</summary>
    public string MailFrom { get; private init; } = "telemetrykit@localhost";

    /// <summary>The operator's bearer token; <c>null</c> where there is no operator over HTTP.</summary>
    public string? OperatorToken { get; private init; }

    /// <summary>How GitHub knows this server; <c>null</c> where there is no sign-in through GitHub.</summary>
    public GithubSettings? Github { get; private init; }

    /// <summary>Reads and checks them.</summary>
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
            faults.Add("TELEMETRYKIT_MAIL_FROM is not an e-mail address: it looks like telemetrykit@example.org or \"TelemetryKit <telemetrykit@example.org>\".");
        if (settings.OperatorToken is { Length: < 32 })
            faults.Add("TELEMETRYKIT_OPERATOR_TOKEN is shorter than 32 characters: it could be guessed, and it may change every tenant's plan.");
        if (settings is { Hosted: true, PublicUrl: null })
            faults.Add("TELEMETRYKIT_HOSTED needs TELEMETRYKIT_PUBLIC_URL: links in mails to strangers can't begin with the address that this process listens on.");
        return settings;
    }

    private static bool Switch(IConfiguration configuration, string name, SettingFaults faults)
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
        if (Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url.Query.Length == 0 && url.Fragment.Length == 0 && url.UserInfo.Length == 0)
            return url;
        faults.Add($"{name} is not an address: it looks like https://telemetry.example.org.");
        return null;
    }
}
