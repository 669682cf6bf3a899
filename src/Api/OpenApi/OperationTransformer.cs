using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.OpenApi;
using TelemetryKit.Api.Http;
using TelemetryKit.Api.Http.Problems;

namespace TelemetryKit.Api.OpenApi;

/// <summary>Writes into an operation what its route said of itself: parameters, keys, and every way to fail with its codes.</summary>
internal sealed partial class OperationTransformer : IOpenApiOperationTransformer
{
    private const string ProblemSchema = "Problem";

    [GeneratedRegex(@"\{(\w+)(?::[^}]*)?\}")]
    private static partial Regex InPath { get; }

    public async Task TransformAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        var document = context.Document!;
        operation.Parameters ??= [];
        var isManaged = IsManaged(metadata);
        foreach (Match name in InPath.Matches(context.Description.RelativePath!).Where(m => operation.Parameters.All(p => p.Name != m.Groups[1].Value)))
        {
            var inPath = Text(name.Groups[1].Value, ParameterLocation.Path, isManaged ? "An id." : name.Groups[1].Value == "key" ? "A live or test key." : "The id as the tool sent it.");
            if (isManaged)
                ((OpenApiSchema)inPath.Schema!).Format = "uuid";
            operation.Parameters.Add(inPath);
        }

        foreach (var parameter in metadata.OfType<QueryParameters>().SelectMany(p => p.All))
            operation.Parameters.Add(Parameter(parameter));
        if (metadata.OfType<TakesBatch>().Any())
            BatchDescription.AddTo(operation, document);
        if (metadata.OfType<TakesBody>().FirstOrDefault() is { Type: var body })
            operation.RequestBody = await BodyAsync(body, context, cancellationToken);
        if (metadata.OfType<EventStream>().Any())
            operation.Parameters.Add(Text("Last-Event-ID", ParameterLocation.Header, "The id of the last event that was seen: what came after it is sent first."));
        if (isManaged)
            operation.Security = metadata.OfType<Needs>().FirstOrDefault() is { } needs ? Security.OfCaller(document, needs.SessionOnly) : Security.OfOperator(document);
        else if (metadata.OfType<NeedsKey>().Any() && !context.Description.RelativePath!.Contains("{key}", StringComparison.Ordinal))
            operation.Security = metadata.OfType<Needs>().Any() ? [.. Security.Either(document), .. Security.OfCaller(document, sessionOnly: false)] : Security.Either(document);

        if (document.Components?.Schemas?.ContainsKey(ProblemSchema) != true)
            document.AddComponent(ProblemSchema, await context.GetOrCreateSchemaAsync(typeof(ProblemBody), null, cancellationToken));
        operation.Responses ??= [];
        foreach (var status in metadata.OfType<Failures>().SelectMany(f => f.Kinds).Distinct().GroupBy(kind => kind.Status).OrderBy(g => g.Key))
            operation.Responses[status.Key.ToString(CultureInfo.InvariantCulture)] = Response(status.Key, [.. status], document);
    }

    private static OpenApiParameter Parameter(QueryParameter parameter)
    {
        var schema = new OpenApiSchema { Type = parameter.Type == "integer" ? JsonSchemaType.Integer : JsonSchemaType.String, Format = parameter.Format };
        if (parameter.Type == "integer")
            (schema.Minimum, schema.Maximum) = (Number(parameter.Minimum), Number(parameter.Maximum));
        else if (parameter.Maximum > 0)
            (schema.MinLength, schema.MaxLength) = (1, parameter.Maximum);
        if (parameter.Values is { } values)
            schema.Enum = [.. values.Select(v => (JsonNode)v)];
        if (parameter.Default is { } value)
            schema.Default = parameter.Type == "integer" ? JsonNode.Parse(value) : (JsonNode)value;
        return new OpenApiParameter
        {
            Name = parameter.Name, In = ParameterLocation.Query, Description = parameter.Description, Required = parameter.Required, Schema = schema,
        };
    }

    private static async Task<OpenApiRequestBody> BodyAsync(Type type, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var document = context.Document!;
        if (document.Components?.Schemas?.ContainsKey(type.Name) != true)
            document.AddComponent(type.Name, await context.GetOrCreateSchemaAsync(type, null, cancellationToken));
        var media = new OpenApiMediaType { Schema = new OpenApiSchemaReference(type.Name, document) };
        return new OpenApiRequestBody { Required = true, Content = new Dictionary<string, OpenApiMediaType> { ["application/json"] = media } };
    }

    // Routes that a member's session opens and no key does, and the operator's.
    private static bool IsManaged(IList<object> metadata) => !metadata.OfType<NeedsKey>().Any() && (metadata.OfType<Needs>().Any() || metadata.OfType<NeedsOperator>().Any());

    private static OpenApiParameter Text(string name, ParameterLocation location, string description) => new()
    {
        Name = name, In = location, Description = description, Required = location == ParameterLocation.Path, Schema = new OpenApiSchema { Type = JsonSchemaType.String },
    };

    private static OpenApiResponse Response(int status, ProblemKind[] kinds, OpenApiDocument document)
    {
        var codes = new OpenApiSchema
        {
            Properties = new Dictionary<string, IOpenApiSchema> { ["code"] = new OpenApiSchema { Enum = [.. kinds.Select(k => (JsonNode)k.Code)] } },
        };
        var response = new OpenApiResponse
        {
            Description = ReasonPhrases.GetReasonPhrase(status) + "\n\n" + string.Join("\n", kinds.Select(k => $"* `{k.Code}`: {k.Summary}")),
            Content = new Dictionary<string, OpenApiMediaType>
            {
                ["application/problem+json"] = new() { Schema = new OpenApiSchema { AllOf = [new OpenApiSchemaReference(ProblemSchema, document), codes] } },
            },
        };
        if (status is 429 or 503)
        {
            response.Headers = new Dictionary<string, IOpenApiHeader>
            {
                ["Retry-After"] = new OpenApiHeader { Description = "Seconds to wait.", Required = true, Schema = new OpenApiSchema { Type = JsonSchemaType.Integer, Minimum = "1" } },
            };
        }

        return response;
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
