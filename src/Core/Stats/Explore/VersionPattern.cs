using System.Globalization;
using System.Text.RegularExpressions;

namespace TelemetryKit.Core.Stats.Explore;

/// <summary>
/// A group of versions as the value of a filter: <c>1.4.x</c> for all versions 1.4, <c>1.x</c> for all versions 1. Prereleases are groups
/// of their own, such as <c>1.4.x-prerelease</c>.
/// </summary>
internal sealed partial record VersionPattern
{
    private readonly VersionGroup _group;
    private readonly string _name;

    private VersionPattern(VersionGroup group, string name) => (_group, _name) = (group, name);

    /// <summary>Returns the group, or <c>null</c> if the text isn't of this form.</summary>
    public static VersionPattern? TryParse(string? text)
    {
        if (text is null || Form().Match(text) is not { Success: true } match)
            return null;
        if (!TryParse(match.Groups["major"].Value, out var name))
            return null;
        var hasMinor = match.Groups["minor"].Success;
        if (hasMinor)
        {
            if (!TryParse(match.Groups["minor"].Value, out var minor))
                return null;
            name += "." + minor;
        }

        return new(hasMinor ? VersionGroup.Minor : VersionGroup.Major, name + match.Groups["prerelease"].Value);
    }

    /// <summary>Returns whether a version is in the group.</summary>
    public bool Has(string version) => VersionGroups.Of(version, _group) == _name;

    // As the number is written in the name of the group: without leading zeros.
    private static bool TryParse(string digits, out string number)
    {
        var isNumber = long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var value);
        number = value.ToString(CultureInfo.InvariantCulture);
        return isNumber;
    }

    [GeneratedRegex(@"^[vV]?(?<major>[0-9]+)(\.(?<minor>[0-9]+))?\.x(?<prerelease>-prerelease)?\z", RegexOptions.ExplicitCapture)]
    private static partial Regex Form();
}
