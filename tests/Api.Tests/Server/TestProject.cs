using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using TelemetryKit.Core;

namespace TelemetryKit.Api.Tests.Server;

/// <summary>A project with its keys and helper methods for tests.</summary>
public sealed record TestProject(TestServer Server, Project Project, string LiveKey, string TestKey, string ReadKey)
{
    public const string OneEvent =
        """{"events":[{"event_type":"command_executed","user_id":"me","success":true,"duration_ms":120,"metadata":{"command":"build"}}]}""";

    /// <summary>Sends a batch, by default with the live key, and expects 200.</summary>
    public async Task<JsonObject> SendAsync(string json, string? key = null)
    {
        using var response = await Server.Client.SendAsync(Request.Ingest(key ?? LiveKey, json));
        return await response.JsonAsync(200);
    }

    /// <summary>Sends a GET request with the read key and expects 200.</summary>
    public async Task<JsonObject> ReadAsync(string path)
    {
        using var response = await Server.Client.SendAsync(Request.Get(path, ReadKey));
        return await response.JsonAsync(200);
    }

    /// <summary>Returns the JSON of a batch.</summary>
    public static string Batch(int events, Func<int, string>? make = null) =>
        $$"""{"batch_id":"{{Guid.NewGuid()}}","service_name":"t","events":[{{Events(events, make ?? (_ => """{"event_type":"x"}"""))}}]}""";

    private static string Events(int count, Func<int, string> make) => string.Join(',', Enumerable.Range(0, count).Select(make));
}

/// <summary>Creates requests.</summary>
public static class Request
{
    public static HttpRequestMessage Ingest(string? key, string json, string path = "/v1/events") =>
        Ingest(key, Encoding.UTF8.GetBytes(json), path);

    public static HttpRequestMessage Ingest(string? key, byte[] body, string path = "/v1/events")
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        if (key is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return request;
    }

    public static HttpRequestMessage Get(string path, string? key) => Of(HttpMethod.Get, path, key);

    public static HttpRequestMessage Of(HttpMethod method, string path, string? key)
    {
        var request = new HttpRequestMessage(method, path);
        if (key is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return request;
    }
}

/// <summary>Reads and verifies responses.</summary>
public static class ResponseExtensions
{
    /// <summary>Verifies the status and returns the JSON body.</summary>
    public static async Task<JsonObject> JsonAsync(this HttpResponseMessage response, int status)
    {
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(status == (int)response.StatusCode, $"The status is {(int)response.StatusCode} instead of {status}: {text}");
        return JsonNode.Parse(text)!.AsObject();
    }

    /// <summary>Verifies that the response is a problem with the status and code.</summary>
    public static async Task<JsonObject> IsProblemAsync(this HttpResponseMessage response, int status, string code)
    {
        var problem = await response.JsonAsync(status);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal(code, (string?)problem["code"]);
        Assert.Equal(status, (int?)problem["status"]);
        Assert.False(string.IsNullOrEmpty((string?)problem["detail"]));
        if (status is 429 or 503)
            Assert.True(response.Headers.RetryAfter?.Delta > TimeSpan.Zero, "The response has no Retry-After header.");
        return problem;
    }
}
