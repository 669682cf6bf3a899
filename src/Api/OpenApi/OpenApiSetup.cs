using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.OpenApi;
using TelemetryKit.Api.Http.Json;
using TelemetryKit.Api.Http.Problems;
using TelemetryKit.Api.Settings;

namespace TelemetryKit.Api.OpenApi;

/// <summary>Registers and maps the OpenAPI document, which is generated from the metadata of the routes.</summary>
internal static class OpenApiSetup
{
    /// <summary>Registers the document.</summary>
    public static void AddOpenApiDocument(this IServiceCollection services, ServerSettings settings)
    {
        // Schemas are generated with the same options that write the responses.
        services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
            json.SerializerOptions.NumberHandling = JsonNumberHandling.Strict;
        });
        services.AddOpenApi(CachedDocument.Name, options =>
        {
            options.CreateSchemaReferenceId = type =>
                type.Type == typeof(ProblemBody) ? ProblemResponses.Schema
                : type.Type == typeof(RawJson) ? "JsonObject"
                : OpenApiOptions.CreateDefaultSchemaReferenceId(type);
            options.AddDocumentTransformer<DocumentTransformer>();
            options.AddOperationTransformer<OperationTransformer>();
            options.AddSchemaTransformer<SchemaTransformer>();
        });
        services.AddSingleton<CachedDocument>();
        if (settings.Kind == ProcessKind.Server)
            services.AddHostedService<DocumentPreparation>();
    }

    /// <summary>Maps the route of the document.</summary>
    public static void MapOpenApiDocument(this IEndpointRouteBuilder routes) =>
        routes.MapGet($"/openapi/{CachedDocument.Name}.json", (HttpContext http, CachedDocument document) => document.GetAsync(http))
            .ExcludeFromDescription();
}
