using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using TelemetryKit.Api.Tests.Server;

namespace TelemetryKit.Api.Tests.Ingest;

public sealed class StopTests
{
    [Fact]
    public async Task A_stop_aborts_an_incomplete_body_without_an_error_in_the_log()
    {
        var server = await TestServer.StartAsync(new TestServerOptions
        {
            Services = services => services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromMilliseconds(200)),
        });
        var project = await server.NewProjectAsync();
        using var connection = await RawConnection.OpenAsync(server);
        await connection.SendAsync(
            $"POST /v1/events HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {project.LiveKey}\r\n"
            + "Content-Type: application/json\r\nContent-Length: 100\r\nExpect: 100-continue\r\n\r\n");
        // The server sends it when it begins to read the body.
        await connection.ReadUntilAsync("100 Continue");
        await connection.SendAsync("{");
        await server.DisposeAsync();

        Assert.DoesNotContain("HTTP/1.1", await connection.ReadToEndAsync(), StringComparison.Ordinal);
        Assert.DoesNotContain(server.Logs.Lines, line => line.StartsWith("Error", StringComparison.Ordinal));
    }
}
