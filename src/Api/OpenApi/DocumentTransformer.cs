using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using TelemetryKit.Api.Http;
using TelemetryKit.Api.Http.Problems;
using TelemetryKit.Api.Settings;

namespace TelemetryKit.Api.OpenApi;

/// <summary>Adds the parts that don't belong to an operation: title, servers, tags, security schemes and shared components.</summary>
internal sealed class DocumentTransformer : IOpenApiDocumentTransformer
{
    private static readonly Dictionary<string, string> Tags = new()
    {
        ["Ingest"] = "Send events.",
        ["Statistics"] = "Read the statistics and the events of a project.",
        ["Installs"] = "Find and erase the data of an anonymous install.",
        ["Erasures"] = "Users of tools erase what was sent, and get a signed receipt.",
        ["Sign-in"] = "Sign up, sign in and out, and reset a password.",
        ["Account"] = "The signed-in account: its name, address, password, second factor and sessions.",
        ["Tenants"] = "Tenants and their plans.",
        ["Members"] = "The members of a tenant, and invitations to it.",
        ["Usage"] = "What a tenant has used of its quotas.",
        ["Billing"] = "The subscription of a tenant, for its owner.",
        ["Projects"] = "The projects of a tenant, and their settings.",
        ["Shared projects"] = "What anyone may read of a project that its members share.",
        ["Keys"] = "The keys of a project, with which applications send events and read statistics.",
        ["API tokens"] = "Personal tokens, with which programs use the management API.",
        ["Audit log"] = "The log of changes in a tenant.",
        ["Operator"] = "For the operator of the server: tenants and their plans.",
        ["Legal"] = "The operator's texts for visitors: about privacy, and the terms of the service.",
        ["Operations"] = "Health checks and metrics.",
    };

    public Task TransformAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        document.Info = new OpenApiInfo
        {
            Title = "TelemetryKit",
            Version = ServerVersion.Text,
            Description = "Privacy-first usage analytics for command-line tools, libraries, SDKs and component libraries.",
            License = new OpenApiLicense { Name = "MIT or Apache 2.0", Identifier = "MIT OR Apache-2.0" },
        };
        document.Servers = [new OpenApiServer { Url = "/", Description = "The server that this document comes from." }];
        foreach (var tag in document.Tags ?? new HashSet<OpenApiTag>())
            tag.Description = Tags[tag.Name!];

        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes = Security.Schemes;
        foreach (var (name, schema) in BatchDescription.Schemas(document))
            document.AddComponent(name, schema);
        Enumerations.AddTo(document, ProblemResponses.AddComponents(document, Failures(context)));
        return Task.CompletedTask;
    }

    private static IEnumerable<ProblemKind> Failures(OpenApiDocumentTransformerContext context) =>
        from description in context.DescriptionGroups.SelectMany(descriptions => descriptions.Items)
        from failures in description.ActionDescriptor.EndpointMetadata.OfType<Failures>()
        from kind in failures.Kinds
        select kind;
}
