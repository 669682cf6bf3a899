namespace TelemetryKit.Api.Settings;

/// <summary>A mail server, as <c>smtp://user:password@host:port</c> says it.</summary>
/// <param name="Host">Where it is.</param>
/// <param name="Port">Its port.</param>
/// <param name="User">Who sends; <c>null</c> where it doesn't ask.</param>
/// <param name="Password">Their password.</param>
/// <param name="StartTls">Whether the connection must be encrypted (STARTTLS). Only <c>?starttls=false</c> switches it off.</param>
internal sealed record SmtpSettings(string Host, int Port, string? User, string? Password, bool StartTls)
{
    private const int SubmissionPort = 587;

    /// <summary>Reads and checks the address.</summary>
    public static SmtpSettings? Read(string text, SettingFaults faults)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme != "smtp" || url.Host.Length == 0 || url.AbsolutePath.Trim('/').Length > 0
            || url.Query is not ("" or "?starttls=true" or "?starttls=false"))
        {
            // The text has a password in it, so it isn't repeated.
            faults.Add("TELEMETRYKIT_SMTP is not a mail server: it looks like smtp://user:password@mail.example.org:587, with ?starttls=false at the end for a server that can't encrypt.");
            return null;
        }

        var user = url.UserInfo.Split(':', 2);
        return new(
            url.Host, url.Port > 0 ? url.Port : SubmissionPort, user[0].Length > 0 ? Uri.UnescapeDataString(user[0]) : null,
            user.Length > 1 ? Uri.UnescapeDataString(user[1]) : null, url.Query != "?starttls=false");
    }
}
