using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using TelemetryKit.Api.Ingest;
using TelemetryKit.Api.Tests.Server;
using TelemetryKit.Grains;

namespace TelemetryKit.Api.Tests.Ingest;

/// <summary>Bodies that arrive in part and then stand still must not keep others out.</summary>
public sealed class HeldBodyTests : IAsyncLifetime
{
    private const string HonestSource = "198.51.100.1";
    private readonly List<HeldBody> _held = [];
    private TestServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await TestServer.StartAsync("--TELEMETRYKIT_TRUSTED_PROXIES", "127.0.0.1");

    public async ValueTask DisposeAsync()
    {
        foreach (var body in _held)
            body.Dispose();
        await _server.DisposeAsync();
    }

    /// <summary>Who holds bodies is told by how many tenants, keys of each and sources there are; an honest user of a tenant of its own sends all the same.</summary>
    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(1, 25, 25)]
    [InlineData(25, 1, 1)]
    [InlineData(25, 1, 25)]
    public async Task A_small_batch_of_another_tenant_is_stored_while_bodies_are_held(int tenants, int keys, int sources)
    {
        var honest = await _server.NewProjectAsync(await _server.NewTenantAsync());
        await HoldAsync(await KeysAsync(tenants, keys), sources);
        for (var i = 0; i < 5; i++)
            Assert.Equal(1, (int?)(await SendAsync(honest.LiveKey))["accepted"]);
    }

    /// <summary>A live key is public: whoever abuses a copy of it must not keep out the tool's other users.</summary>
    [Fact]
    public async Task A_small_batch_with_the_same_key_is_stored_while_bodies_are_held()
    {
        var project = await _server.NewProjectAsync(await _server.NewTenantAsync());
        await HoldAsync([project.LiveKey], sources: 25);
        for (var i = 0; i < 5; i++)
            Assert.Equal(1, (int?)(await SendAsync(project.LiveKey))["accepted"]);
    }

    private async Task<List<string>> KeysAsync(int tenants, int keys)
    {
        var all = new List<string>();
        for (var t = 0; t < tenants; t++)
        {
            var tenant = await _server.NewTenantAsync();
            for (var k = 0; k < keys; k++)
                all.Add((await _server.NewProjectAsync(tenant)).LiveKey);
        }

        return all;
    }

    /// <summary>26 connections hold all of the budget but some bytes, or as much of it as the server lets them.</summary>
    private async Task HoldAsync(List<string> keys, int sources)
    {
        const int Each = Limits.BodyBytes - 2_000;
        for (var i = 0; i < 26; i++)
        {
            var rest = (int)Math.Min(Each, Limits.BodiesBytes - 60 - (i * (long)Each));
            var source = string.Create(CultureInfo.InvariantCulture, $"203.0.113.{i % sources}");
            _held.Add(await HeldBody.StartAsync(_server, keys[i % keys.Count], source, Limits.BodyBytes, rest));
        }

        var budget = _server.Services.GetRequiredService<BodyBudget>();
        await Eventually.TrueAsync(
            () => budget.Taken == _held.Where(body => !body.Response.IsCompleted).Sum(body => body.Sent), "each body is held whole or given up");
    }

    private async Task<JsonObject> SendAsync(string key)
    {
        var request = Request.Ingest(key, TestProject.OneEvent);
        request.Headers.Add("X-Forwarded-For", HonestSource);
        using var response = await _server.Client.SendAsync(request);
        return await response.JsonAsync(200);
    }
}
