using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.OpenApi;
using TelemetryKit.Api.Http;

namespace TelemetryKit.Api.OpenApi;

/// <summary>The security schemes of the document, and the requirements of each route.</summary>
internal static class Security
{
    private const string Bearer = "bearer";
    private const string Header = "header";
    private const string Session = "session";
    private const string Csrf = "csrf";
    private const string Token = "token";
    private const string Operator = "operator";
    private const string Metrics = "metrics";

    /// <summary>The schemes. A key in a path is described as a parameter instead.</summary>
    public static Dictionary<string, IOpenApiSecurityScheme> Schemes => new()
    {
        [Bearer] = InAuthorization("A key of a project: Authorization: Bearer KEY"),
        [Header] = ApiKey(ParameterLocation.Header, "X-Api-Key", "A key of a project: X-Api-Key: KEY"),
        [Session] = ApiKey(ParameterLocation.Cookie, "tk_session", "The session cookie. Its name is __Host-tk_session over HTTPS."),
        [Csrf] = ApiKey(
            ParameterLocation.Header, "X-CSRF-Token",
            "The CSRF token of the session, from /v1/auth/csrf or the sign-in. All requests with a session cookie need it, except GET."),
        [Token] = InAuthorization("A personal API token: Authorization: Bearer tk_pat_…"),
        [Operator] = InAuthorization("The operator's token, from TELEMETRYKIT_OPERATOR_TOKEN: Authorization: Bearer TOKEN"),
        [Metrics] = InAuthorization(
            "The token of TELEMETRYKIT_METRICS_TOKEN: Authorization: Bearer TOKEN. If it isn't set, only the server's machine has access."),
    };

    /// <summary>Returns the alternative requirements of a route, one of which must be met. Empty if the route is public.</summary>
    public static IList<OpenApiSecurityRequirement> Of(ApiDescription route, OpenApiDocument document)
    {
        var metadata = route.ActionDescriptor.EndpointMetadata;
        List<string[]> ways = [];
        if (metadata.OfType<NeedsKey>().Any() && !route.RelativePath!.Contains("{key}", StringComparison.Ordinal))
            ways.AddRange([[Bearer], [Header]]);
        if (metadata.OfType<Needs>().FirstOrDefault() is { } needs)
        {
            ways.Add(HttpMethods.IsGet(route.HttpMethod!) ? [Session] : [Session, Csrf]);
            if (!needs.SessionOnly)
                ways.Add([Token]);
        }

        if (metadata.OfType<NeedsOperator>().Any())
            ways.Add([Operator]);
        if (metadata.OfType<AcceptsMetricsToken>().Any())
            ways.AddRange([[], [Metrics]]);
        return [.. ways.Select(way => Requirement(way, document))];
    }

    private static OpenApiSecurityRequirement Requirement(IEnumerable<string> schemes, OpenApiDocument document)
    {
        var requirement = new OpenApiSecurityRequirement();
        foreach (var scheme in schemes)
            requirement.Add(new OpenApiSecuritySchemeReference(scheme, document), []);
        return requirement;
    }

    private static OpenApiSecurityScheme ApiKey(ParameterLocation location, string name, string description) =>
        new() { Type = SecuritySchemeType.ApiKey, In = location, Name = name, Description = description };

    private static OpenApiSecurityScheme InAuthorization(string description) =>
        new() { Type = SecuritySchemeType.Http, Scheme = "bearer", Description = description };
}
