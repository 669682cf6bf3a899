using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using TelemetryKit.Api.Http;

namespace TelemetryKit.Api.OpenApi;

/// <summary>Completes an operation with the metadata of its route: parameters, security and problems.</summary>
internal sealed partial class OperationTransformer : IOpenApiOperationTransformer
{
    [GeneratedRegex(@"\{(?<name>\w+)(?<isId>:guid)?\}")]
    private static partial Regex InPath { get; }

    public Task TransformAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        var document = context.Document!;
        // The framework prefers the XML comment of the handler, which is for developers of the server.
        operation.Summary = metadata.OfType<IEndpointSummaryMetadata>().Last().Summary;
        operation.Parameters ??= [];
        foreach (Match parameter in InPath.Matches(context.Description.RelativePath!))
            AddPathParameter(operation.Parameters, parameter.Groups["name"].Value, parameter.Groups["isId"].Success);
        foreach (var parameter in metadata.OfType<QueryParameters>().SelectMany(p => p.All))
            operation.Parameters.Add(Parameter(parameter, document));
        if (metadata.OfType<AcceptsBatch>().Any())
            BatchDescription.AddTo(operation, document);
        if (metadata.OfType<AcceptsJsonBody>().Any())
            MakeStrict(operation.RequestBody!, document);
        if (metadata.OfType<EventStream>().Any())
            operation.Parameters.Add(Text("Last-Event-ID", ParameterLocation.Header, "The id of the last received event."));
        operation.Deprecated = metadata.OfType<Deprecation>().Any();
        operation.Security = Security.Of(context.Description, document);
        DescribeFailures(operation, [.. metadata.OfType<Failures>()], document);
        return Task.CompletedTask;
    }

    // Path parameters that only a filter reads are not parameters of the handler, so the framework doesn't describe them.
    private static void AddPathParameter(IList<IOpenApiParameter> parameters, string name, bool isId)
    {
        var description = (name, isId) switch
        {
            (_, true) => $"The id of the {name}.",
            ("key", _) => "A live or test key.",
            _ => "The id of the user as the application sent it.",
        };
        if (parameters.FirstOrDefault(p => p.Name == name) is { } known)
        {
            known.Description = description;
            return;
        }

        var parameter = Text(name, ParameterLocation.Path, description);
        ((OpenApiSchema)parameter.Schema!).Format = isId ? "uuid" : null;
        parameters.Add(parameter);
    }

    private static OpenApiParameter Parameter(QueryParameter parameter, OpenApiDocument document) => new()
    {
        Name = parameter.Name, In = ParameterLocation.Query, Description = parameter.Description, Required = parameter.Required,
        Schema = parameter.Values is null ? Schema(parameter) : Choice(parameter, document),
        Style = parameter.Prefix is null ? null : ParameterStyle.Form, Explode = parameter.Prefix is not null,
        Example = parameter.Example is null ? null : JsonNode.Parse(parameter.Example),
    };

    private static OpenApiSchemaReference Choice(QueryParameter parameter, OpenApiDocument document)
    {
        var schema = Enumerations.ReferenceOf(parameter.Enumeration ?? parameter.Name, document);
        schema.Default = parameter.Default;
        return schema;
    }

    private static OpenApiSchema Schema(QueryParameter parameter)
    {
        if (parameter.Prefix is not null)
        {
            var value = new OpenApiSchema { Type = JsonSchemaType.String, MinLength = 1, MaxLength = parameter.Maximum };
            return new OpenApiSchema { Type = JsonSchemaType.Object, AdditionalProperties = value };
        }

        if (parameter.Type == "boolean")
            return new OpenApiSchema { Type = JsonSchemaType.Boolean, Default = false };
        if (parameter.Type == "integer")
        {
            return new OpenApiSchema
            {
                Type = JsonSchemaType.Integer, Minimum = Number(parameter.Minimum), Maximum = Number(parameter.Maximum),
                Default = parameter.Default is null ? null : JsonNode.Parse(parameter.Default),
            };
        }

        var schema = new OpenApiSchema { Type = JsonSchemaType.String, Format = parameter.Format, Default = parameter.Default };
        if (parameter.Maximum > 0)
            (schema.MinLength, schema.MaxLength) = (1, parameter.Maximum);
        return schema;
    }

    private static OpenApiParameter Text(string name, ParameterLocation location, string description) => new()
    {
        Name = name, In = location, Description = description, Required = location == ParameterLocation.Path,
        Schema = new OpenApiSchema { Type = JsonSchemaType.String },
    };

    // Bodies are read with nullable properties so that all missing ones can be reported. The document describes required properties as not
    // nullable. Unknown members are rejected.
    private static void MakeStrict(IOpenApiRequestBody body, OpenApiDocument document)
    {
        var reference = (OpenApiSchemaReference)body.Content!["application/json"].Schema!;
        var schema = (OpenApiSchema)document.Components!.Schemas![reference.Reference.Id!];
        schema.AdditionalPropertiesAllowed = false;
        var required = schema.Required ?? new HashSet<string>();
        foreach (var property in required.Select(name => schema.Properties![name]).OfType<OpenApiSchema>())
            property.Type &= ~JsonSchemaType.Null;
    }

    private static void DescribeFailures(OpenApiOperation operation, IReadOnlyList<Failures> failures, OpenApiDocument document)
    {
        foreach (var status in failures.SelectMany(f => f.Kinds).Distinct().GroupBy(kind => kind.Status))
            ProblemResponses.Describe((OpenApiResponse)operation.Responses![Number(status.Key)], status.Key, [.. status], document);
        // Some routes only succeed with a redirect. Every other response is a problem.
        if (!operation.Responses!.Keys.Any(status => status.StartsWith('2')))
            operation.Responses["default"] = ProblemResponses.Other(document);
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
