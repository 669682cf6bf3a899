using TelemetryKit.Context;
using TelemetryKit.Options;

namespace TelemetryKit.Consent;

/// <summary>
/// Asks the user for consent, or shows the notice. Writes to standard error, because standard output belongs to the tool.
/// </summary>
internal static class ConsentPrompt
{
    private const int MaxQuestions = 5;

    /// <summary>How long the question waits for an answer. Perhaps nobody is there.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Asks the user. Returns null if there is no clear answer in time.</summary>
    public static bool? Ask(OptionValues options, Host host)
    {
        var error = host.Error;
        error.WriteLine();
        error.WriteLine($"{options.ServiceName} would like to collect anonymous usage data. You decide.");
        Describe(options, error);
        for (var i = 0; i < MaxQuestions; i++)
        {
            error.Write("Allow it? [Y] yes  [N] no  [?] show exactly what is sent (default: N) ");
            error.Flush();
            if (host.ReadLine(Patience) is not { } answer)
                break;
            switch (answer.Trim().ToUpperInvariant())
            {
                case "Y" or "YES":
                    error.WriteLine("Thank you.");
                    return true;
                case "" or "N" or "NO":
                    error.WriteLine("Nothing is recorded.");
                    return false;
                case "?":
                    error.WriteLine(SampleBatch.Json(options, host));
                    break;
            }
        }

        error.WriteLine();
        error.WriteLine("There was no clear answer. Nothing is recorded, and you will be asked again.");
        return null;
    }

    public static void ShowNotice(OptionValues options, Host host)
    {
        var error = host.Error;
        error.WriteLine();
        error.WriteLine($"Starting with the next run, {options.ServiceName} collects anonymous usage data.");
        Describe(options, error);
        error.WriteLine($"To disable it, set {Switches.VariableOf(options.ServiceName)}=0, or DO_NOT_TRACK=1 for all tools.");
        error.WriteLine();
    }

    private static void Describe(OptionValues options, TextWriter error)
    {
        error.WriteLine();
        error.WriteLine("  Collected:");
        foreach (var line in CollectedFields.Of(options))
            error.WriteLine("    - " + line);
        error.WriteLine("  Never collected:");
        error.WriteLine("    - " + CollectedFields.Never);
        if (options.PrivacyLink is { } link)
            error.WriteLine("  More: " + link);
        error.WriteLine();
    }
}
