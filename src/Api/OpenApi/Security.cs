using Microsoft.OpenApi;

namespace TelemetryKit.Api.OpenApi;

/// <summary>How requests present keys, in the document's terms.</summary>
internal static class Security
{
    private const string Bearer = "bearer";
    private const string Header = "header";

    /// <summary>The schemes. The key in a path is a parameter of that path.</summary>
    public static Dictionary<string, IOpenApiSecurityScheme> Schemes => new()
    {
        [Bearer] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer", Description = "Authorization: Bearer KEY" },
        [Header] = new OpenApiSecurityScheme { Type = SecuritySchemeType.ApiKey, In = ParameterLocation.Header, Name = "X-Api-Key", Description = "X-Api-Key: KEY" },
    };

    /// <summary>One scheme or the other.</summary>
    public static IList<OpenApiSecurityRequirement> Either(OpenApiDocument document) =>
    [
        new() { [new OpenApiSecuritySchemeReference(Bearer, document)] = [] },
        new() { [new OpenApiSecuritySchemeReference(Header, document)] = [] },
    ];
}
