using System.Globalization;
using System.Text.RegularExpressions;

namespace TelemetryKit.Counting.Tests.Counter;

/// <summary>
/// The order of versions: Semantic Versioning 2.0.0, section 11, with one to four numbers and a leading v. Texts that aren't versions are
/// before all versions, and what is equal in this order is in the order of code units. What has no version is before everything.
/// </summary>
internal static partial class VersionOrder
{
    public static readonly Comparer<string> Comparer = Comparer<string>.Create(Compare);

    private static readonly Dictionary<string, Parts?> Known = [];

    private static readonly Lock Reading = new();

    public static bool IsVersion(string text) => Parse(text) is not null;

    public static bool IsPrerelease(string text) => Parse(text)?.Identifiers.Length > 0;

    /// <summary>Returns the group of a version, such as 1.2, 1 or 1-prerelease. Other texts are groups themselves.</summary>
    public static string GroupOf(string text, string? group)
    {
        if (group is null || Parse(text) is not { } parts)
            return text;
        var name = group == "major" ? $"{parts.Numbers[0]}" : $"{parts.Numbers[0]}.{parts.Numbers[1]}";
        return parts.Identifiers.Length > 0 ? name + "-prerelease" : name;
    }

    /// <summary>Returns whether a version is of a group in the form of a filter, such as 1.4.x, 1.x or 1.4.x-prerelease.</summary>
    public static bool IsIn(string version, string pattern)
    {
        if (Parse(version) is not { } parts || Group().Match(pattern) is not { Success: true } group)
            return false;
        var numbers = group.Groups["core"].Value.Split('.').Select(Number).ToList();
        return parts.Numbers.Take(numbers.Count).SequenceEqual(numbers) && group.Groups["pre"].Success == parts.Identifiers.Length > 0;
    }

    private static int Compare(string? one, string? two)
    {
        if (one == EventCounter.None || two == EventCounter.None)
            return one == two ? 0 : one == EventCounter.None ? -1 : 1;
        var (first, second) = (Parse(one!), Parse(two!));
        if (first is null || second is null)
            return first is not null ? 1 : second is not null ? -1 : string.CompareOrdinal(one, two);
        for (var i = 0; i < first.Numbers.Length; i++)
        {
            if (first.Numbers[i] != second.Numbers[i])
                return first.Numbers[i].CompareTo(second.Numbers[i]);
        }

        var order = ComparePrereleases(first.Identifiers, second.Identifiers);
        return order != 0 ? order : string.CompareOrdinal(one, two);
    }

    private static int ComparePrereleases(string[] one, string[] two)
    {
        if (one.Length == 0 || two.Length == 0)
            return one.Length == two.Length ? 0 : one.Length == 0 ? 1 : -1;
        for (var i = 0; i < one.Length && i < two.Length; i++)
        {
            var (isFirst, isSecond) = (one[i].All(char.IsAsciiDigit), two[i].All(char.IsAsciiDigit));
            var order = isFirst && isSecond ? Number(one[i]).CompareTo(Number(two[i]))
                : isFirst ? -1
                : isSecond ? 1
                : string.CompareOrdinal(one[i], two[i]);
            if (order != 0)
                return order;
        }

        return one.Length.CompareTo(two.Length);
    }

    private static Parts? Parse(string text)
    {
        // Few versions are compared again and again, from both stores' tests.
        lock (Reading)
        {
            if (Known.TryGetValue(text, out var known))
                return known;
            var match = Version().Match(text);
            if (!match.Success)
                return Known[text] = null;
            var numbers = match.Groups["core"].Value.Split('.').Select(Number).ToList();
            while (numbers.Count < 4)
                numbers.Add(0);
            var prerelease = match.Groups["pre"].Value;
            return Known[text] = new([.. numbers], prerelease.Length == 0 ? [] : prerelease[1..].Split('.'));
        }
    }

    private static long Number(string digits) => long.Parse(digits, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^[vV]?(?<core>[0-9]+(\.[0-9]+){0,3})(?<pre>-[^.+]+(\.[^.+]+)*)?(\+.*)?\z", RegexOptions.Singleline)]
    private static partial Regex Version();

    [GeneratedRegex(@"^[vV]?(?<core>[0-9]+(\.[0-9]+)?)\.x(?<pre>-prerelease)?\z", RegexOptions.Singleline)]
    private static partial Regex Group();

    private sealed record Parts(long[] Numbers, string[] Identifiers);
}
