using System.Text.Json.Nodes;

namespace TelemetryKit.Api.Tests.Fuzzer;

/// <summary>An operation of the OpenAPI document.</summary>
/// <param name="Method">Its HTTP method, upper case.</param>
/// <param name="Path">Its path with placeholders.</param>
/// <param name="Parameters">Its parameters.</param>
/// <param name="Body">The schema of its body, or <c>null</c> if it has none.</param>
/// <param name="Responses">Its responses by status.</param>
/// <param name="Schemes">The security schemes that it accepts.</param>
internal sealed record ApiOperation(
    string Method, string Path, IReadOnlyList<JsonObject> Parameters, JsonNode? Body, JsonObject Responses,
    IReadOnlySet<string> Schemes)
{
    /// <summary>Its method and path.</summary>
    /// <summary>The path of what anyone may read and store.</summary>
    public const string Shared = "/v1/shared/{name}";

    public string Name => $"{Method} {Path}";

    /// <summary>Whether it can compute the hash of a password, which takes a hundred times longer than anything else.</summary>
    public bool IsSlow { get; init; }

    /// <summary>Returns whether an error is described.</summary>
    public bool Describes(int status, string code) =>
        Responses[$"{status}"]?["content"]?["application/problem+json"]?["examples"]?[code] is not null || Responses.ContainsKey("default");
}

/// <summary>The OpenAPI document of a server.</summary>
internal sealed class ApiDocument
{
    private readonly JsonObject _document;

    public ApiDocument(JsonObject document)
    {
        _document = document;
        Operations =
        [
            .. from path in document["paths"]!.AsObject()
               from operation in path.Value!.AsObject()
               let parameters = (operation.Value!["parameters"]?.AsArray() ?? []).Select(p => Resolve(p!).AsObject())
               select new ApiOperation(
                   operation.Key.ToUpperInvariant(), path.Key, [.. parameters],
                   operation.Value["requestBody"] is { } body ? Resolve(body)["content"]!["application/json"]!["schema"] : null,
                   operation.Value["responses"]!.AsObject(),
                   (operation.Value["security"]?.AsArray() ?? [])
                       .SelectMany(way => way!.AsObject().Select(scheme => scheme.Key)).ToHashSet()),
        ];
        Operations = [.. Operations.Select(o => o with { IsSlow = o.Body is not null && PropertiesOf(o.Body).Any(IsPassword) })];
        ErrorCodes = document["components"]!["schemas"]!["ErrorCode"]!["enum"]!.AsArray().Select(code => (string)code!).ToHashSet();
    }

    public IReadOnlyList<ApiOperation> Operations { get; }

    public IReadOnlySet<string> ErrorCodes { get; }

    /// <summary>Chooses an operation. Those that hash passwords are chosen less often.</summary>
    public ApiOperation Next(Random random)
    {
        while (true)
        {
            var operation = Operations[random.Next(Operations.Count)];
            if (!operation.IsSlow || random.Next(4) == 0)
                return operation;
        }
    }

    /// <summary>Returns the object that a reference refers to.</summary>
    public JsonNode Resolve(JsonNode node)
    {
        while (node is JsonObject o && (string?)o["$ref"] is { } reference)
        {
            node = _document;
            foreach (var part in reference.TrimStart('#').Split('/', StringSplitOptions.RemoveEmptyEntries))
                node = node[part]!;
        }

        return node;
    }

    private IEnumerable<string> PropertiesOf(JsonNode body) =>
        (Resolve(body)["properties"]?.AsObject() ?? []).Select(property => property.Key);

    private static bool IsPassword(string name) => name.Contains("password", StringComparison.Ordinal);
}
