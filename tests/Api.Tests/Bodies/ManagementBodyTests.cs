using Microsoft.Extensions.DependencyInjection;
using TelemetryKit.Api.Http.Bodies;
using TelemetryKit.Api.Tests.Ingest;
using TelemetryKit.Core;

namespace TelemetryKit.Api.Tests.Bodies;

/// <summary>
/// Bodies of the management API are bounded in time and memory like those of batches, because some routes are public.
/// </summary>
public sealed class ManagementBodyTests(BadInputServer own) : IClassFixture<BadInputServer>
{
    private const string Head = "POST /v1/auth/sign-in HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n";

    [Fact]
    public async Task A_stalled_body_is_rejected()
    {
        using var connection = await RawConnection.OpenAsync(own.Server);
        await connection.SendAsync(Head + "Content-Length: 60000\r\n\r\n" + new string(' ', 50_000));
        await own.HoldsAsync(50_000);
        own.Time.Advance(Limits.BodyWindow);
        own.Time.Advance(Limits.BodyWindow);
        await Is408Async(connection);
    }

    [Fact]
    public async Task A_slow_body_is_rejected_at_the_deadline()
    {
        using var connection = await RawConnection.OpenAsync(own.Server);
        await connection.SendAsync(Head + "Content-Length: 60000\r\n\r\n");
        for (var windows = 1; windows <= Limits.BodyTime / Limits.BodyWindow; windows++)
        {
            await connection.SendAsync(new byte[Limits.BodyWindowBytes]);
            await own.HoldsAsync(windows * Limits.BodyWindowBytes);
            own.Time.Advance(Limits.BodyWindow);
        }

        await Is408Async(connection);
    }

    [Fact]
    public async Task A_chunked_body_over_the_limit_is_rejected()
    {
        using var connection = await RawConnection.OpenAsync(own.Server);
        await connection.SendAsync(Head + "Transfer-Encoding: chunked\r\n\r\n20000\r\n" + new string(' ', 0x20000) + "\r\n");
        await connection.ReadUntilAsync("HTTP/1.1 413");
        await own.HoldsAsync(0);
    }

    [Fact]
    public async Task A_body_in_pieces_is_read_completely_and_releases_its_memory()
    {
        using var connection = await RawConnection.OpenAsync(own.Server);
        const string Body = """{"email":"ada@example.org","password":"wrong"}""";
        await connection.SendAsync(Head + $"Content-Length: {Body.Length}\r\n\r\n" + Body[..20]);
        await own.HoldsAsync(20);
        await connection.SendAsync(Body[20..]);
        Assert.Contains("HTTP/1.1 401", await connection.ReadUntilAsync("\r\n\r\n"), StringComparison.Ordinal);
        await own.HoldsAsync(0);
    }

    [Fact]
    public async Task A_disconnect_releases_the_memory()
    {
        using (var connection = await RawConnection.OpenAsync(own.Server))
        {
            await connection.SendAsync(Head + "Content-Length: 60000\r\n\r\n" + new string(' ', 50_000));
            await own.HoldsAsync(50_000);
        }

        await own.HoldsAsync(0);
        Assert.Equal(0, own.Server.Services.GetRequiredService<BodyBudget>().PartyCount);
    }

    private async Task Is408Async(RawConnection connection)
    {
        var response = await connection.ReadToEndAsync();
        Assert.StartsWith("HTTP/1.1 408", response, StringComparison.Ordinal);
        Assert.Contains("request_timeout", response, StringComparison.Ordinal);
        await own.HoldsAsync(0);
    }
}
