using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using TelemetryKit.Api.Http.Bodies;
using TelemetryKit.Api.Tests.Server;
using TelemetryKit.Core;
using TelemetryKit.Core.Accounts.Plans;

namespace TelemetryKit.Api.Tests.Ingest;

/// <summary>Stalled bodies must not block the requests of others.</summary>
public sealed class HeldBodyTests : IAsyncLifetime
{
    private const string HonestSource = "198.51.100.1";
    private readonly List<HeldBody> _held = [];
    private readonly FakeTimeProvider _time = new(TimeProvider.System.GetUtcNow());
    private TestServer _server = null!;

    private BodyBudget Budget => _server.Services.GetRequiredService<BodyBudget>();

    public async ValueTask InitializeAsync() => _server = await TestServer.StartAsync(new TestServerOptions
    {
        Args = ["--TELEMETRYKIT_TRUSTED_PROXIES", "127.0.0.1"],
        Services = services => services.AddSingleton<TimeProvider>(_time),
    });

    public async ValueTask DisposeAsync()
    {
        foreach (var body in _held)
            body.Dispose();
        await Eventually.TrueAsync(() => (Budget.Taken, Budget.PartyCount) == (0, 0), "all memory is released");
        await _server.DisposeAsync();
    }

    /// <summary>
    /// Bodies are held by a number of tenants, with a number of keys each, from a number of sources, while another tenant sends.
    /// </summary>
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

    /// <summary>A live key is public, so its abuse must not block the other users of the tool.</summary>
    [Fact]
    public async Task A_small_batch_with_the_same_key_is_stored_while_bodies_are_held()
    {
        var project = await _server.NewProjectAsync(await _server.NewTenantAsync());
        await HoldAsync([project.LiveKey], sources: 25);
        for (var i = 0; i < 5; i++)
            Assert.Equal(1, (int?)(await SendAsync(project.LiveKey))["accepted"]);
    }

    [Theory]
    [InlineData(1, 1, 16)]
    [InlineData(1, 25, 32)]
    [InlineData(25, 1, 16)]
    public async Task The_memory_of_a_party_is_bounded_by_its_share(int tenants, int keys, int mebibytes)
    {
        // The share of a key or source is an eighth, that of a tenant a quarter.
        await HoldAsync(await KeysAsync(tenants, keys), sources: tenants == 1 ? 25 : 1);
        Assert.InRange(Budget.Taken, 1, mebibytes * 1024 * 1024);
        foreach (var body in _held.Where(body => body.Response.IsCompleted))
        {
            // 408 if the clock was moved while it waited.
            Assert.Matches("^HTTP/1.1 (503|408) ", await body.Response);
        }
    }

    /// <summary>
    /// For a minute, bodies that were ended are replaced by new ones. Batches that arrive in one piece, in several, and large ones are all
    /// stored.
    /// </summary>
    [Theory]
    [InlineData(1, 1)]
    [InlineData(25, 25)]
    public async Task Honest_batches_are_stored_all_the_time_while_bodies_are_held(int tenants, int sources)
    {
        var keys = await KeysAsync(tenants, keys: 1);
        var honest = (await _server.NewProjectAsync(await _server.NewTenantAsync())).LiveKey;
        for (var second = 0; second < 60; second += 2)
        {
            await HoldAsync(keys, sources);
            _time.Advance(TimeSpan.FromSeconds(2));
            Assert.Equal(1, (int?)(await SendAsync(honest))["accepted"]);
            await SendInPiecesAsync(honest);
            // The abused key works as well.
            await SendInPiecesAsync(keys[0]);
            await SendLargeAsync(honest);
            if (tenants == 1)
                await SendLargeAsync(keys[0]);
        }
    }

    private async Task<List<string>> KeysAsync(int tenants, int keys)
    {
        var all = new List<string>();
        for (var t = 0; t < tenants; t++)
        {
            // Its sources have the rates for as many large bodies.
            var tenant = await _server.NewTenantAsync(PlanId.Enterprise);
            for (var k = 0; k < keys; k++)
                all.Add((await _server.NewProjectAsync(tenant)).LiveKey);
        }

        return all;
    }

    /// <summary>Lets 26 connections hold all of the budget except a few bytes, or as much of it as the server allows.</summary>
    private async Task HoldAsync(List<string> keys, int sources)
    {
        const int Each = Limits.BodyBytes - 2_000;
        foreach (var over in _held.Where(body => body.Response.IsCompleted).ToList())
        {
            over.Dispose();
            _held.Remove(over);
        }

        for (var i = _held.Count; i < 26; i++)
        {
            var rest = (int)Math.Min(Each, Limits.BodiesBytes - 60 - (i * (long)Each));
            var source = string.Create(CultureInfo.InvariantCulture, $"203.0.113.{i % sources}");
            var starting = HeldBody.StartAsync(_server, keys[i % keys.Count], source, Limits.BodyBytes, rest);
            await AdvanceUntilAsync(() => starting.IsCompleted, "the body is sent or ended");
            _held.Add(await starting);
        }

        await AdvanceUntilAsync(
            () => Budget.Taken == _held.Where(body => !body.Response.IsCompleted).Sum(body => body.Sent),
            "each body is held completely or ended");
    }

    // The refusals of a source that gets many are delayed.
    private Task AdvanceUntilAsync(Func<bool> condition, string what) => Eventually.TrueAsync(
        () =>
        {
            if (condition())
                return true;
            _time.Advance(Limits.RefusalDelay / 20);
            return false;
        },
        what);

    private async Task<JsonObject> SendAsync(string key, HttpContent? content = null)
    {
        var request = Request.Ingest(key, TestProject.OneEvent);
        request.Content = content ?? request.Content;
        request.Headers.Add("X-Forwarded-For", HonestSource);
        using var response = await _server.Client.SendAsync(request);
        return await response.JsonAsync(200);
    }

    // Waits until the server has read the first piece before the second is sent.
    private async Task SendInPiecesAsync(string key)
    {
        var body = new PiecesContent(Encoding.UTF8.GetBytes(TestProject.OneEvent), async first =>
        {
            var before = Budget.Taken;
            await first();
            await Eventually.TrueAsync(() => Budget.Taken != before, "the first piece has arrived");
        });
        Assert.Equal(1, (int?)(await SendAsync(key, body))["accepted"]);
    }

    private async Task SendLargeAsync(string key)
    {
        var body = new ByteArrayContent(Encoding.UTF8.GetBytes(TestProject.OneEvent + new string(' ', 300_000)));
        body.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        Assert.Equal(1, (int?)(await SendAsync(key, body))["accepted"]);
    }

    private sealed class PiecesContent : HttpContent
    {
        private readonly byte[] _body;
        private readonly Func<Func<Task>, Task> _sendFirst;

        public PiecesContent(byte[] body, Func<Func<Task>, Task> sendFirst)
        {
            (_body, _sendFirst) = (body, sendFirst);
            Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }

        protected override async Task SerializeToStreamAsync(Stream stream, System.Net.TransportContext? context)
        {
            var half = _body.Length / 2;
            await _sendFirst(async () =>
            {
                await stream.WriteAsync(_body.AsMemory(0, half));
                await stream.FlushAsync();
            });
            await stream.WriteAsync(_body.AsMemory(half));
        }

        protected override bool TryComputeLength(out long length)
        {
            length = _body.Length;
            return true;
        }
    }
}
