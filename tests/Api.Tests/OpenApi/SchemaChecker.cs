using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace TelemetryKit.Api.Tests.OpenApi;

/// <summary>
/// Checks JSON against the part of JSON Schema that the document uses. A keyword it doesn't know is a fault, so that no rule of the document goes
/// unchecked; so is a property that the schema of an object doesn't name.
/// </summary>
internal sealed class SchemaChecker(JsonObject document)
{
    private static readonly string[] Descriptive = ["description", "title", "default", "examples", "example"];

    /// <summary>Every fault, with its place; empty where the value is as the schema says.</summary>
    public IReadOnlyList<string> Check(JsonNode? value, JsonNode schema)
    {
        var faults = new List<string>();
        Check(value, schema.AsObject(), "$", faults, isClosed: true);
        return faults;
    }

    /// <summary>The object a reference names.</summary>
    public JsonObject Resolve(JsonObject node)
    {
        if (node["$ref"] is not { } reference)
            return node;
        return ((string)reference!).Split('/').Skip(1).Aggregate((JsonNode)document, (at, name) => at[name] ?? throw new InvalidOperationException($"{reference} leads nowhere")).AsObject();
    }

    private void Check(JsonNode? value, JsonObject schema, string place, List<string> faults, bool isClosed)
    {
        if (schema.ContainsKey("$ref"))
        {
            Check(value, Resolve(schema), place, faults, isClosed);
            return;
        }

        foreach (var (keyword, rule) in schema)
        {
            var fault = keyword switch
            {
                "type" => Types(rule!).Contains(TypeOf(value)) || (TypeOf(value) == "integer" && Types(rule!).Contains("number")) ? null : $"is {TypeOf(value)}, not {rule!.ToJsonString()}",
                "enum" => rule!.AsArray().Any(v => JsonNode.DeepEquals(v, value)) ? null : $"is not one of {rule!.ToJsonString()}",
                "minimum" => value is null || Number(value) >= Number(rule!) ? null : "is too small",
                "maximum" => value is null || Number(value) <= Number(rule!) ? null : "is too large",
                "minLength" => Text(value) is not { } text || text.Length >= (int)rule! ? null : "is too short",
                "maxLength" => Text(value) is not { } text || text.Length <= (int)rule! ? null : "is too long",
                "pattern" => Text(value) is not { } text || Regex.IsMatch(text, (string)rule!) ? null : "doesn't match the pattern",
                "format" => Text(value) is not { } text || HasFormat(text, (string)rule!) ? null : $"is no {rule}",
                "maxItems" => value is not JsonArray array || array.Count <= (int)rule! ? null : "has too many items",
                "maxProperties" => value is not JsonObject o || o.Count <= (int)rule! ? null : "has too many properties",
                "required" => value is not JsonObject o || rule!.AsArray().All(name => o.ContainsKey((string)name!)) ? null : $"lacks one of {rule!.ToJsonString()}",
                "allOf" => All(value, rule!.AsArray(), place, faults),
                "anyOf" or "oneOf" => rule!.AsArray().Count(s => Matches(value, s!)) is var n && (keyword == "anyOf" ? n >= 1 : n == 1) ? null : $"matches {n} of {keyword}",
                "properties" or "items" or "additionalProperties" or "propertyNames" => null,
                _ => Descriptive.Contains(keyword) ? null : $"has the keyword {keyword}, which this checker doesn't know",
            };
            if (fault is not null)
                faults.Add($"{place} {fault}");
        }

        if (value is JsonArray items && schema["items"] is JsonObject itemSchema)
        {
            for (var i = 0; i < items.Count; i++)
                Check(items[i], itemSchema, $"{place}[{i}]", faults, isClosed: true);
        }

        if (value is JsonObject properties)
            CheckProperties(properties, schema, place, faults, isClosed);
    }

    private void CheckProperties(JsonObject value, JsonObject schema, string place, List<string> faults, bool isClosed)
    {
        var named = schema["properties"]?.AsObject();
        foreach (var (name, property) in value)
        {
            if (named?[name] is JsonObject propertySchema)
                Check(property, propertySchema, $"{place}.{name}", faults, isClosed: true);
            else if (schema["additionalProperties"] is JsonObject additional)
                Check(property, additional, $"{place}.{name}", faults, isClosed: true);
            else if (named is not null && isClosed)
                faults.Add($"{place}.{name} is not in the schema");
        }
    }

    // What one part doesn't name, another may.
    private string? All(JsonNode? value, JsonArray parts, string place, List<string> faults)
    {
        foreach (var part in parts)
            Check(value, part!.AsObject(), place, faults, isClosed: part.AsObject().ContainsKey("$ref"));
        return null;
    }

    private bool Matches(JsonNode? value, JsonNode schema) => Check(value, schema).Count == 0;

    private static IEnumerable<string> Types(JsonNode rule) => rule is JsonArray several ? several.Select(t => (string)t!) : [(string)rule!];

    private static double Number(JsonNode value) => value.GetValueKind() == JsonValueKind.Number ? value.GetValue<JsonElement>().GetDouble() : double.Parse(value.ToString(), CultureInfo.InvariantCulture);

    private static string? Text(JsonNode? value) => value?.GetValueKind() == JsonValueKind.String ? (string?)value : null;

    private static string TypeOf(JsonNode? value) => value?.GetValueKind() switch
    {
        null or JsonValueKind.Null => "null",
        JsonValueKind.Object => "object",
        JsonValueKind.Array => "array",
        JsonValueKind.String => "string",
        JsonValueKind.True or JsonValueKind.False => "boolean",
        _ => long.TryParse(value.ToJsonString(), out _) ? "integer" : "number",
    };

    private static bool HasFormat(string text, string format) => format switch
    {
        "date" => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _),
        "date-time" => text.EndsWith('Z') && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, out _),
        "uuid" => Guid.TryParseExact(text, "D", out _),
        _ => false,
    };
}
