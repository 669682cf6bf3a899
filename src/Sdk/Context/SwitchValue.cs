namespace TelemetryKit.Context;

/// <summary>The values of switches, in environment variables and in files. Blanks around a value and its case don't matter.</summary>
internal static class SwitchValue
{
    /// <summary>Returns null if the value is empty, true for <c>1 true yes on</c>, and false for everything else.</summary>
    public static bool? Allows(string? value)
    {
        var trimmed = value?.Trim();
        return string.IsNullOrEmpty(trimmed) ? null : IsOneOf(trimmed!, "1", "true", "yes", "on");
    }

    /// <summary>Returns whether the value is set: neither empty nor <c>0 false no off</c>.</summary>
    public static bool IsSet(string? value)
    {
        var trimmed = value?.Trim();
        return !string.IsNullOrEmpty(trimmed) && !IsOneOf(trimmed!, "0", "false", "no", "off");
    }

    private static bool IsOneOf(string value, string first, string second, string third, string fourth) =>
        Is(value, first) || Is(value, second) || Is(value, third) || Is(value, fourth);

    private static bool Is(string value, string word) => value.Equals(word, StringComparison.OrdinalIgnoreCase);
}
