namespace TelemetryKit.Context;

/// <summary>
/// The values of switches, in environment variables and in files. Spaces, tabs and line ends around a value and its case don't matter.
/// Other blanks are something that was not understood, and therefore a no.
/// </summary>
internal static class SwitchValue
{
    private static readonly char[] Blanks = [' ', '\t', '\r', '\n'];

    /// <summary>Returns the value without the spaces, tabs and line ends around it.</summary>
    public static string Trim(string value) => value.Trim(Blanks);

    /// <summary>Returns null if the value is empty, true for <c>1 true yes on</c>, and false for everything else.</summary>
    public static bool? Allows(string? value)
    {
        var trimmed = value?.Trim(Blanks);
        return string.IsNullOrEmpty(trimmed) ? null : IsOneOf(trimmed!, "1", "true", "yes", "on");
    }

    /// <summary>Returns whether the value is set: neither empty nor <c>0 false no off</c>.</summary>
    public static bool IsSet(string? value)
    {
        var trimmed = value?.Trim(Blanks);
        return !string.IsNullOrEmpty(trimmed) && !IsOneOf(trimmed!, "0", "false", "no", "off");
    }

    private static bool IsOneOf(string value, string first, string second, string third, string fourth) =>
        Is(value, first) || Is(value, second) || Is(value, third) || Is(value, fourth);

    private static bool Is(string value, string word) => value.Equals(word, StringComparison.OrdinalIgnoreCase);
}
