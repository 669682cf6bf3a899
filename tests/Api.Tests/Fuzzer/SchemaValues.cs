using System.Text;
using System.Text.Json.Nodes;

namespace TelemetryKit.Api.Tests.Fuzzer;

/// <summary>Creates values for schemas: mostly valid ones, some hostile ones in each place.</summary>
/// <param name="document">The document of the schemas.</param>
/// <param name="world">Supplies the ids and names that exist.</param>
/// <param name="random">The source of all choices.</param>
internal sealed class SchemaValues(ApiDocument document, FuzzWorld world, Random random)
{
    private const int MaxDepth = 8;

    /// <summary>Whether all values are ordinary ones.</summary>
    public bool IsTame { get; set; }

    /// <summary>Returns JSON.</summary>
    public string Json(JsonNode? schema, string name = "", int depth = 0)
    {
        if (schema is null || depth > MaxDepth || IsHostile(14))
            return HostileValues.Json(random);
        schema = document.Resolve(schema);
        if ((schema["oneOf"] ?? schema["anyOf"]) is JsonArray { Count: > 0 } choices)
            return Json(choices[random.Next(choices.Count)], name, depth + 1);
        if (schema["enum"] is JsonArray { Count: > 0 } values)
            return values[random.Next(values.Count)]?.ToJsonString() ?? "null";
        return TypeOf(schema) switch
        {
            "object" => Object(schema.AsObject(), depth),
            "array" => $"[{string.Join(',', Enumerable.Range(0, random.Next(4)).Select(_ => Json(schema["items"], name, depth + 1)))}]",
            "integer" or "number" => IsHostile(3) ? HostileValues.Number(random) : $"{random.Next(1, 100)}",
            "boolean" => random.Next(2) == 0 ? "true" : "false",
            "null" => "null",
            _ => HostileValues.Quoted(Text(schema, name)),
        };
    }

    /// <summary>Returns a text for a parameter of a path, a query string or a header, or for a string in a body.</summary>
    public string Text(JsonNode? schema, string name)
    {
        schema = schema is null ? null : document.Resolve(schema);
        if (IsHostile(8))
            return HostileValues.Text(random);
        if (world.Known(name, random) is { } known)
            return known;
        if (schema?["enum"] is JsonArray { Count: > 0 } values)
            return values[random.Next(values.Count)]?.ToString() ?? "";
        return ((string?)schema?["format"], TypeOf(schema)) switch
        {
            ("uuid", _) => world.AnyId(random),
            ("date", _) => DateTime.UtcNow.AddDays(-random.Next(60)).ToString("yyyy-MM-dd", null),
            ("date-time", _) => DateTime.UtcNow.AddMinutes(-random.Next(60)).ToString("O", null),
            (_, "integer") => IsHostile(3) ? HostileValues.Number(random) : $"{random.Next(1, 100)}",
            (_, "boolean") => random.Next(2) == 0 ? "true" : "false",
            _ => $"text-{random.Next(20)}",
        };
    }

    private bool IsHostile(int oneIn) => !IsTame && random.Next(oneIn) == 0;

    private string TypeOf(JsonNode? schema) => schema?["type"] switch
    {
        JsonArray { Count: > 0 } types => (string)types[random.Next(types.Count)]!,
        JsonValue type => (string)type!,
        _ => schema?["properties"] is null ? "string" : "object",
    };

    private string Object(JsonObject schema, int depth)
    {
        var members = new List<string>();
        foreach (var (name, of) in schema["properties"]?.AsObject() ?? [])
        {
            var isRequired = schema["required"]?.AsArray().Any(required => (string?)required == name) == true;
            if (random.Next(20) < (isRequired ? 19 : 12))
                members.Add(Member(name, Json(of, name, depth + 1)));
        }

        if (schema["additionalProperties"] is JsonObject others)
        {
            for (var i = random.Next(4); i > 0; i--)
                members.Add(Member(IsHostile(3) ? HostileValues.Text(random) : $"key{i}", Json(others, "", depth + 1)));
        }

        if (IsHostile(25))
            members.Add(Member(HostileValues.Text(random), HostileValues.Json(random)));
        if (IsHostile(50) && members.Count > 0)
            members.Add(members[0]);
        return new StringBuilder("{").AppendJoin(',', members).Append('}').ToString();
    }

    private static string Member(string name, string json) => HostileValues.Quoted(name) + ":" + json;
}
