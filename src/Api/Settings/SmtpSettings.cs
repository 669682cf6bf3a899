namespace TelemetryKit.Api.Settings;

/// <summary>The encryption of the connection to a mail server.</summary>
internal enum SmtpEncryption
{
    /// <summary>STARTTLS. Nothing is sent if the server doesn't offer it.</summary>
    StartTls,

    /// <summary>TLS from the first byte.</summary>
    Implicit,

    /// <summary>None.</summary>
    None,
}

/// <summary>A mail server, configured as <c>smtp://user:password@host:port</c> or <c>smtps://…</c>.</summary>
/// <param name="Host">Its host name or address.</param>
/// <param name="Port">Its port.</param>
/// <param name="User">The user name, or <c>null</c> if no authentication is needed.</param>
/// <param name="Password">The password, or <c>null</c> if there is none.</param>
/// <param name="Encryption">The encryption. Only <c>?starttls=false</c> switches it off.</param>
internal sealed record SmtpSettings(string Host, int Port, string? User, string? Password, SmtpEncryption Encryption)
{
    private const int SubmissionPort = 587;
    private const int ImplicitTlsPort = 465;

    /// <summary>Reads and validates the address. Returns <c>null</c> and adds a fault if it is invalid.</summary>
    public static SmtpSettings? Read(string text, SettingFaults faults)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url)
            || url.Host.Length == 0 || url.AbsolutePath.Trim('/').Length > 0 || EncryptionOf(url) is not { } encryption)
        {
            // The text may contain a password, so it isn't repeated.
            faults.Add(
                "TELEMETRYKIT_SMTP is not a mail server (examples: smtp://user:password@mail.example.org:587, or "
                + "smtps://user:password@mail.example.org for TLS from the start on port 465). "
                + "Append ?starttls=false to smtp:// for a server that doesn't support encryption.");
            return null;
        }

        var user = url.UserInfo.Split(':', 2);
        var port = url.Port > 0 ? url.Port : encryption == SmtpEncryption.Implicit ? ImplicitTlsPort : SubmissionPort;
        return new(
            url.IdnHost, port, user[0].Length > 0 ? Uri.UnescapeDataString(user[0]) : null,
            user.Length > 1 ? Uri.UnescapeDataString(user[1]) : null, encryption);
    }

    private static SmtpEncryption? EncryptionOf(Uri url) => (url.Scheme, url.Query) switch
    {
        ("smtps", "") => SmtpEncryption.Implicit,
        ("smtp", "") => url.Port == ImplicitTlsPort ? SmtpEncryption.Implicit : SmtpEncryption.StartTls,
        ("smtp", "?starttls=true") => SmtpEncryption.StartTls,
        ("smtp", "?starttls=false") => SmtpEncryption.None,
        _ => null,
    };
}
