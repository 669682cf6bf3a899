using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using TelemetryKit.Api.Server;

namespace TelemetryKit.Api.OpenApi;

/// <summary>What the document says once: title, security schemes, the schema of a batch.</summary>
internal sealed class DocumentTransformer : IOpenApiDocumentTransformer
{
    public Task TransformAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        document.Info = new OpenApiInfo
        {
            Title = "TelemetryKit",
            Version = ServerVersion.Text,
            Description = "Privacy-first usage analytics for people who publish CLIs, libraries, SDKs and component libraries.",
        };
        document.Servers = [];
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes = Security.Schemes;
        foreach (var (name, schema) in BatchDescription.Schemas(document))
            document.AddComponent(name, schema);
        return Task.CompletedTask;
    }
}
