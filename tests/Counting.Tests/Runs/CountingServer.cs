using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using TelemetryKit.Api.Tests.Server;
using TelemetryKit.Support;

namespace TelemetryKit.Counting.Tests.Runs;

/// <summary>The stores that are tested.</summary>
public enum StoreKind
{
    Sqlite,
    Postgres,
}

/// <summary>
/// A server with a clock that the test moves, on one database, and on PostgreSQL a second replica. Background work runs only if a history
/// runs it, so each run of a history is the same.
/// </summary>
public sealed class CountingServer : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("telemetrykit-counting-").FullName;
    private readonly PostgresServer? _postgres;
    private readonly string[] _args;
    private TestServer? _replica;

    private CountingServer(PostgresServer? postgres, string? connectionString)
    {
        _postgres = postgres;
        _args = connectionString is null ? [] : ["--TELEMETRYKIT_POSTGRES", connectionString];
    }

    public ManualTime Time { get; } = new(periodicTimers: false);

    public TestServer Main { get; private set; } = null!;

    /// <summary>The second replica; the only one on SQLite.</summary>
    public TestServer Replica => _replica ?? Main;

    public static async Task<CountingServer> StartAsync(StoreKind store)
    {
        var server = store == StoreKind.Sqlite ? new CountingServer(null, null) : await OnPostgresAsync();
        server.Main = await server.StartProcessAsync();
        if (store == StoreKind.Postgres)
            server._replica = await server.StartProcessAsync();
        return server;
    }

    /// <summary>Moves the clock to a time: back only between histories, whose projects have nothing in common.</summary>
    public void MoveTo(DateTimeOffset time) => Time.Advance(time - Time.GetUtcNow());

    /// <summary>Stops the server and starts another one on the same database.</summary>
    public async Task RestartAsync()
    {
        await Main.DisposeAsync();
        Main = await StartProcessAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Main.DisposeAsync();
        if (_replica is not null)
            await _replica.DisposeAsync();
        if (_postgres is not null)
            await _postgres.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private static async Task<CountingServer> OnPostgresAsync()
    {
        Assert.SkipWhen(PostgresServer.MissingReason is not null, PostgresServer.MissingReason ?? "");
        // Nothing is killed here, so nothing has to be durable.
        var postgres = await PostgresServer.CreateAsync("fsync=off", "synchronous_commit=off", "full_page_writes=off");
        return new(postgres, await postgres.CreateDatabaseAsync());
    }

    private Task<TestServer> StartProcessAsync() => TestServer.StartAsync(new TestServerOptions
    {
        Args = _args,
        Folder = _folder,
        Services = services =>
        {
            services.RemoveAll<TimeProvider>();
            services.AddSingleton<TimeProvider>(Time);
        },
    });
}
