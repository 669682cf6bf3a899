using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using TelemetryKit.Api.Tests.Accounts;
using TelemetryKit.Api.Tests.Server;

namespace TelemetryKit.Api.Tests.Http;

/// <summary>Input that a store can't hold, that overflows, or whose length depends on the unit. Both stores respond the same.</summary>
public abstract class InputFaultTests(AccountServer server)
{
    private const string Null = "a\0b";

    // A lone surrogate is only possible as an escape.
    private const string Surrogate = @"""a\ud800b""";

    private static readonly string Rockets = string.Concat(Enumerable.Repeat("🚀", 100));

    [Fact]
    public async Task A_null_character_in_a_query_parameter_is_an_invalid_parameter()
    {
        using var owner = await server.NewPerson().JoinAsync();
        var (tenant, project) = await ProjectAsync(owner);
        var document = await DocumentAsync();
        var tried = 0;
        foreach (var (path, operations) in document["paths"]!.AsObject())
        {
            var names = (operations!["get"]?["parameters"]?.AsArray() ?? [])
                .Where(p => (string?)p!["in"] == "query" && (string?)p["schema"]?["format"] != "uuid")
                .Select(p => (string?)p!["schema"]?["type"] == "object" ? "meta.key" : (string)p["name"]!);
            foreach (var name in names)
            {
                if (path.StartsWith("/v1/operator/", StringComparison.Ordinal))
                    continue;
                using var response = await owner.GetAsync($"{Filled(path, tenant, project)}&{name}=a%00b");
                await response.IsProblemAsync(400, "invalid_parameter");
                tried++;
            }
        }

        Assert.True(tried > 50, $"{tried} parameters are too few to be all of them.");
    }

    [Fact]
    public async Task Text_in_a_body_that_cannot_be_stored_is_an_invalid_parameter()
    {
        using var owner = await server.NewPerson().JoinAsync();
        var (tenant, project) = await ProjectAsync(owner);
        var settings = $"/v1/projects/{project}/settings";
        foreach (var text in (string[])[System.Text.Json.JsonSerializer.Serialize(Null), Surrogate])
        {
            await IsInvalidAsync(owner, HttpMethod.Put, settings, $$"""{"metadata_allow_list":[{{text}}]}""", "metadata_allow_list");
            await IsInvalidAsync(owner, HttpMethod.Put, settings, $$"""{"aliases":{ {{text}}:"a"} }""", "aliases");
            await IsInvalidAsync(owner, HttpMethod.Put, settings, $$"""{"aliases":{"a":{{text}}} }""", "aliases");
            await IsInvalidAsync(owner, HttpMethod.Patch, $"/v1/projects/{project}", $$"""{"name":{{text}}}""", "name");
            await IsInvalidAsync(owner, HttpMethod.Patch, $"/v1/tenants/{tenant}", $$"""{"name":{{text}}}""", "name");
            await IsInvalidAsync(owner, HttpMethod.Patch, "/v1/me", $$"""{"name":{{text}}}""", "name");
            await IsInvalidAsync(owner, HttpMethod.Post, "/v1/auth/sign-in", $$"""{"email":{{text}},"password":"x"}""", "email");
            await IsInvalidAsync(owner, HttpMethod.Post, "/v1/auth/verify", $$"""{"token":{{text}},"password":"x"}""", "token");
        }
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("8761")]
    [InlineData("2147483647")]
    [InlineData("-2147483648")]
    public async Task An_overlap_out_of_range_is_an_invalid_parameter(string hours)
    {
        using var owner = await server.NewPerson().JoinAsync();
        var (_, project) = await ProjectAsync(owner);
        var (key, _) = await owner.KeyAsync(project, "live");
        await IsInvalidAsync(
            owner, HttpMethod.Post, $"/v1/projects/{project}/keys/{key}/rotate", $$"""{"overlap_hours":{{hours}}}""", "overlap_hours");
    }

