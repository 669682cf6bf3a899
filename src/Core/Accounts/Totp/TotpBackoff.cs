namespace TelemetryKit.Core.Accounts.Totp;

/// <summary>
/// The pauses after wrong codes. Six digits are few: with twelve tries an hour, a person with the password would find one of the three
/// valid codes within months. The pauses double up to a day, so that the chance is about one in a thousand per year.
/// </summary>
public static class TotpBackoff
{
    /// <summary>Wrong codes without a pause.</summary>
    public const int FreeCodes = 5;

    private static readonly TimeSpan First = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    /// <summary>Returns the pause after a number of consecutive wrong codes.</summary>
    public static TimeSpan After(int wrongCodes)
    {
        if (wrongCodes < FreeCodes)
            return TimeSpan.Zero;
        var pause = First * Math.Pow(2, Math.Min(wrongCodes - FreeCodes, 20));
        return pause < Longest ? pause : Longest;
    }

    /// <summary>Returns whether the owner is notified after a number of consecutive wrong codes: after 5, and then every 10.</summary>
    public static bool IsReported(int wrongCodes) => wrongCodes == FreeCodes || (wrongCodes > FreeCodes && wrongCodes % 10 == 0);
}
