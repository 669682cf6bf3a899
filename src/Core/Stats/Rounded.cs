namespace TelemetryKit.Core.Stats;

/// <summary>Numbers with as many digits as mean anything to whoever reads them.</summary>
internal static class Rounded
{
    /// <summary>A share: four decimals are a hundredth of a percent.</summary>
    public static double Rate(double rate) => Math.Round(rate, 4);

    /// <summary>A duration: one decimal, or three significant digits where those are more. The sketch it comes from is within 1 %.</summary>
    public static double? Milliseconds(double? milliseconds) => milliseconds switch
    {
        null => null,
        // Math.Round takes 15 digits at most, and nothing takes less than a millionth of a nanosecond.
        > 0 and { } some => Math.Round(some, Math.Clamp(2 - (int)Math.Floor(Math.Log10(some)), 1, 15)),
        _ => 0,
    };
}
