using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using TelemetryKit.Api.Tests.Billing;
using TelemetryKit.Api.Tests.Server;
using TelemetryKit.Core;
using TelemetryKit.Core.Accounts.Secrets;
using TelemetryKit.Core.Keys;

namespace TelemetryKit.Api.Tests.Accounts;

/// <summary>Every route of the OpenAPI document, called by everybody: see <see cref="IsolationMatrix"/>.</summary>
public partial class IsolationTests(BilledServer server) : IClassFixture<BilledServer>
{
    // Has the form of a key but doesn't exist.
    private static readonly string UnknownKey = ApiKey.Generate(KeyKind.Live);

    [Fact]
    public async Task Every_route_of_the_document_has_its_row_and_every_row_its_route()
    {
        var document = JsonNode.Parse(await server.Server.Client.GetStringAsync("/openapi/v1.json"))!;
        var routes = document["paths"]!.AsObject()
            .SelectMany(path => path.Value!.AsObject().Select(operation => $"{operation.Key.ToUpperInvariant()} {path.Key}"))
                .Order(StringComparer.Ordinal);
        Assert.Equal(routes, IsolationMatrix.Routes.Select(row => row.Route).Order(StringComparer.Ordinal));
        Assert.All(IsolationMatrix.Doors.Values, door => Assert.Equal(IsolationMatrix.Callers.Length, door.Length));
    }

    [Fact]
    public async Task Every_route_responds_to_every_caller_as_in_the_matrix()
    {
        var world = await new IsolationWorld(server).BuildAsync();
        List<string> wrong = [];
        foreach (var (route, door, status) in IsolationMatrix.Routes)
        {
            foreach (var (caller, answer) in IsolationMatrix.Callers.Zip(IsolationMatrix.Doors[door]))
            {
                var expected = answer == IsolationMatrix.Ok ? status : answer;
                using var response = await SendAsync(world, route, caller, foreign: false);
                if ((int)response.StatusCode != expected)
                    wrong.Add($"{route} by {caller}: {(int)response.StatusCode} instead of {expected}: {await TextAsync(response)}");
                else if (expected >= 400 && response.Content.Headers.ContentType?.MediaType != "application/problem+json")
                    wrong.Add($"{route} by {caller}: {expected} without a problem");
            }
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    [Fact]
    public async Task A_foreign_id_has_the_same_response_as_an_unknown_one()
    {
        var world = await new IsolationWorld(server).BuildAsync();
        var checkedRoutes = 0;
        foreach (var (route, door, _) in IsolationMatrix.Routes)
        {
            foreach (var caller in (string[])["stranger", "stranger's token", "foreign read key"])
            {
                if (IsolationMatrix.Doors[door][Array.IndexOf(IsolationMatrix.Callers, caller)] != 404)
                    continue;
                using var foreign = await SendAsync(world, route, caller, foreign: false);
                using var nowhere = await SendAsync(world, route, caller, foreign: true);
                Assert.Equal((route, caller, await DescribeAsync(nowhere)), (route, caller, await DescribeAsync(foreign)));
                checkedRoutes++;
            }
        }

        Assert.True(checkedRoutes > 50, $"{checkedRoutes} is too few to be all of them");
    }

    private static async Task<string> DescribeAsync(HttpResponseMessage response)
    {
        var headers = response.Headers.Concat(response.Content.Headers).Where(h => h.Key != "Date")
            .Select(h => $"{h.Key}={string.Join(',', h.Value)}");
        return $"{(int)response.StatusCode} {string.Join('|', headers)} {await TextAsync(response)}";
    }

    private static async Task<string> TextAsync(HttpResponseMessage response) =>
        response.Content.Headers.ContentType?.MediaType == "text/event-stream" ? "(a stream)" : await response.Content.ReadAsStringAsync();

    private async Task<HttpResponseMessage> SendAsync(IsolationWorld world, string route, string caller, bool foreign)
    {
        var (method, path) = (
            route[..route.IndexOf(' ', StringComparison.Ordinal)], route[(route.IndexOf(' ', StringComparison.Ordinal) + 1)..]);
        var bearer = world.BearerOf(caller);
        using var request = new HttpRequestMessage(new HttpMethod(method), await FillAsync(world, path, route, bearer, foreign));
        if (bearer is not null && !path.StartsWith("/k/", StringComparison.Ordinal))
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", bearer);
        if (await world.SessionOfAsync(caller) is { } session)
        {
            request.Headers.Add("Cookie", $"tk_session={session}");
            request.Headers.Add("X-CSRF-Token", SecretToken.CsrfOf(session));
        }

        if (method is "POST" or "PUT" or "PATCH")
        {
            var body = path.EndsWith("/events", StringComparison.Ordinal) ? TestProject.OneEvent
                : path.StartsWith("/v1/installs/", StringComparison.Ordinal) ? InstallOf(foreign ? Guid.NewGuid() : world.Project)
                : "[]";
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        }

        return await server.Server.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    private static string InstallOf(Guid project) => $$"""{"project":"{{project}}","user_id":"somebody"}""";

    private static async Task<string> FillAsync(IsolationWorld world, string path, string route, string? bearer, bool foreign)
    {
        if (path.StartsWith("/k/", StringComparison.Ordinal))
            return path.Replace("{key}", bearer ?? UnknownKey, StringComparison.Ordinal);
        if (path.StartsWith("/v1/stats/", StringComparison.Ordinal) || path.StartsWith("/v1/export/", StringComparison.Ordinal)
            || path == "/v1/installs/{user_id}")
        {
            // A read key belongs to one project. The foreign one requests another.
            var project = foreign ? Guid.NewGuid() : world.Project;
            return $"{path.Replace("{user_id}", "somebody", StringComparison.Ordinal)}?project={project}";
        }

        if (path == "/v1/usage" || path.StartsWith("/v1/billing", StringComparison.Ordinal))
            return $"{path}?tenant={(foreign ? Guid.NewGuid() : world.Tenant)}";
        foreach (var parameter in Parameter().Matches(path).Select(match => match.Groups[1].Value))
        {
            var (project, id) = foreign ? (Guid.NewGuid(), Guid.NewGuid()) : await world.TargetAsync(parameter, route);
            path = path.Replace($"{{{parameter}}}", (parameter == "project" ? project : id).ToString(), StringComparison.Ordinal);
        }

        return path;
    }

    [GeneratedRegex("{([a-z_]+)}")]
    private static partial Regex Parameter();
}
