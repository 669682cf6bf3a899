namespace TelemetryKit.Core.Stats;

/// <summary>Rounds numbers to their meaningful digits.</summary>
internal static class Rounded
{
    /// <summary>Rounds a share to four decimals, a hundredth of a percent.</summary>
    public static double Rate(double rate) => Math.Round(rate, 4);

    /// <summary>
    /// Rounds a duration to one decimal, or to four significant digits if those are more: the sketch is accurate to 0.78 %, and rounding
    /// to three digits would add up to 0.5 %.
    /// </summary>
    public static double? Milliseconds(double? milliseconds) => milliseconds switch
    {
        null => null,
        // Math.Round accepts at most 15 digits, and no duration is shorter than a millionth of a nanosecond.
        > 0 and { } some => Math.Round(some, Math.Clamp(3 - (int)Math.Floor(Math.Log10(some)), 1, 15)),
        _ => 0,
    };
}
