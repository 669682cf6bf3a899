using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Configuration;
using TelemetryKit.Api.Settings;

namespace TelemetryKit.Api.Tests.Accounts;

/// <summary>A server behind reverse proxies.</summary>
public sealed class ProxiedServer : AccountServer
{
    public const string Proxy = "10.20.30.40";
    public const string OuterProxy = "192.0.2.7";

    protected override string[] Args => [.. base.Args, "--TELEMETRYKIT_TRUSTED_PROXIES", $"10.20.0.0/16, {OuterProxy}"];
}

/// <summary>Whom a request is said to come from, by whom, and when that is believed.</summary>
public class ProxyTests(ProxiedServer proxied, AccountServer open) : IClassFixture<ProxiedServer>, IClassFixture<AccountServer>
{
    private const int Burst = 30; // attempts of one source

    [Fact]
    public async Task Behind_a_trusted_proxy_each_of_its_clients_is_a_source()
    {
        Assert.Equal(10, await RefusedAsync(proxied, ProxiedServer.Proxy, _ => "203.0.113.1"));
        Assert.Equal(0, await RefusedAsync(proxied, ProxiedServer.Proxy, _ => "203.0.113.2", tries: 3));
    }

    [Fact]
    public async Task Entries_before_that_of_the_proxy_are_ignored() =>
        Assert.Equal(10, await RefusedAsync(proxied, ProxiedServer.Proxy, n => $"198.51.100.{n}, 203.0.113.3"));

    [Fact]
    public async Task A_chain_of_trusted_proxies_is_followed_to_its_first_client()
    {
        Assert.Equal(10, await RefusedAsync(proxied, ProxiedServer.Proxy, n => $"198.51.100.{n}, 203.0.113.4, {ProxiedServer.OuterProxy}"));
        Assert.Equal(0, await RefusedAsync(proxied, ProxiedServer.Proxy, _ => $"203.0.113.5, {ProxiedServer.OuterProxy}", tries: 3));
    }

    [Fact]
    public async Task Forwarded_addresses_of_other_clients_are_ignored()
    {
        Assert.Equal(10, await RefusedAsync(proxied, "198.18.0.6", n => $"198.51.100.{n}"));
        Assert.Equal(10, await RefusedAsync(open, ProxiedServer.Proxy, n => $"198.51.100.{n}"));
    }

    [Fact]
    public async Task The_rate_of_a_source_within_a_key_follows_the_client_and_not_the_proxy()
    {
        using var person = await proxied.NewPerson("203.0.113.100").JoinAsync();
        var project = await person.ProjectAsync(await person.TenantAsync());
        var (_, key) = await person.KeyAsync(project, "live");
        Assert.Equal(200, await SendAsync(key, "203.0.113.11", 500));
        Assert.Equal(429, await SendAsync(key, "203.0.113.11", 10));
        Assert.Equal(200, await SendAsync(key, "203.0.113.12", 10));
    }

    [Theory]
    [InlineData("10.0.0.1", 1)]
    [InlineData(" 10.0.0.1 , fd00::/8,2001:db8::1 ", 3)]
    [InlineData("", 0)]
    public void Addresses_and_networks_are_accepted(string setting, int networks) =>
        Assert.Equal(networks, Read(setting).Value.Networks.Count);

    [Theory]
    [InlineData("proxy.example.org")]
    [InlineData("10.0.0.1/33")]
    [InlineData("0.0.0.0/0")] // would trust all clients
    [InlineData("10.0.0.1;10.0.0.2")]
    public void A_wrong_entry_is_a_fault(string setting) =>
        Assert.StartsWith(TrustedProxies.Setting, Assert.Single(Read("10.0.0.1," + setting).Faults.Sentences), StringComparison.Ordinal);

    private static (TrustedProxies Value, SettingFaults Faults) Read(string setting)
    {
        var faults = new SettingFaults();
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new(TrustedProxies.Setting, setting)]).Build();
        return (TrustedProxies.Read(configuration, faults), faults);
    }

    // Each attempt uses another address, so only the source can be throttled.
    private static async Task<int> RefusedAsync(AccountServer server, string from, Func<int, string> forwardedFor, int tries = Burst + 10)
    {
        using var person = server.NewPerson(from);
        var refused = 0;
        for (var n = 1; n <= tries; n++)
        {
            var body = new JsonObject { ["email"] = $"{Guid.NewGuid():N}@example.org", ["password"] = "wrong guess" };
            using var response = await person.SendAsync(
                HttpMethod.Post,
                "/v1/auth/sign-in",
                body,
                request => request.Headers.Add("X-Forwarded-For", forwardedFor(n)));
            refused += (int)response.StatusCode == 429 ? 1 : 0;
        }

        return refused;
    }

    private async Task<int> SendAsync(string key, string client, int events)
    {
        var batch = new JsonObject
        {
            ["events"] = new JsonArray([.. Enumerable.Range(0, events).Select(_ => JsonNode.Parse("""{"event_type":"feature_used"}"""))]),
        };
        using var request = new HttpRequestMessage(
            HttpMethod.Post, "/v1/events") { Content = new StringContent(batch.ToJsonString(), Encoding.UTF8, "application/json") };
        request.Headers.Authorization = new("Bearer", key);
        request.Headers.Add(AccountServer.SourceHeader, ProxiedServer.Proxy);
        request.Headers.Add("X-Forwarded-For", client);
        using var response = await proxied.Server.Client.SendAsync(request);
        return (int)response.StatusCode;
    }
}
