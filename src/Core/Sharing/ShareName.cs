namespace TelemetryKit.Core.Sharing;

/// <summary>The name of a public page: 2 to 50 lower-case ASCII letters, digits and single hyphens between them.</summary>
public static class ShareName
{
    /// <summary>The rule, to complete "It …".</summary>
    public const string Rule = "must have 2 to 50 lower-case letters, digits and single hyphens between them";

    private const int Shortest = 2;
    private const int Longest = 50;

    /// <summary>Returns whether a text is a name.</summary>
    public static bool IsValid(string? text)
    {
        if (text is null || text.Length is < Shortest or > Longest || text[^1] == '-')
            return false;
        var before = '-';
        foreach (var c in text)
        {
            if (!char.IsAsciiLetterLower(c) && !char.IsAsciiDigit(c) && (c != '-' || before == '-'))
                return false;
            before = c;
        }

        return true;
    }
}
