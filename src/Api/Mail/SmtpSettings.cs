using TelemetryKit.Api.Settings;

namespace TelemetryKit.Api.Mail;

/// <summary>How a connection to a mail server is encrypted.</summary>
internal enum SmtpEncryption
{
    /// <summary>By STARTTLS, without which nothing is sent.</summary>
    StartTls,

    /// <summary>From the first byte on.</summary>
    Implicit,

    /// <summary>Not at all.</summary>
    None,
}

/// <summary>A mail server, as <c>smtp://user:password@host:port</c> or <c>smtps://…</c> says it.</summary>
/// <param name="Host">Its name or address.</param>
/// <param name="Port">Its port.</param>
/// <param name="User">Who sends; <c>null</c> where the server doesn't ask.</param>
/// <param name="Password">Their password.</param>
/// <param name="Encryption">How the connection is encrypted: only <c>?starttls=false</c> switches it off.</param>
internal sealed record SmtpSettings(string Host, int Port, string? User, string? Password, SmtpEncryption Encryption)
{
    private const int SubmissionPort = 587;
    private const int ImplicitTlsPort = 465;

    /// <summary>Reads and checks the address.</summary>
    public static SmtpSettings? Read(string text, SettingFaults faults)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Host.Length == 0 || url.AbsolutePath.Trim('/').Length > 0 || EncryptionOf(url) is not { } encryption)
        {
            // The text has a password in it, so it isn't repeated.
            faults.Add(
                "TELEMETRYKIT_SMTP is not a mail server: it looks like smtp://user:password@mail.example.org:587, with ?starttls=false at the end for a server that can't encrypt, "
                + "or like smtps://user:password@mail.example.org for one that encrypts from the start (port 465).");
            return null;
        }

        var user = url.UserInfo.Split(':', 2);
        var port = url.Port > 0 ? url.Port : encryption == SmtpEncryption.Implicit ? ImplicitTlsPort : SubmissionPort;
        return new(
            url.IdnHost, port, user[0].Length > 0 ? Uri.UnescapeDataString(user[0]) : null, user.Length > 1 ? Uri.UnescapeDataString(user[1]) : null, encryption);
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
