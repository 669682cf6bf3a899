using TelemetryKit.Api.Http;
using TelemetryKit.Core;
using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Events;
using TelemetryKit.Core.Text;

namespace TelemetryKit.Api.Projects;

/// <summary>Validates the settings of a project.</summary>
internal static class SettingsChecks
{
    /// <summary>Returns the settings and adds their faults to <paramref name="checks"/>.</summary>
    public static ProjectSettings Check(BodyChecks checks, SettingsBody body)
    {
        checks.Require(
            body.KeptDays is null or (>= 1 and <= 36_500), "kept_days", "It must be a whole number of days, 1 or more, or null.");
        CheckAllowList(checks, body.MetadataAllowList);
        var aliases = body.Aliases ?? new Dictionary<string, string>();
        CheckAliases(checks, aliases);
        return new ProjectSettings
        {
            KeptDays = body.KeptDays,
            MetadataAllowList = body.MetadataAllowList?.Distinct(StringComparer.Ordinal).ToArray(),
            Aliases = aliases,
        };
    }

    private static void CheckAllowList(BodyChecks checks, IReadOnlyList<string>? keys)
    {
        if (keys is null)
            return;
        checks.Require(
            keys.Count <= Limits.AliasesPerProject, "metadata_allow_list", $"It must have at most {Limits.AliasesPerProject} keys.");
        checks.Require(
            keys.All(key => CodePoints.IsBetween(key, 1, Limits.MetadataKeyLength)),
            "metadata_allow_list",
            $"A key has 1 to {Limits.MetadataKeyLength} characters.");
    }

    private static void CheckAliases(BodyChecks checks, IReadOnlyDictionary<string, string> aliases)
    {
        checks.Require(aliases.Count <= Limits.AliasesPerProject, "aliases", $"There must be at most {Limits.AliasesPerProject}.");
        checks.Require(
            aliases.All(alias => IsSubject(alias.Key) && IsSubject(alias.Value)),
            "aliases",
            $"A name has 1 to {Limits.NameLength} characters and isn't {NoValue.Name}.");
        // Aliases are resolved in one step, so chains and cycles are rejected.
        checks.Require(
            aliases.Values.All(to => to is not null && !aliases.ContainsKey(to)),
            "aliases",
            "The target of an alias can't be an alias itself.");
    }

    private static bool IsSubject(string? name) => CodePoints.IsBetween(name, 1, Limits.NameLength) && name != NoValue.Name;
}
