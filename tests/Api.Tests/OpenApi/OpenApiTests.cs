using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using TelemetryKit.Api.Dashboard;
using TelemetryKit.Api.Http;
using TelemetryKit.Api.Tests.Server;

namespace TelemetryKit.Api.Tests.OpenApi;

/// <summary>Compares the document with the mapped routes and their responses.</summary>
public sealed class OpenApiTests(SharedServer shared) : IAsyncLifetime
{
    private const string InstallPath = "/v1/installs/{user_id}";
    private readonly TestServer _server = shared.Server;
    private JsonObject _document = null!;
    private DocumentSchemas _schemas = null!;

    public async ValueTask InitializeAsync()
    {
        _document = await (await _server.Client.GetAsync("/openapi/v1.json")).JsonAsync(200);
        _schemas = new DocumentSchemas(_document);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public void The_document_contains_exactly_the_mapped_routes()
    {
        var routes =
            from endpoint in _server.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            from method in endpoint.Metadata.GetRequiredMetadata<IHttpMethodMetadata>().HttpMethods
            let route = $"{method} {PathOf(endpoint)}"
            // The document itself, and pages and images for people.
            where !Regex.IsMatch(route, "^GET /(openapi|docs|badge)/")
            where !DashboardSetup.Pages.Append(DashboardSetup.Assets).Contains(endpoint.RoutePattern.RawText)
            select route;
        var described = Operations().Select(o => $"{o.Method.ToUpperInvariant()} {o.Path}");
        Assert.Equal(routes.Order(), described.Order());
    }

    [Fact]
    public void Every_operation_has_a_summary_and_responses()
    {
        foreach (var (path, method, operation) in Operations())
        {
            Assert.False(string.IsNullOrEmpty((string?)operation["summary"]), $"{method} {path} has a summary");
            Assert.NotEmpty(operation["tags"]!.AsArray());
            var responses = operation["responses"]!.AsObject();
            Assert.True(responses.Any(r => r.Key[0] is '2' or '3'), $"{method} {path} has a success response");
            Assert.All(responses.Where(r => r.Key[0] is '4' or '5'), r => Assert.NotEmpty(Codes(r.Value!)));
            foreach (var (status, response) in responses.Where(r => r.Key is "429" or "503"))
                Assert.NotNull(response!["headers"]?["Retry-After"]);
            foreach (Match name in Regex.Matches(path, @"\{(\w+)\}"))
                Assert.Contains(operation["parameters"]!.AsArray(), p => IsPathParameter(p!, name.Groups[1].Value));
            if (Regex.IsMatch(path, "^/v1/(stats|export)|^(/v1)?/events$"))
                Assert.Equal(["bearer", "header"], operation["security"]!.AsArray().Select(s => s!.AsObject().First().Key).Take(2));
            foreach (var (scheme, _) in operation["security"]!.AsArray().SelectMany(s => s!.AsObject()))
                Assert.NotNull(_document["components"]!["securitySchemes"]![scheme]);
        }
    }

    [Fact]
    public void Every_operation_has_a_unique_name()
    {
        var names = Operations().Select(o => (string?)o.Operation["operationId"]).ToList();
        Assert.All(names, name => Assert.Matches("^[a-z][A-Za-z]+$", name));
        Assert.Equal(names.Count, names.Distinct().Count());
    }

    [Fact]
    public void The_summary_of_an_operation_is_that_of_its_route()
    {
        var summaries = _server.Services.GetRequiredService<EndpointDataSource>().Endpoints
            .Where(e => e.Metadata.GetMetadata<IEndpointSummaryMetadata>() is not null)
            .ToDictionary(
                e => e.Metadata.GetRequiredMetadata<IEndpointNameMetadata>().EndpointName,
                e => e.Metadata.GetRequiredMetadata<IEndpointSummaryMetadata>().Summary);
        Assert.All(Operations(), o => Assert.Equal(summaries[(string)o.Operation["operationId"]!], (string?)o.Operation["summary"]));
    }

    [Fact]
    public void Every_operation_has_its_security_requirements()
    {
        foreach (var (path, method, operation) in Operations())
        {
            var isPublic = Regex.IsMatch(
                path, "^/(k|health|.well-known)/|^/v1/(plans$|legal/|erasures/|shared/)|^/v1/auth/(?!csrf|second-factor|sign-out)");
            Assert.True(operation.ContainsKey("security"), $"{method} {path} has security");
            var ways = operation["security"]!.AsArray().Select(way => way!.AsObject().Select(scheme => scheme.Key));
            var schemes = ways.Select(way => string.Join('+', way)).ToList();
            Assert.True(isPublic == (schemes.Count == 0), $"{method} {path} is public or has schemes: {string.Join(' ', schemes)}");
            // Browsers also send cookies with requests of other sites, so changes require the CSRF token as well.
            if (schemes.Any(scheme => scheme.Contains("session", StringComparison.Ordinal)))
                Assert.Contains(method == "get" ? "session" : "session+csrf", schemes);
        }
    }

    [Fact]
    public void Every_enumeration_is_a_component()
    {
        var inline = new List<string>();
        Collect(_document, "");
        Assert.True(inline.Count == 0, string.Join('\n', inline));
        var components = _document["components"]!["schemas"]!.AsObject();
        foreach (var name in new[] { "ErrorCode", "RejectionReason", "Role", "Plan", "KeyKind", "Environment" })
            Assert.NotEmpty(components[name]!["enum"]!.AsArray());

        void Collect(JsonNode? node, string place)
        {
            if (node is JsonObject o)
            {
                if (o["enum"] is JsonArray && !Regex.IsMatch(place, "^/components/schemas/[^/]+$"))
                    inline.Add(place);
                foreach (var (name, child) in o)
                    Collect(child, $"{place}/{name}");
            }
            else if (node is JsonArray a)
            {
                for (var i = 0; i < a.Count; i++)
                    Collect(a[i], $"{place}/{i}");
            }
        }
    }

    [Fact]
    public void Every_property_has_a_description()
    {
        var properties = (
            from schema in _document["components"]!["schemas"]!.AsObject()
            from property in schema.Value!["properties"]?.AsObject() ?? []
            select (Name: $"{schema.Key}.{property.Key}", Schema: property.Value!)).ToList();
        Assert.NotEmpty(properties);
        Assert.Empty(properties.Where(p => p.Schema["description"] is null && p.Schema["$ref"] is null).Select(p => p.Name));
    }

    [Fact]
    public void An_exported_file_is_described_in_each_format()
    {
        var response = _document["paths"]!["/v1/tenants/{tenant}/audit/export"]!["get"]!["responses"]!["200"]!;
        Assert.Equal(["application/jsonl", "text/csv"], response["content"]!.AsObject().Select(content => content.Key).Order());
    }

    [Fact]
    public void Every_reference_resolves()
    {
        var references = new List<JsonObject>();
        Collect(_document);
        Assert.NotEmpty(references);
        Assert.All(references, r => Assert.NotNull(Resolve(r)));

        void Collect(JsonNode? node)
        {
            if (node is JsonObject o)
            {
                if (o.ContainsKey("$ref"))
                    references.Add(o);
                foreach (var (_, child) in o)
                    Collect(child);
            }
            else if (node is JsonArray a)
            {
                foreach (var child in a)
                    Collect(child);
            }
        }
    }

    [Fact]
    public async Task Success_responses_match_the_document()
    {
        var project = await _server.NewProjectAsync();
        await project.SendAsync("""
            {"service_version":"1.2","context":{"os":"linux"},"events":[
              {"event_type":"command_executed","user_id":"a","session_id":"s","success":true,"duration_ms":1.5,
               "metadata":{"command":"build","n":[1,"a"]}},
              {"event_type":"x"}]}
            """);
        foreach (var path in new[]
        {
            "/v1/stats/overview", "/v1/stats/top?by=command", "/v1/stats/top?by=meta.n", "/v1/stats/top?by=os",
            "/v1/stats/series?interval=hour", "/v1/stats/series?interval=week", "/v1/stats/users", "/v1/stats/events",
            "/v1/stats/top?by=version&group=minor&compare_from=2026-01-01&compare_to=2026-01-02", "/v1/stats/series?by=os",
            "/v1/stats/top?by=meta.n&combinations=true", "/v1/stats/overview?meta.n=1&os=linux", "/v1/stats/failures",
            "/v1/stats/releases", "/v1/stats/retention", "/v1/stats/deprecation?subject=build",
            "/v1/stats/events?limit=1", "/health/live", "/health/ready",
        })
        {
            await IsDescribedAsync(HttpMethod.Get, path, Request.Get(path, project.ReadKey), 200);
        }

        const string Rejected = """
            {"events":[{"event_type":"x"},{"event_id":"0197a6d2-7f3e-7c11-9d35-3c1a5e1b0001","event_type":""},7]}
            """;
        await IsDescribedAsync(HttpMethod.Post, "/v1/events", Request.Ingest(project.LiveKey, Rejected), 200);
        var withKeyInPath = Request.Ingest(null, TestProject.OneEvent, $"/k/{project.LiveKey}/events");
        await IsDescribedAsync(HttpMethod.Post, "/k/{key}/events", withKeyInPath, 200);
    }

    [Fact]
    public async Task Problems_match_the_document_and_their_codes_are_listed()
    {
        var project = await _server.NewProjectAsync();
        foreach (var (path, _, _) in StatisticsOperations())
        {
            await IsDescribedAsync(HttpMethod.Get, path, Request.Get(path + "?nonsense=1", project.ReadKey), 400);
            await IsDescribedAsync(HttpMethod.Get, path, Request.Get(path, null), 401);
            await IsDescribedAsync(HttpMethod.Get, path, Request.Get(path, project.LiveKey), 403);
        }

        await IsDescribedAsync(HttpMethod.Post, "/v1/events", Request.Ingest(project.LiveKey, "{"), 400);
        await IsDescribedAsync(HttpMethod.Post, "/v1/events", Request.Ingest(project.LiveKey, "{}"), 400);
        await IsDescribedAsync(HttpMethod.Post, "/v1/events", Request.Ingest(null, "{}"), 401);
        await IsDescribedAsync(HttpMethod.Post, "/v1/events", Request.Ingest(project.ReadKey, "{}"), 403);
        await IsDescribedAsync(HttpMethod.Post, "/v1/events", Request.Ingest(project.LiveKey, TestProject.Batch(1_001)), 413);
        var compressed = Request.Ingest(project.LiveKey, "{}");
        compressed.Content!.Headers.ContentEncoding.Add("zstd");
        await IsDescribedAsync(HttpMethod.Post, "/v1/events", compressed, 415);
        await IsDescribedAsync(HttpMethod.Delete, InstallPath, Request.Of(HttpMethod.Delete, "/v1/installs/a?b=c", project.ReadKey), 401);
    }

    [Fact]
    public async Task The_server_accepts_every_described_parameter()
    {
        var project = await _server.NewProjectAsync();
        foreach (var (path, _, operation) in StatisticsOperations())
        {
            // A read key has a project, so another one is a 404.
            var parameters = operation["parameters"]!.AsArray().Where(p => (string?)p!["in"] == "query" && (string?)p["name"] != "project");
            foreach (var parameter in parameters)
            {
                // For an unknown parameter, the error would be that it is unknown.
                // The properties of an object are parameters of their own.
                var isObject = (string?)parameter!["schema"]!["type"] == "object";
                var name = isObject ? "meta.key" : (string)parameter["name"]!;
                var response = await _server.Client.SendAsync(Request.Get($"{path}?{name}=1&{name}=1", project.ReadKey));
                var problem = await response.IsProblemAsync(400, "invalid_parameter");
                var errors = problem["errors"]!.AsArray().Select(e => ((string?)e!["parameter"], (string?)e["message"]));
                Assert.Contains((name, "It is given more than once."), errors);
            }
        }
    }

    [Fact]
    public void The_schema_of_a_batch_accepts_valid_batches_only()
    {
        var batch = _document["components"]!["schemas"]!["Batch"]!;
        Assert.Empty(_schemas.Check(JsonNode.Parse(TestProject.OneEvent), batch));
        Assert.NotEmpty(_schemas.Check(JsonNode.Parse("""{"events":[{"event_type":"9"}]}"""), batch));
        Assert.NotEmpty(_schemas.Check(JsonNode.Parse("{}"), batch));
    }

    [Fact]
    public void Every_example_is_valid_against_its_schema()
    {
        var examples = new List<(string Place, JsonNode? Value, JsonNode Schema)>();
        Collect(_document, "");
        Assert.Contains(examples, e => e.Place.EndsWith("/example", StringComparison.Ordinal));
        Assert.Contains(examples, e => e.Place.Contains("/schemas/", StringComparison.Ordinal));
        var errors = examples.SelectMany(e => _schemas.Check(e.Value, e.Schema).Select(error => $"{e.Place}: {error}")).ToList();
        Assert.True(errors.Count == 0, string.Join('\n', errors));

        // Media types and parameters have a schema, and an example or named examples. A schema has an array of examples.
        void Collect(JsonNode? node, string place)
        {
            if (node is JsonObject o)
            {
                if (o["schema"] is { } schema && o.ContainsKey("example"))
                    examples.Add(($"{place}/example", o["example"], schema));
                if (o["schema"] is { } of && o["examples"] is JsonObject named)
                    examples.AddRange(named.Select(e => ($"{place}/examples/{e.Key}", Resolve(e.Value!.AsObject())!["value"], of)));
                if (o["examples"] is JsonArray values)
                    examples.AddRange(values.Select(value => ($"{place}/examples", value, (JsonNode)o)));
                foreach (var (name, child) in o.Where(member => member.Key is not ("example" or "examples")))
                    Collect(child, $"{place}/{name}");
            }
            else if (node is JsonArray a)
            {
                foreach (var child in a)
                    Collect(child, place);
            }
        }
    }

    [Fact]
    public void The_described_values_of_a_parameter_are_those_that_the_server_accepts()
    {
        var parameters = _server.Services.GetRequiredService<EndpointDataSource>().Endpoints
            .SelectMany(e => e.Metadata.GetOrderedMetadata<QueryParameters>())
            .SelectMany(p => p.All).Where(p => p.Values is not null).ToList();
        Assert.NotEmpty(parameters);
        var all = Operations().SelectMany(o => o.Operation["parameters"]?.AsArray() ?? []).ToList();
        Assert.All(parameters, parameter =>
        {
            // Two routes can have parameters of one name with different values, such as the formats of answers and of the audit log.
            var described = all.First(
                p => (string?)p!["name"] == parameter.Name && (string?)p["description"] == parameter.Description)!;
            Assert.Equal(parameter.Values!, Resolve(described["schema"]!.AsObject())!["enum"]!.AsArray().Select(value => (string)value!));
        });
    }

    [Theory]
    [InlineData("""{"received":1,"accepted":1,"duplicates":0}""")]
    [InlineData("""{"received":"1","accepted":1,"duplicates":0,"rejected":[]}""")]
    [InlineData("""{"received":1.5,"accepted":1,"duplicates":0,"rejected":[]}""")]
    [InlineData("""{"received":1,"accepted":1,"duplicates":0,"rejected":[],"more":1}""")]
    [InlineData("""{"received":1,"accepted":1,"duplicates":0,"rejected":[{"index":0,"event_id":"no","code":"a","message":"b"}]}""")]
    [InlineData("""{"received":1,"accepted":1,"duplicates":0,"rejected":[{"index":0,"code":"a"}]}""")]
    public void The_validator_finds_invalid_responses(string body)
    {
        var schema = _document["paths"]!["/v1/events"]!["post"]!["responses"]!["200"]!["content"]!["application/json"]!["schema"]!;
        Assert.NotEmpty(_schemas.Check(JsonNode.Parse(body), schema));
    }

    // Without constraints, such as ":guid", and without a slash at the end.
    private static string PathOf(RouteEndpoint endpoint) =>
        Regex.Replace(endpoint.RoutePattern.RawText!, @":\w+\}|/$", match => match.Value == "/" ? "" : "}");

    private static bool IsPathParameter(JsonNode parameter, string name) =>
        (string?)parameter["in"] == "path" && (string?)parameter["name"] == name && (bool?)parameter["required"] == true;

    private IEnumerable<(string Path, string Method, JsonObject Operation)> StatisticsOperations() =>
        Operations().Where(o => o.Method == "get" && o.Path.StartsWith("/v1/stats", StringComparison.Ordinal));

    private IEnumerable<(string Path, string Method, JsonObject Operation)> Operations() =>
        _document["paths"]!.AsObject().SelectMany(path => path.Value!.AsObject().Select(o => (path.Key, o.Key, o.Value!.AsObject())));

    private JsonNode? Resolve(JsonObject reference) =>
        ((string)reference["$ref"]!).Split('/').Skip(1).Aggregate((JsonNode?)_document, (at, name) => at?[name]);

    // Each code of a response is an example of its body.
    private static IEnumerable<string> Codes(JsonNode response) =>
        response["content"]!["application/problem+json"]!["examples"]!.AsObject().Select(example => example.Key);

    private async Task IsDescribedAsync(HttpMethod method, string path, HttpRequestMessage request, int status)
    {
        var operation = _document["paths"]![path.Split('?')[0]]![method.Method.ToLowerInvariant()]!;
        using var response = await _server.Client.SendAsync(request);
        var body = await response.JsonAsync(status);
        var described = operation["responses"]![status.ToString(CultureInfo.InvariantCulture)]!;
        var schema = described["content"]![response.Content.Headers.ContentType!.MediaType!]!["schema"]!;
        var errors = _schemas.Check(body, schema);
        Assert.True(errors.Count == 0, $"{method} {path}: {string.Join("; ", errors)} in {body.ToJsonString()}");
        if (status >= 400)
            Assert.Contains((string)body["code"]!, Codes(described));
    }
}
