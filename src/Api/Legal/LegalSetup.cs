using TelemetryKit.Api.Access;
using TelemetryKit.Api.Http;
using TelemetryKit.Api.Http.Json;
using TelemetryKit.Api.Http.Problems;
using TelemetryKit.Api.Settings;

namespace TelemetryKit.Api.Legal;

/// <summary>Registers and maps the operator's texts for visitors.</summary>
internal static class LegalSetup
{
    /// <summary>Registers the bodies.</summary>
    public static void AddLegal(this IServiceCollection services) => services.AddBodies(LegalJson.Default);

    /// <summary>Maps the routes.</summary>
    public static void MapLegal(this IEndpointRouteBuilder routes)
    {
        var texts = routes.MapPublic("Legal");
        texts.MapGet("/v1/legal/privacy", (ServerSettings settings) => Get(settings.Legal.Privacy)).WithName("getPrivacyText")
            .AcceptsNoInput().Fails(ProblemKind.NotFound)
            .Returns<LegalBody>("Returns the operator's text about privacy, if there is one.");
        texts.MapGet("/v1/legal/terms", (ServerSettings settings) => Get(settings.Legal.Terms)).WithName("getTerms")
            .AcceptsNoInput().Fails(ProblemKind.NotFound)
            .Returns<LegalBody>("Returns the operator's terms of the service, if there are any.");
    }

    private static IResult Get(LegalText? text) => text is null
        ? ProblemKind.NotFound.With("The operator of this server has set no such text.")
        : TypedResults.Json(new LegalBody(text.Text, text.IsMarkdown), LegalJson.Wire.LegalBody);
}
