using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.OpenApi;
using TelemetryKit.Api.Http.Problems;

namespace TelemetryKit.Api.OpenApi;

/// <summary>Describes failed requests: each has the same body, and an example for each code that an operation can return.</summary>
internal static class ProblemResponses
{
    /// <summary>The name of the schema of the body.</summary>
    public const string Schema = "Problem";

    private const string RetryAfter = "RetryAfter";

    // The problems of requests that no route matches, which therefore belong to no operation.
    private static readonly ProblemKind[] WithoutOperation = [ProblemKind.NotFound, ProblemKind.MethodNotAllowed];

    /// <summary>Adds the components that the responses refer to: an example for each kind, and the <c>Retry-After</c> header.</summary>
    /// <returns>The codes of all problems.</returns>
    public static IEnumerable<string> AddComponents(OpenApiDocument document, IEnumerable<ProblemKind> kinds)
    {
        var ofOperations = kinds.DistinctBy(kind => kind.Code).ToList();
        foreach (var kind in ofOperations)
            document.AddComponent(kind.Code, ExampleOf(kind));
        document.AddComponent<IOpenApiHeader>(RetryAfter, new OpenApiHeader
        {
            Description = "The number of seconds after which to repeat the request.",
            Required = true,
            Schema = new OpenApiSchema { Type = JsonSchemaType.Integer, Minimum = "1" },
        });
        return ofOperations.Union(WithoutOperation).OrderBy(kind => kind.Status).ThenBy(kind => kind.Code).Select(kind => kind.Code);
    }

    /// <summary>Adds descriptions and examples of the kinds to a response of an operation.</summary>
    public static void Describe(OpenApiResponse response, int status, IReadOnlyList<ProblemKind> kinds, OpenApiDocument document)
    {
        var codes = string.Join('\n', kinds.Select(kind => $"* `{kind.Code}`: {kind.Summary}"));
        response.Description = $"{ReasonPhrases.GetReasonPhrase(status)}\n\n{codes}";
        response.Content![Problem.MediaType].Examples =
            kinds.ToDictionary(kind => kind.Code, IOpenApiExample (kind) => new OpenApiExampleReference(kind.Code, document));
        if (status is not (429 or 503))
            return;
        response.Headers ??= new Dictionary<string, IOpenApiHeader>();
        response.Headers["Retry-After"] = new OpenApiHeaderReference(RetryAfter, document);
    }

    /// <summary>Returns the default response of an operation, for all other failures.</summary>
    public static OpenApiResponse Other(OpenApiDocument document) => new()
    {
        Description = "Any other failure.",
        Content = new Dictionary<string, OpenApiMediaType>
        {
            [Problem.MediaType] = new() { Schema = new OpenApiSchemaReference(Schema, document) },
        },
    };

    private static OpenApiExample ExampleOf(ProblemKind kind) => new()
    {
        Summary = kind.Summary, Value = JsonSerializer.SerializeToNode(kind.AsProblem().Body, ProblemJson.Wire.ProblemBody),
    };
}
