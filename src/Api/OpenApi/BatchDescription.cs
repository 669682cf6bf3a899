using System.Text.Json.Nodes;
using Microsoft.OpenApi;
using Microsoft.OpenApi.Reader;

namespace TelemetryKit.Api.OpenApi;

/// <summary>Describes a batch by the very schema that <c>spec/</c> publishes, and the answer to it.</summary>
internal static class BatchDescription
{
    private const string Batch = "Batch";
    private const string Resource = "batch.schema.json";

    /// <summary>The schema and the definitions it refers to, each as a component of the document.</summary>
    public static IEnumerable<(string Name, IOpenApiSchema Schema)> Schemas(OpenApiDocument document)
    {
        using var stream = typeof(BatchDescription).Assembly.GetManifestResourceStream(Resource)!;
        using var text = new StreamReader(stream);
        // What is a definition inside the schema's own file is a component here.
        var root = JsonNode.Parse(text.ReadToEnd().Replace("#/$defs/", $"#/components/schemas/{Batch}_", StringComparison.Ordinal))!.AsObject();
        var definitions = root["$defs"]!.AsObject();
        foreach (var keyword in new[] { "$defs", "$id", "$schema" })
            root.Remove(keyword);
        yield return (Batch, Read(root, document));
        foreach (var (name, definition) in definitions)
            yield return ($"{Batch}_{name}", Read(definition!, document));
    }

    /// <summary>Adds the body, its headers and the good answer to an operation.</summary>
    public static void AddTo(OpenApiOperation operation, OpenApiDocument document)
    {
        var media = new OpenApiMediaType { Schema = new OpenApiSchemaReference(Batch, document) };
        operation.RequestBody = new OpenApiRequestBody
        {
            Required = true,
            Description = "Up to 5 MiB as sent and 20 MiB decompressed. text/plain is JSON too: it is what a browser's beacon sends.",
            Content = new Dictionary<string, OpenApiMediaType> { ["application/json"] = media, ["text/plain"] = media },
        };
        operation.Parameters ??= [];
        operation.Parameters.Add(Header("Content-Encoding", "How the body is compressed.", "gzip", "br", "deflate", "identity"));
        operation.Parameters.Add(Header("DNT", "1: store nothing; every event is rejected as do_not_track.", "1", "0"));
        operation.Parameters.Add(Header("Sec-GPC", "As DNT.", "1"));
        operation.Responses!["200"].Description = "Settled: each event is stored durably, or was known before, or is refused for good. Nothing has to be sent again.";
    }

    private static OpenApiParameter Header(string name, string description, params string[] values) => new()
    {
        Name = name, In = ParameterLocation.Header, Description = description,
        Schema = new OpenApiSchema { Type = JsonSchemaType.String, Enum = [.. values.Select(v => (JsonNode)v)] },
    };

    private static OpenApiSchema Read(JsonNode schema, OpenApiDocument document) =>
        new OpenApiJsonReader().ReadFragment<OpenApiSchema>(schema, OpenApiSpecVersion.OpenApi3_1, document, out _)!;
}
