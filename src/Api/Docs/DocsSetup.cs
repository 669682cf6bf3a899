namespace TelemetryKit.Api.Docs;

/// <summary>Registers and maps the pages of the documentation.</summary>
internal static class DocsSetup
{
    /// <summary>Registers the pages.</summary>
    public static void AddDocs(this IServiceCollection services) => services.AddSingleton<Documentation>();

    /// <summary>Maps the pages. They are for people, and not in the OpenAPI document.</summary>
    public static void MapDocs(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/docs/{**page}", (HttpContext http, Documentation documentation) => documentation.Get(http))
            .ExcludeFromDescription();
}
