using Npgsql;

namespace TelemetryKit.Storage.Postgres;

/// <summary>
/// The connection pools: one for commits and one for everything else. Faults of the driver are thrown as exceptions of the store.
/// </summary>
internal sealed class PostgresDatabase : IAsyncDisposable
{
    /// <summary>
    /// The timeout of one statement of maintenance (deletion, compaction, migrations), in seconds. Ingest and reads use the timeout of the
    /// connection string.
    /// </summary>
    public const int MaintenanceTimeout = 600;

    private const string IdleInTransaction = "-c idle_in_transaction_session_timeout=";

    private readonly NpgsqlDataSource _source;
    private readonly NpgsqlDataSource _commits;

    public PostgresDatabase(string connectionString)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString);
        Default(settings, "Application Name", "telemetrykit");

        // Statements are prepared on each connection. The texts are constants of this assembly, so their number is bounded.
        Default(settings, "Max Auto Prepare", 100);
        Default(settings, "Auto Prepare Min Usages", 2);

        // Sessions keep no state (session locks are released), and the reset would run seven statements before each commit.
        Default(settings, "No Reset On Close", true);

        // Few connections are enough: there are few commit loops, reads are short, and PostgreSQL is faster with few busy connections.
        Default(settings, "Maximum Pool Size", 20);

        // A commit sends some hundred kilobytes, and each full buffer is a system call that wakes the server.
        Default(settings, "Write Buffer Size", 64 * 1024);
        Default(settings, "Timeout", 5);
        Default(settings, "Command Timeout", 15);

        // A process that hangs in a transaction must not lock rows forever. A commit locks the row of its tenant, for which the commits of
        // all other processes wait, and only ever pauses for the computation of counters.
        var commits = new NpgsqlConnectionStringBuilder(settings.ConnectionString);
        Default(settings, "Options", IdleInTransaction + "60000");
        Default(commits, "Options", IdleInTransaction + "5000");
        _source = NpgsqlDataSource.Create(settings);
        _commits = NpgsqlDataSource.Create(commits);
        Description = $"PostgreSQL {settings.Host}:{settings.Port}/{settings.Database}";
    }

    public string Description { get; }

    /// <summary>Opens a connection of the pool. The caller must translate faults (<see cref="Translate"/>).</summary>
    public ValueTask<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken) => _source.OpenConnectionAsync(cancellationToken);

    /// <summary>Opens a connection for a commit and blocks until it is open.</summary>
    public NpgsqlConnection OpenForCommit()
    {
        try
        {
            return _commits.OpenConnection();
        }
        catch (Exception fault) when (PostgresFaults.IsUnavailable(fault))
        {
            throw Translate(fault);
        }
    }

    /// <summary>Runs work on a connection of the pool.</summary>
    public async Task<T> UseAsync<T>(Func<NpgsqlConnection, Task<T>> work, CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = await OpenAsync(cancellationToken);
            return await work(connection);
        }
        catch (Exception fault) when (PostgresFaults.IsUnavailable(fault))
        {
            throw Translate(fault);
        }
    }

    /// <summary>Awaits one step of work that can't be passed as a whole to <see cref="UseAsync{T}"/>, such as a stream.</summary>
    public async Task<T> UseOrThrowAsync<T>(Task<T> step)
    {
        try
        {
            return await step;
        }
        catch (Exception fault) when (PostgresFaults.IsUnavailable(fault))
        {
            throw Translate(fault);
        }
    }

    /// <summary>Runs work in a transaction, which is committed if the work returns and rolled back if it throws.</summary>
    public Task<T> TransactAsync<T>(Func<NpgsqlConnection, Task<T>> work, CancellationToken cancellationToken) =>
        UseAsync(
            async connection =>
            {
                await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
                var result = await work(connection);
                await transaction.CommitAsync(cancellationToken);
                return result;
            },
            cancellationToken);

    /// <summary>
    /// Returns the exception for the caller. A fault without an error of the server means that the server was lost; the idle connections of
    /// the pool are lost as well and are closed, because each of them would make another call fail.
    /// </summary>
    public Exception Translate(Exception fault)
    {
        if (fault is not PostgresException error || error.SqlState.StartsWith("57P", StringComparison.Ordinal))
        {
            _source.Clear();
            _commits.Clear();
        }

        return PostgresFaults.Unavailable(fault);
    }

    public async ValueTask DisposeAsync()
    {
        await _commits.DisposeAsync();
        await _source.DisposeAsync();
    }

    private static void Default(NpgsqlConnectionStringBuilder settings, string keyword, object value)
    {
        // Settings of the connection string have precedence.
        if (!settings.ShouldSerialize(keyword))
            settings[keyword] = value;
    }
}
