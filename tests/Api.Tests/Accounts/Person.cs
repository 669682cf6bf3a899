using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using TelemetryKit.Api.Tests.Server;

namespace TelemetryKit.Api.Tests.Accounts;

/// <summary>Somebody with a browser: it keeps cookies, and its pages send the CSRF token.</summary>
public sealed class Person : IDisposable
{
    public const string Password = "a rather long passphrase";

    private readonly AccountServer _server;
    private readonly string? _source;
    private readonly HttpClient _client;

    public Person(AccountServer server, string? source)
    {
        (_server, _source) = (server, source);
        Handler = new HttpClientHandler { CookieContainer = Cookies, AllowAutoRedirect = false };
        _client = new HttpClient(Handler) { BaseAddress = server.Server.Url };
    }

    public CookieContainer Cookies { get; } = new();

    public string Email { get; set; } = $"p{Guid.NewGuid():N}@example.org";

    public string? Csrf { get; set; }

    public string? Bearer { get; set; }

    /// <summary>What the session's cookie has.</summary>
    public string? SessionToken =>
        Cookies.GetCookies(_server.Server.Url)
            .FirstOrDefault(cookie => cookie.Name.EndsWith("tk_session", StringComparison.Ordinal))?.Value;

    private HttpClientHandler Handler { get; }

    public Task<HttpResponseMessage> GetAsync(string path) => SendAsync(HttpMethod.Get, path);

    public Task<HttpResponseMessage> PostAsync(string path, JsonNode? body = null) => SendAsync(HttpMethod.Post, path, body);

    public async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string path, JsonNode? body = null, Action<HttpRequestMessage>? change = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
            request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        if (Csrf is not null && method != HttpMethod.Get)
            request.Headers.Add("X-CSRF-Token", Csrf);
        if (Bearer is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Bearer);
        if (_source is not null)
            request.Headers.Add(AccountServer.SourceHeader, _source);
        change?.Invoke(request);
        var response = await _client.SendAsync(request);
        await _server.NoteAsync(response);
        return response;
    }

    /// <summary>Sends, and expects that status and JSON.</summary>
    public async Task<JsonObject> JsonAsync(HttpMethod method, string path, int status = 200, JsonNode? body = null)
    {
        using var response = await SendAsync(method, path, body);
        return await response.JsonAsync(status);
    }

    public Task<JsonObject> JsonAsync(string path) => JsonAsync(HttpMethod.Get, path);

    /// <summary>Sends, and expects an answer without a body.</summary>
    public async Task DoAsync(HttpMethod method, string path, int status = 204, JsonNode? body = null)
    {
        using var response = await SendAsync(method, path, body);
        Assert.True(
            status == (int)response.StatusCode,
            $"{(int)response.StatusCode} instead of {status}: {await response.Content.ReadAsStringAsync()}");
    }

    public Task<HttpResponseMessage> SignUpAsync(string? invitation = null) =>
        PostAsync("/v1/auth/sign-up", new JsonObject { ["email"] = Email, ["name"] = "Ada", ["invitation"] = invitation });

    public Task<HttpResponseMessage> VerifyAsync(string token) =>
        PostAsync("/v1/auth/verify", new JsonObject { ["token"] = token, ["password"] = Password });

    public async Task<JsonObject> SignInAsync(string? password = null)
    {
        var body = await JsonAsync(HttpMethod.Post, "/v1/auth/sign-in", 200, new JsonObject
        {
            ["email"] = Email, ["password"] = password ?? Password,
        });
        Csrf = (string?)body["csrf_token"];
        return body;
    }

    public Task<HttpResponseMessage> TrySignInAsync(string? password = null, string? email = null) =>
        PostAsync("/v1/auth/sign-in", new JsonObject { ["email"] = email ?? Email, ["password"] = password ?? Password });

    /// <summary>All the way from nothing to a signed-in browser.</summary>
    public async Task<Person> JoinAsync(string? invitation = null)
    {
        (await SignUpAsync(invitation)).EnsureSuccessStatusCode();
        (await VerifyAsync(await _server.LinkAsync("verify", Email))).EnsureSuccessStatusCode();
        await SignInAsync();
        return this;
    }

    /// <summary>The first tenant they are a member of.</summary>
    public async Task<Guid> TenantAsync() => (Guid)(await JsonAsync("/v1/tenants"))["tenants"]![0]!["id"]!;

    public async Task<Guid> ProjectAsync(Guid tenant, string? name = null) =>
        (Guid)(
            await JsonAsync(
                HttpMethod.Post,
                $"/v1/tenants/{tenant}/projects",
                201,
                new JsonObject { ["name"] = name ?? $"p{Guid.NewGuid():N}" }))["id"]!;

    public async Task<(Guid Id, string Key)> KeyAsync(Guid project, string kind)
    {
        var made = await JsonAsync(HttpMethod.Post, $"/v1/projects/{project}/keys", 201, new JsonObject { ["kind"] = kind });
        return ((Guid)made["id"]!, (string)made["key"]!);
    }

    public void Dispose() => _client.Dispose();
}
