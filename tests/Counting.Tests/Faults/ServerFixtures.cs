using TelemetryKit.Counting.Tests.Runs;

namespace TelemetryKit.Counting.Tests.Faults;

/// <summary>A server that the tests of a class share.</summary>
public abstract class ServerFixture(StoreKind store) : IAsyncLifetime
{
    public CountingServer Server { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Server = await CountingServer.StartAsync(store);

    public async ValueTask DisposeAsync()
    {
        if (Server is not null)
            await Server.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}

/// <summary>On SQLite.</summary>
public sealed class SqliteFixture() : ServerFixture(StoreKind.Sqlite);

/// <summary>On PostgreSQL, with two replicas.</summary>
public sealed class PostgresFixture() : ServerFixture(StoreKind.Postgres);
