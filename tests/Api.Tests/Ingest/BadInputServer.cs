using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using TelemetryKit.Api.Http.Bodies;
using TelemetryKit.Api.Tests.Server;

namespace TelemetryKit.Api.Tests.Ingest;

/// <summary>A server that only receives invalid input, so its log must stay empty. Tests advance its clock.</summary>
public sealed class BadInputServer : IAsyncLifetime
{
    public TestServer Server { get; private set; } = null!;

    public FakeTimeProvider Time { get; } = new(TimeProvider.System.GetUtcNow());

    public async ValueTask InitializeAsync() =>
        Server = await TestServer.StartAsync(new TestServerOptions { Services = services => services.AddSingleton<TimeProvider>(Time) });

    /// <summary>Waits until arriving bodies hold <paramref name="bytes"/>.</summary>
    public async Task HoldsAsync(long bytes)
    {
        var budget = Server.Services.GetRequiredService<BodyBudget>();
        await Eventually.TrueAsync(() => budget.Taken == bytes, $"the server holds {bytes} bytes");
    }

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}
