using Microsoft.OpenApi;

namespace TelemetryKit.Api.OpenApi;

/// <summary>How requests present keys, in the document's terms.</summary>
internal static class Security
{
    private const string Bearer = "bearer";
    private const string Header = "header";
    private const string Session = "session";
    private const string Token = "token";
    private const string Operator = "operator";

    /// <summary>The schemes. The key in a path is a parameter of that path.</summary>
    public static Dictionary<string, IOpenApiSecurityScheme> Schemes => new()
    {
        [Bearer] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer", Description = "Authorization: Bearer KEY" },
        [Header] = new OpenApiSecurityScheme { Type = SecuritySchemeType.ApiKey, In = ParameterLocation.Header, Name = "X-Api-Key", Description = "X-Api-Key: KEY" },
        [Session] = new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.ApiKey, In = ParameterLocation.Cookie, Name = "tk_session",
            Description = "The cookie of a session, __Host-tk_session over HTTPS. What changes anything also needs the header X-CSRF-Token with what /v1/auth/csrf says.",
        },
        [Token] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer", Description = "Authorization: Bearer tk_pat_…, a personal API token" },
        [Operator] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer", Description = "Authorization: Bearer and the token of TELEMETRYKIT_OPERATOR_TOKEN" },
    };

    /// <summary>One scheme or the other.</summary>
    public static IList<OpenApiSecurityRequirement> Either(OpenApiDocument document) =>
    [
        new() { [new OpenApiSecuritySchemeReference(Bearer, document)] = [] },
        new() { [new OpenApiSecuritySchemeReference(Header, document)] = [] },
    ];

    /// <summary>A session or, where they are let in, an API token.</summary>
    public static IList<OpenApiSecurityRequirement> OfCaller(OpenApiDocument document, bool sessionOnly)
    {
        List<OpenApiSecurityRequirement> either = [new() { [new OpenApiSecuritySchemeReference(Session, document)] = [] }];
        if (!sessionOnly)
            either.Add(new() { [new OpenApiSecuritySchemeReference(Token, document)] = [] });
        return either;
    }

    /// <summary>The operator's token.</summary>
    public static IList<OpenApiSecurityRequirement> OfOperator(OpenApiDocument document) => [new() { [new OpenApiSecuritySchemeReference(Operator, document)] = [] }];
}
