using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace TelemetryKit.Conformance.Tests;

/// <summary>Compares values with the patterns of a case.</summary>
internal static class Matcher
{
    /// <summary>Returns the first difference, or <c>null</c> if the value matches.</summary>
    /// <param name="pattern">The pattern.</param>
    /// <param name="value">The value.</param>
    /// <param name="at">The time to which <c>$now</c> refers.</param>
    /// <param name="path">Where the value is.</param>
    public static string? Difference(JsonNode? pattern, JsonNode? value, DateTimeOffset at, string path = "$")
    {
        if (pattern is JsonObject { Count: 1 } one && one.First() is { Key: ['$', ..] } operation)
            return Apply(operation.Key, operation.Value, value, at) ? null : $"{path} is {Text(value)}, not {pattern.ToJsonString()}";
        return pattern switch
        {
            JsonObject members when value is JsonObject actual => members
                .Select(member => Difference(member.Value, actual[member.Key], at, $"{path}.{member.Key}"))
                .FirstOrDefault(difference => difference is not null),
            JsonArray items when value is JsonArray actual => items.Count != actual.Count
                ? $"{path} has {actual.Count} items, not {items.Count}"
                : items.Select((item, i) => Difference(item, actual[i], at, $"{path}[{i}]"))
                    .FirstOrDefault(difference => difference is not null),
            _ => JsonNode.DeepEquals(pattern, value) ? null : $"{path} is {Text(value)}, not {Text(pattern)}",
        };
    }

    private static bool Apply(string operation, JsonNode? operand, JsonNode? value, DateTimeOffset at) => operation switch
    {
        "$absent" => value is null == (bool)operand!,
        "$matches" => value is JsonValue && Regex.IsMatch(value.ToString(), (string)operand!),
        "$contains" => value is JsonValue && value.ToString().Contains((string)operand!, StringComparison.Ordinal),
        "$not" => Difference(operand, value, at) is not null,
        "$any" => operand!.AsArray().Any(pattern => Difference(pattern, value, at) is null),
        "$now" => value?.GetValueKind() == JsonValueKind.String
            && DateTimeOffset.TryParse((string)value!, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            && (time - at).Duration() <= TimeSpan.FromSeconds((int)operand!),
        _ => throw new InvalidDataException($"The operation {operation} is unknown."),
    };

    private static string Text(JsonNode? value) => value?.ToJsonString() ?? "absent";
}
