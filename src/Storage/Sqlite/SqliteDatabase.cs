using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;
using TelemetryKit.Storage.Database;

namespace TelemetryKit.Storage.Sqlite;

/// <summary>
/// The database file: one connection that writes, used by one caller at a time, and a few that read concurrently (write-ahead log). A
/// connection is closed after a fault of the store and opened again by the next caller, so the store recovers by itself.
/// </summary>
internal sealed class SqliteDatabase : IAsyncDisposable
{
    /// <summary>The name of the file in its folder.</summary>
    public const string FileName = "telemetrykit.db";

    private const int MaxReaders = 8;

    private readonly string _folder;
    private readonly string _connectionString;
    private readonly SemaphoreSlim _writerGate = new(1, 1);
    private readonly SemaphoreSlim _readerGate = new(MaxReaders, MaxReaders);
    private readonly ConcurrentBag<SqliteSession> _readers = [];
    private readonly bool _skipProcessLock;
    private SqliteSession? _writer;
    private FileStream? _lock;
    private bool _opened;
    private bool _disposed;
    private volatile bool _logHasErased;

    static SqliteDatabase() => SQLitePCL.Batteries_V2.Init();

    public SqliteDatabase(string folder, bool skipProcessLock = false)
    {
        _skipProcessLock = skipProcessLock;
        _folder = Path.GetFullPath(folder);
        File = Path.Combine(_folder, FileName);
        RaiseMinimumThreads();
        _connectionString = new SqliteConnectionStringBuilder { DataSource = File, Pooling = false, DefaultTimeout = 5 }.ConnectionString;
    }

    public string File { get; }

    /// <summary>
    /// Locks the database for this process. SQLite itself would allow two servers, each of which would miss the other's writes.
    /// </summary>
    /// <exception cref="DatabaseInUseException">Another process has locked it.</exception>
    public static FileStream TakeLock(string file)
    {
        try
        {
            return new FileStream(file + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException fault) when (fault is not (FileNotFoundException or DirectoryNotFoundException))
        {
            throw new DatabaseInUseException(
                $"{file} is in use by another process. A SQLite database can be used by one server only; use PostgreSQL for several.",
                fault);
        }
    }

    /// <summary>Waits for the writer. Disposing the lease makes it available to the next caller.</summary>
    public async Task<SqliteLease> WriteAsync(CancellationToken cancellationToken)
    {
        await _writerGate.WaitAsync(cancellationToken);
        try
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            Open();
            _writer ??= SqliteSession.Open(_connectionString);
            return new SqliteLease(_writer, ReturnWriter);
        }
        catch (Exception fault)
        {
            _writerGate.Release();
            throw Translated(fault);
        }
    }

    /// <summary>Waits for a reader. Disposing the lease makes it available to the next caller.</summary>
    public async Task<SqliteLease> ReadAsync(CancellationToken cancellationToken)
    {
        // The file and its log are created by the writer; a reader can't.
        if (!_opened)
        {
            using var created = await WriteAsync(cancellationToken);
        }

        await _readerGate.WaitAsync(cancellationToken);
        try
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return new SqliteLease(_readers.TryTake(out var idle) ? idle : SqliteSession.Open(_connectionString), ReturnReader);
        }
        catch (Exception fault)
        {
            _readerGate.Release();
            throw Translated(fault);
        }
    }

    /// <summary>Runs work with a reader, in one snapshot if <paramref name="work"/> runs one statement.</summary>
    public async Task<T> ReadAsync<T>(Func<SqliteSession, T> work, CancellationToken cancellationToken)
    {
        using var lease = await ReadAsync(cancellationToken);
        return lease.Run(work);
    }

    /// <summary>Runs work with the writer in a transaction, which is committed if the work returns and rolled back if it throws.</summary>
    public async Task<T> TransactAsync<T>(Func<SqliteSession, T> work, CancellationToken cancellationToken)
    {
        using var lease = await WriteAsync(cancellationToken);
        lease.Run(session => session.Execute("begin immediate"));
        var result = lease.Run(work);
        lease.Run(session => session.Execute("commit"));
        return result;
    }

    /// <summary>
    /// Must be called after deletions that must leave nothing in the files. Deleted content is overwritten in the database file
    /// (<c>secure_delete</c>), but the write-ahead log still contains it: truncates the log, or, if connections read from it, does so when
    /// they don't any more.
    /// </summary>
    public async Task EraseLogAsync(CancellationToken cancellationToken)
    {
        using var lease = await WriteAsync(cancellationToken);
        _logHasErased = true;
        _logHasErased = !lease.Session.TryTruncateLog();
    }

    public async ValueTask DisposeAsync()
    {
        if (_disposed)
            return;
        await _writerGate.WaitAsync();
        _disposed = true;
        while (_readers.TryTake(out var reader))
            reader.Dispose();
        _writer?.Dispose();
        _lock?.Dispose();
        _writerGate.Release();
    }

    private static Exception Translated(Exception fault) => SqliteFaults.IsUnavailable(fault) ? SqliteFaults.Unavailable(fault) : fault;

    /// <summary>
    /// Adds threads for SQLite, which blocks its caller's thread while it waits for the disk. The thread pool starts as many threads as
    /// there are processors and adds more only slowly, so on a small machine one commit and one long read would delay every request.
    /// </summary>
    private static void RaiseMinimumThreads()
    {
        ThreadPool.GetMinThreads(out var workers, out var completions);
        ThreadPool.SetMinThreads(Math.Max(workers, Environment.ProcessorCount + MaxReaders + 1), completions);
    }

    private void Open()
    {
        if (_opened)
            return;
        CreateFiles();
        if (!_skipProcessLock)
            _lock = TakeLock(File);
        _opened = true;
    }

    private void CreateFiles()
    {
        // The data is confidential: only the owner has access to the folder and its files.
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(_folder);
        else if (!Directory.Exists(_folder))
            Directory.CreateDirectory(_folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        foreach (var file in (string[])[File, File + ".lock"])
        {
            if (!System.IO.File.Exists(file))
                PrivateFile.Open(file, FileMode.OpenOrCreate).Dispose();
        }
    }

    private void ReturnWriter(SqliteSession session, bool broken)
    {
        if (broken)
        {
            session.Dispose();
            _writer = null;
        }

        _writerGate.Release();
    }

    private void ReturnReader(SqliteSession session, bool broken)
    {
        if (broken || _disposed)
            session.Dispose();
        else
            _readers.Add(session);
        _readerGate.Release();
        if (_logHasErased && _readerGate.CurrentCount == MaxReaders && _writerGate.Wait(0))
            TruncateLog();
    }

    // The caller entered the writer's gate, which is released here. If a commit has the writer, the next reader tries again.
    private void TruncateLog()
    {
        try
        {
            if (_writer is not null)
                _logHasErased = !_writer.TryTruncateLog();
        }
        finally
        {
            _writerGate.Release();
        }
    }
}
