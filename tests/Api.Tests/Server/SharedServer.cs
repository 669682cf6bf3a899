using TelemetryKit.Api.Tests.Server;

[assembly: AssemblyFixture(typeof(SharedServer))]

namespace TelemetryKit.Api.Tests.Server;

/// <summary>One server for all tests that don't mind each other.</summary>
public sealed class SharedServer : IAsyncLifetime
{
    public TestServer Server { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Server = await TestServer.StartAsync();

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}