    [Fact]
    public async Task Lengths_are_counted_in_code_points()
    {
        using var owner = await server.NewPerson().JoinAsync();
        var (_, project) = await ProjectAsync(owner);
        var (_, key) = await owner.KeyAsync(project, "live");
        var metadataKey = string.Concat(Enumerable.Repeat("🚀", 50));
        var settings = new JsonObject
        {
            ["metadata_allow_list"] = new JsonArray("command", metadataKey), ["aliases"] = new JsonObject { [Rockets] = Rockets + "!" },
        };
        await owner.JsonAsync(HttpMethod.Put, $"/v1/projects/{project}/settings", 200, settings);
        var batch = $$$"""{"events":[{"event_type":"command_executed","metadata":{"command":"{{{Rockets}}}","{{{metadataKey}}}":"x"}}]}""";
        await (await server.Server.Client.SendAsync(Request.Ingest(key, batch))).JsonAsync(200);

        foreach (var query in (string[])[$"subject={Escaped(Rockets + "!")}", $"meta.{Escaped(metadataKey)}=x"])
            Assert.Equal(1, (int?)(await owner.JsonAsync($"/v1/stats/overview?project={project}&{query}"))["events"]);
        var top = await owner.JsonAsync($"/v1/stats/top?project={project}&by=meta.{Escaped(metadataKey)}");
        Assert.Equal("x", (string?)top["items"]![0]!["value"]);

        // The bounds themselves.
        var (most, more) = (string.Concat(Enumerable.Repeat("🚀", 128)), string.Concat(Enumerable.Repeat("🚀", 129)));
        await owner.JsonAsync($"/v1/stats/overview?project={project}&subject={Escaped(most)}");
        using var tooLong = await owner.GetAsync($"/v1/stats/overview?project={project}&subject={Escaped(more)}");
        await tooLong.IsProblemAsync(400, "invalid_parameter");
    }

    [Fact]
    public async Task A_head_request_has_the_response_of_a_get_request_without_its_body()
    {
        using var owner = await server.NewPerson().JoinAsync();
        var (tenant, project) = await ProjectAsync(owner);
        var document = await DocumentAsync();
        var tried = 0;
        foreach (var path in document["paths"]!.AsObject().Where(path => path.Value!["get"] is not null).Select(path => path.Key)
            .Append("/openapi/v1.json"))
        {
            var url = Filled(path, tenant, project);
            using var get = await server.Server.Client.SendAsync(Of(HttpMethod.Get), HttpCompletionOption.ResponseHeadersRead);
            using var head = await server.Server.Client.SendAsync(Of(HttpMethod.Head));
            Assert.Equal((url, get.StatusCode), (url, head.StatusCode));
            Assert.Equal((url, get.Content.Headers.ContentType), (url, head.Content.Headers.ContentType));
            Assert.Empty(await head.Content.ReadAsByteArrayAsync());
            tried++;

            HttpRequestMessage Of(HttpMethod method)
            {
                var request = new HttpRequestMessage(method, url);
                request.Headers.Add("Cookie", $"tk_session={owner.SessionToken}");
                return request;
            }
        }

        Assert.True(tried > 25, $"{tried} routes are too few to be all of them.");
        using var post = await server.Server.Client.SendAsync(new HttpRequestMessage(HttpMethod.Head, "/v1/events"));
        Assert.Equal(HttpStatusCode.MethodNotAllowed, post.StatusCode);
    }

    [Fact]
    public async Task A_byte_order_mark_before_a_body_is_skipped()
    {
        using var owner = await server.NewPerson().JoinAsync();
        using var response = await owner.SendAsync(HttpMethod.Patch, "/v1/me", null, request =>
        {
            request.Content = new ByteArrayContent([0xef, 0xbb, 0xbf, .. """{"name":"Zoë"}"""u8]);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        });
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
    }

    private async Task<(Guid Tenant, Guid Project)> ProjectAsync(Person owner)
    {
        var tenant = await owner.TenantAsync();
        await server.SetPlanAsync(tenant, "business");
        return (tenant, await owner.ProjectAsync(tenant));
    }

    // The path with its target: in the path itself, or in the query string.
    private static string Filled(string path, Guid tenant, Guid project)
    {
        var query = path == "/v1/usage" ? $"tenant={tenant}" : path.Contains('{', StringComparison.Ordinal) ? "" : $"project={project}";
        return path.Replace("{tenant}", tenant.ToString(), StringComparison.Ordinal)
            .Replace("{project}", project.ToString(), StringComparison.Ordinal) + "?" + query;
    }

    private static string Escaped(string text) => Uri.EscapeDataString(text);

    private static async Task IsInvalidAsync(Person caller, HttpMethod method, string path, string body, string member)
    {
        using var response = await caller.SendAsync(
            method, path, null, request => request.Content = new StringContent(body, Encoding.UTF8, "application/json"));
        var problem = await response.IsProblemAsync(400, "invalid_parameter");
        var faults = problem["errors"]!.AsArray().Select(fault => (string?)fault!["parameter"]);
        Assert.Equal(string.Create(CultureInfo.InvariantCulture, $"{body} {member}"), $"{body} {faults.First()}");
    }

    private async Task<JsonObject> DocumentAsync() => await (await server.Server.Client.GetAsync("/openapi/v1.json")).JsonAsync(200);
}

/// <summary>On SQLite.</summary>
public sealed class SqliteInputFaultTests(AccountServer server) : InputFaultTests(server), IClassFixture<AccountServer>;

/// <summary>On PostgreSQL.</summary>
public sealed class PostgresInputFaultTests(PostgresAccountServer server) : InputFaultTests(server), IClassFixture<PostgresAccountServer>;
