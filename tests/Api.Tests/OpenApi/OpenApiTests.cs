using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using TelemetryKit.Api.Http;
using TelemetryKit.Api.Tests.Server;

namespace TelemetryKit.Api.Tests.OpenApi;

/// <summary>The document against the routes that exist and the answers they give.</summary>
public sealed class OpenApiTests(SharedServer shared) : IAsyncLifetime
{
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
    public void Every_route_is_in_the_document_and_nothing_else_is()
    {
        var routes = _server.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .SelectMany(e => e.Metadata.GetRequiredMetadata<IHttpMethodMetadata>().HttpMethods.Select(method => $"{method} {Regex.Replace(e.RoutePattern.RawText!, @":\w+\}|/$", m => m.Value == "/" ? "" : "}")}"))
            .Where(route => !route.StartsWith("GET /openapi/", StringComparison.Ordinal));
        var described = Operations().Select(o => $"{o.Method.ToUpperInvariant()} {o.Path}");
        Assert.Equal(routes.Order(), described.Order());
    }

    [Fact]
    public void Every_operation_says_what_it_does_and_how_it_ends()
    {
        foreach (var (path, method, operation) in Operations())
        {
            Assert.False(string.IsNullOrEmpty((string?)operation["summary"]), $"{method} {path} has a summary");
            Assert.NotEmpty(operation["tags"]!.AsArray());
            var responses = operation["responses"]!.AsObject();
            Assert.True(responses.Any(r => r.Key[0] is '2' or '3'), $"{method} {path} has a good answer");
            Assert.All(responses.Where(r => r.Key[0] is '4' or '5'), r => Assert.NotEmpty(Codes(r.Value!)));
            foreach (var (status, response) in responses.Where(r => r.Key is "429" or "503"))
                Assert.NotNull(response!["headers"]?["Retry-After"]);
            foreach (Match name in Regex.Matches(path, @"\{(\w+)\}"))
                Assert.Contains(operation["parameters"]!.AsArray(), p => (string?)p!["in"] == "path" && (string?)p["name"] == name.Groups[1].Value && (bool?)p["required"] == true);
            if (path.StartsWith("/v1/stats", StringComparison.Ordinal) || path.StartsWith("/v1/installs", StringComparison.Ordinal) || path is "/v1/events" or "/events")
                Assert.Equal(["bearer", "header"], operation["security"]!.AsArray().Select(s => s!.AsObject().First().Key).Take(2));
            foreach (var (scheme, _) in operation["security"]!.AsArray().SelectMany(s => s!.AsObject()))
                Assert.NotNull(_document["components"]!["securitySchemes"]![scheme]);
        }
    }

    [Fact]
    public void Every_operation_has_a_name_of_its_own()
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
    public void Every_operation_says_who_may_call_it()
    {
        foreach (var (path, method, operation) in Operations())
        {
            var isPublic = Regex.IsMatch(path, "^/(k|health)/|^/v1/plans$|^/v1/auth/(?!csrf|second-factor|sign-out)");
            Assert.True(operation.ContainsKey("security"), $"{method} {path} has security");
            var ways = operation["security"]!.AsArray().Select(way => way!.AsObject().Select(scheme => scheme.Key));
            var schemes = ways.Select(way => string.Join('+', way)).ToList();
            Assert.True(isPublic == (schemes.Count == 0), $"{method} {path} is public or has schemes: {string.Join(' ', schemes)}");
            // A cookie comes along from another site's page, too: what changes anything needs the token beside it.
            if (schemes.Any(scheme => scheme.Contains("session", StringComparison.Ordinal)))
                Assert.Contains(method == "get" ? "session" : "session+csrf", schemes);
        }
    }

    [Fact]
    public void Every_set_of_words_is_a_component()
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
    public void Every_property_says_what_it_is()
    {
        var properties = _document["components"]!["schemas"]!.AsObject().SelectMany(schema => schema.Value!["properties"]?.AsObject().Select(property => (Of: schema.Key, property.Key, property.Value)) ?? []).ToArray();
        Assert.NotEmpty(properties);
        Assert.Empty(properties.Where(p => p.Value!["description"] is null && p.Value["$ref"] is null).Select(p => $"{p.Of}.{p.Key}"));
    }

    [Fact]
    public void A_file_is_described_in_each_of_its_forms() => Assert.Equal(
        ["application/jsonl", "text/csv"],
        _document["paths"]!["/v1/tenants/{tenant}/audit/export"]!["get"]!["responses"]!["200"]!["content"]!.AsObject().Select(content => content.Key).Order());

    [Fact]
    public void Every_reference_leads_somewhere()
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
    public async Task Every_good_answer_is_as_the_document_says()
    {
        var project = await _server.NewProjectAsync();
        await project.SendAsync("""
            {"service_version":"1.2","context":{"os":"linux"},"events":[{"event_type":"command_executed","user_id":"a","session_id":"s","success":true,"duration_ms":1.5,"metadata":{"command":"build","n":[1,"a"]} },{"event_type":"x"}]}
            """);
        foreach (var path in new[]
        {
            "/v1/stats/overview", "/v1/stats/top?by=command", "/v1/stats/top?by=meta.n", "/v1/stats/top?by=os", "/v1/stats/series?interval=hour", "/v1/stats/series?interval=week",
            "/v1/stats/users", "/v1/stats/events", "/v1/stats/events?limit=1", "/health/live", "/health/ready",
        })
        {
            await IsDescribedAsync(HttpMethod.Get, path, Request.Get(path, project.ReadKey), 200);
        }

        await IsDescribedAsync(HttpMethod.Post, "/v1/events", Request.Ingest(project.LiveKey, """{"events":[{"event_type":"x"},{"event_id":"0197a6d2-7f3e-7c11-9d35-3c1a5e1b0001","event_type":""},7]}"""), 200);
        await IsDescribedAsync(HttpMethod.Post, "/k/{key}/events", Request.Ingest(null, TestProject.OneEvent, $"/k/{project.LiveKey}/events"), 200);
        await IsDescribedAsync(HttpMethod.Delete, "/v1/installs/{user_id}", Request.Of(HttpMethod.Delete, "/v1/installs/a", project.ReadKey), 200);
    }

    [Fact]
    public async Task Every_problem_is_as_the_document_says_with_a_code_it_names()
    {
        var project = await _server.NewProjectAsync();
        foreach (var (path, _, _) in Operations().Where(o => o.Method == "get" && o.Path.StartsWith("/v1/stats", StringComparison.Ordinal)))
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
        await IsDescribedAsync(HttpMethod.Delete, "/v1/installs/{user_id}", Request.Of(HttpMethod.Delete, "/v1/installs/a?b=c", project.ReadKey), 400);
    }

    [Fact]
    public async Task Every_parameter_is_really_taken()
    {
        var project = await _server.NewProjectAsync();
        foreach (var (path, _, operation) in Operations().Where(o => o.Method == "get" && o.Path.StartsWith("/v1/stats", StringComparison.Ordinal)))
        {
            foreach (var parameter in operation["parameters"]!.AsArray().Where(p => (string?)p!["in"] == "query" && (string?)p["name"] != "project"))
            {
                // (A read key's project is its own: another is nowhere.) Given twice, a parameter is at fault if it is one at all, and named as such.
                var name = (string)parameter!["name"]!;
                var problem = await (await _server.Client.SendAsync(Request.Get($"{path}?{name}=1&{name}=1", project.ReadKey))).IsProblemAsync(400, "invalid_parameter");
                Assert.Contains(problem["errors"]!.AsArray(), e => (string?)e!["parameter"] == name && (string?)e["message"] == "It is given more than once.");
            }
        }
    }

    [Fact]
    public void The_schema_of_a_batch_takes_what_the_server_takes()
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

        // A media type or parameter has its schema beside the example or the named examples; a schema has an array of examples in itself.
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
    public void The_values_of_a_parameter_are_those_that_the_server_takes()
    {
        var parameters = _server.Services.GetRequiredService<EndpointDataSource>().Endpoints
            .SelectMany(e => e.Metadata.GetOrderedMetadata<QueryParameters>())
            .SelectMany(p => p.All).Where(p => p.Values is not null).ToList();
        Assert.NotEmpty(parameters);
        var all = Operations().SelectMany(o => o.Operation["parameters"]?.AsArray() ?? []).ToList();
        Assert.All(parameters, parameter =>
        {
            var described = all.First(p => (string?)p!["name"] == parameter.Name)!;
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
    public void The_checker_finds_what_is_wrong_with_an_answer(string answer)
    {
        var schema = _document["paths"]!["/v1/events"]!["post"]!["responses"]!["200"]!["content"]!["application/json"]!["schema"]!;
        Assert.NotEmpty(_schemas.Check(JsonNode.Parse(answer), schema));
    }

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
        var answer = await response.JsonAsync(status);
        var described = operation["responses"]![status.ToString(CultureInfo.InvariantCulture)]!;
        var schema = described["content"]![response.Content.Headers.ContentType!.MediaType!]!["schema"]!;
        var errors = _schemas.Check(answer, schema);
        Assert.True(errors.Count == 0, $"{method} {path}: {string.Join("; ", errors)} in {answer.ToJsonString()}");
        if (status >= 400)
            Assert.Contains((string)answer["code"]!, Codes(described));
    }
}
