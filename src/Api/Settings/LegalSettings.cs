using System.Text;

namespace TelemetryKit.Api.Settings;

/// <summary>A text of the operator for visitors.</summary>
/// <param name="Text">The text.</param>
/// <param name="IsMarkdown">Whether it is Markdown. Otherwise it is plain text.</param>
internal sealed record LegalText(string Text, bool IsMarkdown);

/// <summary>The operator's own texts for visitors. They are read when the server starts.</summary>
/// <param name="Privacy">What the operator does with personal data, or <c>null</c>.</param>
/// <param name="Terms">The terms of the service, or <c>null</c>.</param>
internal sealed record LegalSettings(LegalText? Privacy = null, LegalText? Terms = null)
{
    private const string PrivacyName = "TELEMETRYKIT_PRIVACY_FILE";
    private const string TermsName = "TELEMETRYKIT_TERMS_FILE";
    private const int MaxBytes = 256 * 1024;

    // A file in another encoding would be shown with wrong characters.
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads the files that the settings name.</summary>
    public static LegalSettings Read(IConfiguration configuration, SettingFaults faults) =>
        new(ReadOne(configuration, PrivacyName, faults), ReadOne(configuration, TermsName, faults));

    private static LegalText? ReadOne(IConfiguration configuration, string name, SettingFaults faults)
    {
        if (ServerSettings.Text(configuration, name) is not { } file)
            return null;
        try
        {
            if (new FileInfo(file) is { Exists: true, Length: > MaxBytes })
            {
                faults.Add($"{name} names a file of more than {MaxBytes / 1024} KB.");
                return null;
            }

            var text = File.ReadAllText(file, Utf8).Trim();
            if (text.Length > 0)
                return new(text, Path.GetExtension(file).ToUpperInvariant() is ".MD" or ".MARKDOWN");
            faults.Add($"{name} names a file without text.");
        }
        catch (DecoderFallbackException)
        {
            faults.Add($"{name} names a file that is not in UTF-8.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            faults.Add($"{name} names a file that can't be read: {e.Message}");
        }

        return null;
    }
}
