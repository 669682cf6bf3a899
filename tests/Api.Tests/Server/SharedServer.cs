using TelemetryKit.Api.Tests.Server;

[assembly: AssemblyFixture(typeof(SharedServer))]

namespace TelemetryKit.Api.Tests.Server;

/// <summary>The server shared by all tests that don't affect each other.</summary>
public sealed class SharedServer : IAsyncLifetime
{
    public TestServer Server { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Server = await TestServer.StartAsync();

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}
