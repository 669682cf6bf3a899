using System.Collections.Frozen;
using System.Text.Json;

namespace TelemetryKit.Storage.Projects;

/// <summary>
/// The column <c>projects.aliases</c>: a JSON object from former to current names of subjects, or null if there are none.
/// </summary>
internal static class ProjectAliases
{
    private static readonly FrozenDictionary<string, string> None = FrozenDictionary<string, string>.Empty;

    /// <summary>Reads the column.</summary>
    public static IReadOnlyDictionary<string, string> Read(string? column) =>
        column is null
            ? None
            : JsonSerializer.Deserialize<Dictionary<string, string>>(column)
                ?? throw new JsonException("The column projects.aliases is not an object.");

    /// <summary>Returns the value of the column.</summary>
    public static string? Write(IReadOnlyDictionary<string, string> aliases) =>
        aliases.Count == 0 ? null : JsonSerializer.Serialize(aliases);
}
