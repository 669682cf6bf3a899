using System.Globalization;

namespace TelemetryKit.Core.Stats.Explore;

/// <summary>
/// A version in the order of Semantic Versioning 2.0.0 (section 11). One to four numbers and a leading <c>v</c> are accepted, because not
/// all tools follow it exactly. Numbers that are absent are 0.
/// </summary>
internal sealed class SemanticVersion : IComparable<SemanticVersion>
{
    private const int MaxNumbers = 4;

    private readonly long[] _numbers;
    private readonly string[] _prerelease;

    private SemanticVersion(long[] numbers, string[] prerelease) => (_numbers, _prerelease) = (numbers, prerelease);

    /// <summary>Whether the version is a prerelease, such as 2.0.0-beta.1.</summary>
    public bool IsPrerelease => _prerelease.Length > 0;

    /// <summary>The major version.</summary>
    public string Major => _numbers[0].ToString(CultureInfo.InvariantCulture);

    /// <summary>The major and the minor version.</summary>
    public string Minor => string.Create(CultureInfo.InvariantCulture, $"{_numbers[0]}.{_numbers[1]}");

    /// <summary>Returns the version, or <c>null</c> if the text isn't one. Build metadata (<c>+…</c>) is ignored.</summary>
    public static SemanticVersion? TryParse(string? text)
    {
        if (string.IsNullOrEmpty(text))
            return null;
        var core = text[0] is 'v' or 'V' ? text[1..] : text;
        if (core.IndexOf('+', StringComparison.Ordinal) is >= 0 and var build)
            core = core[..build];
        string[] prerelease = [];
        if (core.IndexOf('-', StringComparison.Ordinal) is >= 0 and var dash)
            (core, prerelease) = (core[..dash], core[(dash + 1)..].Split('.'));
        var parts = core.Split('.');
        if (parts.Length > MaxNumbers || prerelease.Contains(""))
            return null;
        var numbers = new long[MaxNumbers];
        for (var i = 0; i < parts.Length; i++)
        {
            if (!TryParseNumber(parts[i], out numbers[i]))
                return null;
        }

        return new(numbers, prerelease);
    }

    /// <summary>Compares two texts: versions in their order, before them texts that aren't versions.</summary>
    public static int Compare(string? one, string? two)
    {
        var order = (TryParse(one), TryParse(two)) switch
        {
            (null, null) => 0,
            (null, _) => -1,
            (_, null) => 1,
            var (first, second) => first.CompareTo(second),
        };
        return order == 0 ? string.CompareOrdinal(one, two) : order;
    }

    /// <inheritdoc />
    public int CompareTo(SemanticVersion? other)
    {
        if (other is null)
            return 1;
        for (var i = 0; i < MaxNumbers; i++)
        {
            if (_numbers[i] != other._numbers[i])
                return _numbers[i].CompareTo(other._numbers[i]);
        }

        return ComparePrerelease(_prerelease, other._prerelease);
    }

    private static int ComparePrerelease(string[] one, string[] two)
    {
        // A prerelease precedes its release.
        if (one.Length == 0 || two.Length == 0)
            return two.Length - one.Length;
        for (var i = 0; i < Math.Min(one.Length, two.Length); i++)
        {
            var order = (TryParseNumber(one[i], out var first), TryParseNumber(two[i], out var second)) switch
            {
                (true, true) => first.CompareTo(second),
                (true, false) => -1,
                (false, true) => 1,
                _ => string.CompareOrdinal(one[i], two[i]),
            };
            if (order != 0)
                return order;
        }

        return one.Length - two.Length;
    }

    private static bool TryParseNumber(string text, out long number) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
