using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace TelemetryKit.Api.Tests.Accounts;

/// <summary>A GitHub of the tests' own, as far as signing in needs one. Whoever comes is <see cref="User"/>, and agrees.</summary>
public sealed class FakeGithub : IAsyncDisposable
{
    private readonly WebApplication _app;

    private FakeGithub(WebApplication app) => _app = app;

    public string Url => _app.Urls.Single();

    /// <summary>Id, name and address of the person who signs in, and whether GitHub has verified the address.</summary>
    public (long Id, string Name, string Email, bool Verified) User { get; set; }

    /// <summary>What the exchange of the code for a token had in it.</summary>
    public IFormCollection? Exchange { get; private set; }

    public static async Task<FakeGithub> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        var github = new FakeGithub(app);
        app.MapGet(
            "/login/oauth/authorize",
            (HttpContext http) => Results.Redirect(
                $"{http.Request.Query["redirect_uri"]}?code=the-code&state={Uri.EscapeDataString(http.Request.Query["state"]!)}"));
        app.MapPost("/login/oauth/access_token", async (HttpContext http) =>
        {
            github.Exchange = await http.Request.ReadFormAsync();
            return Text(new JsonObject { ["access_token"] = "the-token", ["token_type"] = "bearer" });
        });
        app.MapGet(
            "/api/v3/user",
            (HttpContext http) => IsAllowed(http) ? Text(
                new JsonObject { ["id"] = github.User.Id, ["login"] = "somebody", ["name"] = github.User.Name }) : Results.Unauthorized());
        app.MapGet("/api/v3/user/emails", (HttpContext http) => IsAllowed(http)
            ? Text(new JsonArray(
                new JsonObject { ["email"] = "other@example.org", ["primary"] = false, ["verified"] = true },
                new JsonObject { ["email"] = github.User.Email, ["primary"] = true, ["verified"] = github.User.Verified }))
            : Results.Unauthorized());
        await app.StartAsync();
        return github;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static bool IsAllowed(HttpContext http) => http.Request.Headers.Authorization == "Bearer the-token";

    private static IResult Text(JsonNode json) => Results.Text(json.ToJsonString(), "application/json");
}
