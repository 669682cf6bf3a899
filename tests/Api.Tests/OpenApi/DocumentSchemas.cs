using System.Text.Json;
using System.Text.Json.Nodes;
using Json.Schema;

namespace TelemetryKit.Api.Tests.OpenApi;

/// <summary>
/// Validates JSON against the schemas of a document. It is stricter than a client: unknown properties are errors, times are in UTC, and
/// the schemas have no keyword that the validator doesn't know.
/// </summary>
internal sealed class DocumentSchemas
{
    private static readonly Uri Base = new("https://openapi.test/v1");
    private static readonly Dialect Strict = Dialect.Draft202012.With([], allowUnknownKeywords: false);

    private readonly BuildOptions _build = new() { Dialect = Strict, SchemaRegistry = new() };
    private readonly EvaluationOptions _evaluate = new() { OutputFormat = OutputFormat.List, RequireFormatValidation = true };

    public DocumentSchemas(JsonObject document)
    {
        var closed = document.DeepClone();
        foreach (var (_, schema) in closed["components"]!["schemas"]!.AsObject())
        {
            if (schema!["properties"] is not null)
                schema["additionalProperties"] ??= false;
        }

        _build.SchemaRegistry.Register(new JsonElementBaseDocument(JsonSerializer.SerializeToElement(closed), Base));
        _evaluate.FormatRegistry.Register(new PredicateFormat("date-time", IsUtc));
    }

    /// <summary>Returns all errors with their location. Empty if the value is valid.</summary>
    public IReadOnlyList<string> Check(JsonNode? value, JsonNode schema)
    {
        var text = schema.ToJsonString().Replace("\"#/", $"\"{Base}#/", StringComparison.Ordinal);
        var results = JsonSchema.FromText(text, _build).Evaluate(JsonSerializer.SerializeToElement(value), _evaluate);
        if (results.IsValid)
            return [];
        return
        [
            .. from result in (results.Details ?? []).Append(results)
               from error in result.Errors ?? []
               select $"{result.InstanceLocation} {error.Value}",
        ];
    }

    private static bool IsUtc(JsonElement value) =>
        value.ValueKind != JsonValueKind.String || (value.GetString()!.EndsWith('Z') && value.TryGetDateTimeOffset(out _));
}
