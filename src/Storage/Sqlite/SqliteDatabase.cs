using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;

namespace TelemetryKit.Storage.Sqlite;

/// <summary>
/// The database file: one connection that writes, for one caller at a time, and a few that read beside it (write-ahead log). A
/// connection that met a fault of the store is closed and opened anew by the next caller, so the store recovers by itself.
/// </summary>
internal sealed class SqliteDatabase : IAsyncDisposable
{
    /// <summary>The database's name inside its folder.</summary>
    public const string FileName = "telemetrykit.db";

    private const int MostReaders = 8;

    private readonly string _folder;
    private readonly string _connectionString;
    private readonly SemaphoreSlim _writerGate = new(1, 1);
    private readonly SemaphoreSlim _readerGate = new(MostReaders, MostReaders);
    private readonly ConcurrentBag<SqliteSession> _readers = [];
    private readonly bool _besideServer;
    private SqliteSession? _writer;
    private FileStream? _lock;
    private bool _opened;
    private bool _disposed;

    static SqliteDatabase() => SQLitePCL.Batteries_V2.Init();

    public SqliteDatabase(string folder, bool besideServer = false)
    {
        _besideServer = besideServer;
        _folder = Path.GetFullPath(folder);
        File = Path.Combine(_folder, FileName);
        AllowForBlockedThreads();
        _connectionString = new SqliteConnectionStringBuilder { DataSource = File, Pooling = false, DefaultTimeout = 5 }.ConnectionString;
    }

    public string File { get; }

    /// <summary>Waits for the writer. Disposing the answer lets the next one in.</summary>
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

    /// <summary>Waits for a reader.</summary>
    public async Task<SqliteLease> ReadAsync(CancellationToken cancellationToken)
    {
        // The file and its log are made by the writer; a reader can't.
        if (!_opened)
        {
            using var made = await WriteAsync(cancellationToken);
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

    /// <summary>Does work with a reader, in one snapshot if <paramref name="work"/> runs one statement.</summary>
    public async Task<T> ReadAsync<T>(Func<SqliteSession, T> work, CancellationToken cancellationToken)
    {
        using var lease = await ReadAsync(cancellationToken);
        return lease.Run(work);
    }

    /// <summary>Does work with the writer in a transaction: committed where it returns, rolled back where it throws.</summary>
    public async Task<T> TransactAsync<T>(Func<SqliteSession, T> work, CancellationToken cancellationToken)
    {
        using var lease = await WriteAsync(cancellationToken);
        lease.Run(session => session.Execute("begin immediate"));
        var answer = lease.Run(work);
        lease.Run(session => session.Execute("commit"));
        return answer;
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
    /// SQLite works on its caller's thread and waits for the disk there. The thread pool starts as many threads as there are processors and adds more only
    /// slowly, so on a small machine one commit and one long read would hold up every request.
    /// </summary>
    private static void AllowForBlockedThreads()
    {
        ThreadPool.GetMinThreads(out var workers, out var completions);
        ThreadPool.SetMinThreads(Math.Max(workers, Environment.ProcessorCount + MostReaders + 1), completions);
    }

    private void Open()
    {
        if (_opened)
            return;
        MakeFiles();
        if (!_besideServer)
            _lock = TakeLock();
        _opened = true;
    }

    private void MakeFiles()
    {
        // What is measured here is nobody else's business: the folder is for the owner alone, and so is each file in it.
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(_folder);
        else if (!Directory.Exists(_folder))
            Directory.CreateDirectory(_folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        foreach (var file in (string[])[File, File + ".lock"])
        {
            if (!System.IO.File.Exists(file))
                CreatePrivate(file);
        }
    }

    /// <summary>SQLite itself would let two servers share the file; each would then have its own view of what it alone has written.</summary>
    private FileStream TakeLock()
    {
        try
        {
            return new FileStream(File + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException fault) when (fault is not (FileNotFoundException or DirectoryNotFoundException))
        {
            throw new DatabaseInUseException($"{File} is in use by another process. A SQLite database serves one server; several need PostgreSQL.", fault);
        }
    }

    private static void CreatePrivate(string file)
    {
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        new FileStream(file, options).Dispose();
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
    }
}
