using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using TelemetryKit.Api.Cluster;
using TelemetryKit.Api.Tests.Server;
using TelemetryKit.Grains.Hosting;
using TelemetryKit.Support;

namespace TelemetryKit.Api.Tests.Start;

/// <summary>Tests the silo that a server hosts for itself.</summary>
public class SiloTests
{
    private static readonly string Token = new('o', 40);

    [Fact]
    public async Task The_dashboard_requires_the_operators_token_as_the_password()
    {
        await using var server = await TestServer.StartAsync(
            "--TELEMETRYKIT_ORLEANS_DASHBOARD", "true", "--TELEMETRYKIT_OPERATOR_TOKEN", Token);
        foreach (var header in new[] { null, Basic("wrong"), Basic(Token + "x"), new AuthenticationHeaderValue("Bearer", Token) })
        {
            using var refused = await GetAsync(server, "/orleans/DashboardCounters", header);
            Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
            Assert.StartsWith("Basic", refused.Headers.WwwAuthenticate.Single().ToString(), StringComparison.Ordinal);
        }

        using var page = await GetAsync(server, "/orleans/", Basic(Token));
        Assert.Equal("text/html", page.Content.Headers.ContentType?.MediaType);
        using var counters = await GetAsync(server, "/orleans/DashboardCounters", Basic(Token));
        Assert.Equal(HttpStatusCode.OK, counters.StatusCode);
        Assert.Contains("\"hosts\"", await counters.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_silo_port_in_use_ends_the_start_with_exit_code_2_with_the_dashboard_too()
    {
        using var taken = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port.ToString(System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal(2, await Program.Main(
        [
            "--TELEMETRYKIT_CLUSTER", "member", "--TELEMETRYKIT_POSTGRES", "Host=127.0.0.1;Port=1;Database=none",
            "--TELEMETRYKIT_SECRET", TestSecret.Text,
            "--TELEMETRYKIT_SILO_ADDRESS", "127.0.0.1", "--TELEMETRYKIT_SILO_PORT", port,
            "--TELEMETRYKIT_ORLEANS_DASHBOARD", "true", "--TELEMETRYKIT_OPERATOR_TOKEN", Token, "--urls", "http://127.0.0.1:0",
        ]));
    }

    [Fact]
    public async Task Without_the_setting_there_is_no_dashboard()
    {
        await using var server = await TestServer.StartAsync("--TELEMETRYKIT_OPERATOR_TOKEN", Token);
        using var response = await GetAsync(server, "/orleans/", Basic(Token));
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Fact]
    public async Task A_fault_of_the_silo_ends_readiness_and_stops_the_server()
    {
        await using var server = await TestServer.StartAsync();
        var stopped = new TaskCompletionSource();
        server.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.Register(stopped.SetResult);

        server.Services.GetRequiredService<ISiloFaultHandler>().OnSiloFault("declared dead");

        await stopped.Task.WaitAsync(TimeSpan.FromMinutes(1));
        Assert.True(server.Services.GetRequiredService<Api.Server.Readiness>().IsStopping);
        Assert.Equal("declared dead", server.Services.GetRequiredService<SiloFault>().Reason);
    }

    private static AuthenticationHeaderValue Basic(string password) =>
        new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes("operator:" + password)));

    private static Task<HttpResponseMessage> GetAsync(TestServer server, string path, AuthenticationHeaderValue? authorization)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Authorization = authorization;
        return server.Client.SendAsync(request);
    }
}
