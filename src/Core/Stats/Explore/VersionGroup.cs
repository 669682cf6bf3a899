namespace TelemetryKit.Core.Stats.Explore;

/// <summary>How versions are grouped.</summary>
public enum VersionGroup
{
    /// <summary>Each version is a group.</summary>
    None,

    /// <summary>Versions with the same major and minor version are a group, such as 1.2; their prereleases are another.</summary>
    Minor,

    /// <summary>Versions with the same major version are a group, such as 1; their prereleases are another.</summary>
    Major,
}

/// <summary>Groups versions.</summary>
internal static class VersionGroups
{
    private const string Prerelease = "-prerelease";

    /// <summary>Returns the group of a version, such as <c>1.2</c> or <c>1.2-prerelease</c>. Other texts are groups themselves.</summary>
    public static string? Of(string? text, VersionGroup group)
    {
        if (group == VersionGroup.None || SemanticVersion.TryParse(text) is not { } version)
            return text;
        var name = group == VersionGroup.Major ? version.Major : version.Minor;
        return version.IsPrerelease ? name + Prerelease : name;
    }

    /// <summary>Returns the groups with their sums, latest version first; without grouping, most events first.</summary>
    public static List<KeyValuePair<GroupKey, GroupTotals>> Ordered(this MergedGroups merged, VersionGroup group)
    {
        if (group == VersionGroup.None)
            return [.. merged.Ordered];
        var groups = new Dictionary<GroupKey, GroupTotals>();
        foreach (var (key, totals) in merged.Groups)
        {
            var name = new GroupKey(Of(key.First, group));
            if (!groups.TryGetValue(name, out var sum))
                groups.Add(name, sum = new());
            sum.Add(totals);
        }

        return [.. groups.OrderByDescending(g => g.Key.First, Comparer<string?>.Create(SemanticVersion.Compare))];
    }
}
