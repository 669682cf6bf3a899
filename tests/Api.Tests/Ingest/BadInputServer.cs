using Microsoft.Extensions.DependencyInjection;
using TelemetryKit.Api.Tests.Server;

namespace TelemetryKit.Api.Tests.Ingest;

/// <summary>A server that only gets bad input, so that its log must stay empty; it waits for slow bodies a third as long.</summary>
public sealed class BadInputServer : IAsyncLifetime
{
    public TestServer Server { get; private set; } = null!;

    public async ValueTask InitializeAsync() =>
        Server = await TestServer.StartAsync(new TestServerOptions { Services = services => services.AddSingleton<TimeProvider>(new ImpatientTime()) });

    public ValueTask DisposeAsync() => Server.DisposeAsync();

    private sealed class ImpatientTime : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            base.CreateTimer(callback, state, dueTime > TimeSpan.Zero ? dueTime / 3 : dueTime, period);
    }
}
