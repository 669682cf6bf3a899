using System.Globalization;
using Microsoft.Data.Sqlite;

namespace TelemetryKit.Sqlite;

/// <summary>An open database of a queue. It is created if it does not exist, and only its user can read it.</summary>
internal sealed class QueueDatabase : IDisposable
{
    /// <summary>
    /// How long a call waits for other processes, which usually hold the lock for milliseconds. After that the client stores the events in
    /// files, so it must be much shorter than the time for which the client waits for the disk at exit.
    /// </summary>
    private static readonly TimeSpan LockTimeout = TimeSpan.FromSeconds(1);

    private readonly SqliteConnection _connection;

    static QueueDatabase() => SQLitePCL.Batteries_V2.Init();

    private QueueDatabase(SqliteConnection connection) => _connection = connection;

    /// <summary>Opens or creates a database.</summary>
    /// <exception cref="SqliteException">The database is damaged or locked.</exception>
    /// <exception cref="IOException">The file cannot be created.</exception>
    /// <exception cref="UnauthorizedAccessException">The user may not create the file.</exception>
    /// <exception cref="NotSupportedException">The database has another version.</exception>
    public static QueueDatabase Open(string path)
    {
        CreateFile(path);
        var settings = new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = SqliteOpenMode.ReadWrite,
            // A pool would keep the file open after the connection is closed.
            Pooling = false,
            DefaultTimeout = (int)LockTimeout.TotalSeconds,
        };
        var database = new QueueDatabase(new(settings.ToString()));
        try
        {
            database._connection.Open();
            database.Prepare();
            return database;
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    /// <inheritdoc cref="WriteTransaction.Begin" />
    public WriteTransaction Begin() => WriteTransaction.Begin(_connection, LockTimeout);

    public int Execute(string sql, params (string Name, object Value)[] parameters)
    {
        using var command = Command(sql, parameters);
        return command.ExecuteNonQuery();
    }

    public List<T> Query<T>(string sql, Func<SqliteDataReader, T> read, params (string Name, object Value)[] parameters)
    {
        using var command = Command(sql, parameters);
        using var reader = command.ExecuteReader();
        var rows = new List<T>();
        while (reader.Read())
            rows.Add(read(reader));
        return rows;
    }

    public void Dispose() => _connection.Dispose();

    private SqliteCommand Command(string sql, (string Name, object Value)[] parameters)
    {
        var command = _connection.CreateCommand();
#pragma warning disable CA2100 // All statements are constants of this assembly. Values are passed as parameters.
        command.CommandText = sql;
#pragma warning restore CA2100
        foreach (var (name, value) in parameters)
            command.Parameters.AddWithValue(name, value);
        return command;
    }

    private void Prepare()
    {
        // With a write-ahead log a commit is a single write, and a crash of the process loses no commit. secure_delete overwrites deleted
        // events.
        Execute("pragma journal_mode = wal; pragma synchronous = normal; pragma secure_delete = on");
        var version = ReadVersion();
        if (version == 0)
            version = CreateTables();
        if (version != Schema.Version)
            throw new NotSupportedException($"The database has version {version}, but this package supports version {Schema.Version}.");
    }

    private int CreateTables()
    {
        using var transaction = Begin();
        // Another process may have created them since.
        var version = ReadVersion();
        if (version != 0)
            return version;
        Execute(Schema.Create);
        Execute(string.Create(CultureInfo.InvariantCulture, $"pragma user_version = {Schema.Version}"));
        transaction.Commit();
        return Schema.Version;
    }

    private int ReadVersion() => Query("pragma user_version", row => row.GetInt32(0))[0];

    /// <summary>
    /// Creates the file with permissions for the user only. SQLite creates its log and its index with the permissions of the database.
    /// </summary>
    private static void CreateFile(string path)
    {
        if (File.Exists(path))
            return;
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.Write, Share = FileShare.ReadWrite };
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        }
        else
        {
            Directory.CreateDirectory(
                Path.GetDirectoryName(path)!, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        new FileStream(path, options).Dispose();
    }
}
