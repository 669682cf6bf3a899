using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using TelemetryKit.Api.Http.Json;

namespace TelemetryKit.Api.OpenApi;

/// <summary>Corrects what a schema can't know of types that write themselves.</summary>
internal sealed class SchemaTransformer : IOpenApiSchemaTransformer
{
    public Task TransformAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        if (context.JsonTypeInfo.Type == typeof(RawJson))
            (schema.Type, schema.Properties) = (JsonSchemaType.Object, null);
        else if (context.JsonTypeInfo.Type == typeof(DateTimeOffset))
            (schema.Type, schema.Format) = (JsonSchemaType.String, "date-time");
        return Task.CompletedTask;
    }
}
