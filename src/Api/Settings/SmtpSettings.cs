namespace TelemetryKit.Api.Settings;

/// <summary>A mail server, configured as <c>smtp://user:password@host:port</c>.</summary>
/// <param name="Host">Its host name.</param>
/// <param name="Port">Its port.</param>
/// <param name="User">The user name, or <c>null</c> if no authentication is needed.</param>
/// <param name="Password">The password, or <c>null</c> if there is none.</param>
/// <param name="StartTls">Whether the connection must be encrypted (STARTTLS). Only <c>?starttls=false</c> switches it off.</param>
internal sealed record SmtpSettings(string Host, int Port, string? User, string? Password, bool StartTls)
{
    private const int SubmissionPort = 587;

    /// <summary>Reads and validates the address. Returns <c>null</c> and adds a fault if it is invalid.</summary>
    public static SmtpSettings? Read(string text, SettingFaults faults)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url)
            || url.Scheme != "smtp" || url.Host.Length == 0 || url.AbsolutePath.Trim('/').Length > 0
            || url.Query is not ("" or "?starttls=true" or "?starttls=false"))
        {
            // The text may contain a password, so it isn't repeated.
            faults.Add(
                "TELEMETRYKIT_SMTP is not a mail server (example: smtp://user:password@mail.example.org:587). "
                + "Append ?starttls=false for a server that doesn't support encryption.");
            return null;
        }

        var user = url.UserInfo.Split(':', 2);
        return new(
            url.Host, url.Port > 0 ? url.Port : SubmissionPort, user[0].Length > 0 ? Uri.UnescapeDataString(user[0]) : null,
            user.Length > 1 ? Uri.UnescapeDataString(user[1]) : null, url.Query != "?starttls=false");
    }
}
