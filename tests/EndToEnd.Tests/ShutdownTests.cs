using System.Diagnostics;
using TelemetryKit.EndToEnd.Tests.Harness;
using TelemetryKit.Support;

namespace TelemetryKit.EndToEnd.Tests;

public class ShutdownTests
{
    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task A_terminated_server_responds_to_accepted_requests_and_exits_with_0(string storage)
    {
        await using var store = await TestStore.CreateAsync(storage);
        await using var server = ServerProcess.Create(store.Folder, store.Environment);
        long acknowledged = 0;
        var fastest = TimeSpan.MaxValue;
        for (var run = 0; run < 3; run++)
        {
            await server.StartAsync();
            using var senders = Senders.Start(new Random(run), server.Address);
            await senders.UntilAsync(50);
            await Task.Delay(run * 100);
            var since = Stopwatch.StartNew();
            server.Terminate();
            Assert.Equal(0, await server.WaitForExitAsync(ServerExtensions.Timeout));
            fastest = since.Elapsed < fastest ? since.Elapsed : fastest;
            await senders.AbandonAsync();
            acknowledged += senders.Acknowledged;

            // The events of an aborted request would be stored, but not acknowledged.
            Assert.Equal(new Stored(acknowledged, acknowledged, acknowledged), await store.CountAsync());
        }

        // Load on the machine only makes a stop slower, so the fastest one is measured.
        Assert.InRange(fastest, TimeSpan.Zero, TimeSpan.FromSeconds(10));
    }
}
