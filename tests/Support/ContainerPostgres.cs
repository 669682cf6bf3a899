using Testcontainers.PostgreSql;

namespace TelemetryKit.Support;

/// <summary>PostgreSQL in a container.</summary>
internal sealed class ContainerPostgres(int port) : IPostgresHost
{
    private const string Image = "postgres:17-alpine";

    private PostgreSqlContainer? _container;
    private bool _running;

    public string Description => $"a container of {Image}";

    public string ConnectionString =>
        $"Host=127.0.0.1;Port={port};Username={PostgreSqlBuilder.DefaultUsername};Password={PostgreSqlBuilder.DefaultPassword};" +
        $"Database={PostgreSqlBuilder.DefaultDatabase}";

    public int ProcessId => 0;

    public string DataFolder => "";

    private PostgreSqlContainer Container => _container ?? throw new InvalidOperationException("The container is not created.");

    public Task CreateAsync(IReadOnlyList<string> settings)
    {
        // The port is fixed because it must not change with a restart. The builder turns durability off, and the last value of a setting
        // applies.
        string[] durable = ["fsync=on", "full_page_writes=on", "synchronous_commit=on"];
        _container = new PostgreSqlBuilder(Image)
            .WithPortBinding(port, PostgreSqlBuilder.PostgreSqlPort)
            .WithEnvironment("POSTGRES_INITDB_ARGS", "--no-sync --locale=C --encoding=UTF8")
            .WithCommand([.. durable.Concat(settings).SelectMany(setting => new[] { "-c", setting })])
            .Build();
        return Task.CompletedTask;
    }

    public async Task StartAsync()
    {
        if (_running)
            return;
        await Container.StartAsync();
        _running = true;
    }

    public void Kill()
    {
        if (!_running)
            return;
        ContainerEngine.Run("kill", Container.Id);
        _running = false;
    }

    public async Task StopAsync()
    {
        await Container.StopAsync();
        _running = false;
    }

    public async Task<string> ReadLogAsync()
    {
        var (output, errors) = await Container.GetLogsAsync();
        return string.Join('\n', (output + errors).Split('\n').TakeLast(20));
    }

    public async ValueTask RemoveAsync()
    {
        if (_container is not null)
            await _container.DisposeAsync();
        _running = false;
    }
}
