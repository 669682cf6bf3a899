using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.OpenApi;
using Microsoft.OpenApi.Reader;

namespace TelemetryKit.Api.OpenApi;

/// <summary>Describes a batch by the schema that <c>spec/</c> publishes, and the response to it.</summary>
internal static partial class BatchDescription
{
    private const string Batch = "Batch";
    private const string Resource = "batch.schema.json";
    private const string Encoding = "Content-Encoding";

    private const string Example = """
        {
          "batch_id": "0197a6d2-7f3e-7c11-9d35-3c1a5e1b0001",
          "service_name": "hello",
          "service_version": "1.2.0",
          "sent_at": "2026-11-20T10:30:05Z",
          "context": {"os": "linux", "arch": "x64", "runtime": "dotnet 10.0", "ci": false},
          "events": [
            {
              "event_id": "0197a6d2-7f3e-7c11-9d35-3c1a5e1b0002",
              "event_type": "command_executed",
              "timestamp": "2026-11-20T10:30:04Z",
              "user_id": "3f1d9c",
              "success": true,
              "duration_ms": 120,
              "metadata": {"command": "build", "flags": ["--release"]}
            }
          ]
        }
        """;

    [GeneratedRegex(@"#/\$defs/(\w+)")]
    private static partial Regex Definition { get; }

    /// <summary>Returns the schema and its definitions, each as a component of the document.</summary>
    public static IEnumerable<(string Name, IOpenApiSchema Schema)> Schemas(OpenApiDocument document)
    {
        using var stream = typeof(BatchDescription).Assembly.GetManifestResourceStream(Resource)!;
        using var text = new StreamReader(stream);
        // References to definitions in the file become references to components.
        var schema = Definition.Replace(text.ReadToEnd(), match => $"#/components/schemas/{ComponentOf(match.Groups[1].Value)}");
        var root = JsonNode.Parse(schema)!.AsObject();
        var definitions = root["$defs"]!.AsObject();
        foreach (var keyword in new[] { "$defs", "$id", "$schema" })
            root.Remove(keyword);
        yield return (Batch, Read(root, document));
        foreach (var (name, definition) in definitions)
            yield return (ComponentOf(name), Read(definition!, document));
    }

    /// <summary>Adds the body, its headers and the successful response to an operation.</summary>
    public static void AddTo(OpenApiOperation operation, OpenApiDocument document)
    {
        var media = new OpenApiMediaType { Schema = new OpenApiSchemaReference(Batch, document), Example = JsonNode.Parse(Example) };
        operation.RequestBody = new OpenApiRequestBody
        {
            Required = true,
            Description = "At most 5 MiB as sent and 20 MiB decompressed. text/plain is read as JSON: navigator.sendBeacon sends it.",
            Content = new Dictionary<string, OpenApiMediaType> { ["application/json"] = media, ["text/plain"] = media },
        };
        operation.Parameters ??= [];
        operation.Parameters.Add(Header(Encoding, "The compression of the body.", Enumerations.ReferenceOf(Encoding, document)));
        operation.Parameters.Add(Header("DNT", "With 1, nothing is stored: every event is rejected with do_not_track.", OnlyOne()));
        operation.Parameters.Add(Header("Sec-GPC", "The same as DNT.", OnlyOne()));
        operation.Responses!["200"].Description =
            "Each event is stored durably, was stored before, or is rejected for good. Do not send any of them again.";
    }

    // For example, "event" becomes "BatchEvent".
    private static string ComponentOf(string definition) => $"{Batch}{char.ToUpperInvariant(definition[0])}{definition[1..]}";

    private static OpenApiSchema OnlyOne() => new() { Type = JsonSchemaType.String, Examples = ["1"] };

    private static OpenApiParameter Header(string name, string description, IOpenApiSchema schema) => new()
    {
        Name = name, In = ParameterLocation.Header, Description = description, Schema = schema,
    };

    private static OpenApiSchema Read(JsonNode schema, OpenApiDocument document) =>
        new OpenApiJsonReader().ReadFragment<OpenApiSchema>(schema, OpenApiSpecVersion.OpenApi3_1, document, out _)!;
}
