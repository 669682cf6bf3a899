using Npgsql;

namespace TelemetryKit.Storage.Postgres;

/// <summary>The connection pool, with the driver's faults translated.</summary>
internal sealed class PostgresDatabase : IAsyncDisposable
{
    /// <summary>Seconds that maintenance (deletion, compaction, migrations) may take for one statement; ingest and reads keep the connection string's timeout.</summary>
    public const int MaintenanceTimeout = 600;

    private readonly NpgsqlDataSource _source;

    public PostgresDatabase(string connectionString)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString);
        Default(settings, "Application Name", "telemetrykit");

        // Each statement is planned once for each connection; the texts are constants of this assembly, so their number is bounded.
        Default(settings, "Max Auto Prepare", 100);
        Default(settings, "Auto Prepare Min Usages", 2);

        // Nothing of ours is left behind in a session (what takes a session's lock gives it back), and the reset would run seven statements before each commit.
        Default(settings, "No Reset On Close", true);

        // A process that froze inside a transaction must not keep a tenant's row locked from the other replicas for ever.
        Default(settings, "Options", "-c idle_in_transaction_session_timeout=60000");

        // Few connections are enough: commits run on few loops, reads are short, and PostgreSQL serves some busy connections better than many.
        Default(settings, "Maximum Pool Size", 20);

        // A commit sends some hundred kilobytes, and each full buffer is a call to the system that wakes the database for it.
        Default(settings, "Write Buffer Size", 64 * 1024);
        Default(settings, "Timeout", 5);
        Default(settings, "Command Timeout", 15);
        _source = NpgsqlDataSource.Create(settings);
        Description = $"PostgreSQL {settings.Host}:{settings.Port}/{settings.Database}";
    }

    public string Description { get; }

    /// <summary>A connection of the pool. The caller translates faults (<see cref="Translate"/>).</summary>
    public ValueTask<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken) => _source.OpenConnectionAsync(cancellationToken);

    /// <summary>A connection of the pool, for who may block.</summary>
    public NpgsqlConnection Open()
    {
        try
        {
            return _source.OpenConnection();
        }
        catch (Exception fault) when (PostgresFaults.IsUnavailable(fault))
        {
            throw Translate(fault);
        }
    }

    /// <summary>Does work on a connection of the pool.</summary>
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

    /// <summary>Awaits one step of work that can't be wrapped as a whole, such as a stream's.</summary>
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

    /// <summary>Does work in a transaction: committed where it returns, rolled back where it throws.</summary>
    public Task<T> TransactAsync<T>(Func<NpgsqlConnection, Task<T>> work, CancellationToken cancellationToken) =>
        UseAsync(
            async connection =>
            {
                await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
                var answer = await work(connection);
                await transaction.CommitAsync(cancellationToken);
                return answer;
            },
            cancellationToken);

    /// <summary>
    /// The exception for the caller. A fault without a server's answer means that the server went: the pool's other connections went with it, and
    /// each would cost somebody a failed call.
    /// </summary>
    public Exception Translate(Exception fault)
    {
        if (fault is not PostgresException answer || answer.SqlState.StartsWith("57P", StringComparison.Ordinal))
            _source.Clear();
        return PostgresFaults.Unavailable(fault);
    }

    public ValueTask DisposeAsync() => _source.DisposeAsync();

    private static void Default(NpgsqlConnectionStringBuilder settings, string keyword, object value)
    {
        // What the operator wrote stays.
        if (!settings.ShouldSerialize(keyword))
            settings[keyword] = value;
    }
}
