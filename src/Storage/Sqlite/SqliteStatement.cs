using System.Globalization;
using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;
using TelemetryKit.Core;
using TelemetryKit.Core.Events;

namespace TelemetryKit.Storage.Sqlite;

/// <summary>
/// A prepared statement that is bound, stepped and reset repeatedly. It uses the native interface of SQLite, because the provider's
/// commands box values and find parameters by name, which costs more than the insert of an event. Parameters are bound in order, columns
/// are read by index.
/// </summary>
internal sealed class SqliteStatement : IDisposable
{
    private const string DayFormat = "yyyy-MM-dd";

    private readonly sqlite3 _database;
    private readonly sqlite3_stmt _statement;
    private byte[] _utf8 = new byte[256];
    private int _bound;

    public SqliteStatement(sqlite3 database, string sql)
    {
        _database = database;
        Check(raw.sqlite3_prepare_v2(database, sql, out _statement));
    }

    /// <summary>Whether all rows were read. Another step would run the statement again.</summary>
    public bool IsDone { get; private set; }

    /// <summary>Prepares the statement for the next use.</summary>
    public SqliteStatement Reset()
    {
        // The result repeats the error of the last step, which was handled there.
        _ = raw.sqlite3_reset(_statement);
        _bound = 0;
        IsDone = false;
        return this;
    }

    public SqliteStatement Bind(long value) => Bound(raw.sqlite3_bind_int64(_statement, ++_bound, value));

    public SqliteStatement Bind(long? value) => value is { } some ? Bind(some) : BindNull();

    public SqliteStatement Bind(double value) => Bound(raw.sqlite3_bind_double(_statement, ++_bound, value));

    public SqliteStatement Bind(DataEnvironment environment) => Bind((long)environment);

    public SqliteStatement Bind(DateTimeOffset time) => Bind((time - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond);

    public SqliteStatement Bind(DateOnly day) => Bind(day.ToString(DayFormat, CultureInfo.InvariantCulture));

    public SqliteStatement BindNull() => Bound(raw.sqlite3_bind_null(_statement, ++_bound));

    public SqliteStatement BindBlob(ReadOnlySpan<byte> value) => Bound(raw.sqlite3_bind_blob(_statement, ++_bound, value));

    public SqliteStatement BindUtf8(ReadOnlySpan<byte> value) => Bound(raw.sqlite3_bind_text(_statement, ++_bound, value));

    public SqliteStatement Bind(Guid value)
    {
        Span<byte> bytes = stackalloc byte[16];
        value.TryWriteBytes(bytes, bigEndian: true, out _);
        return BindBlob(bytes);
    }

    public SqliteStatement Bind(string? value)
    {
        if (value is null)
            return BindNull();
        if (Encoding.UTF8.GetMaxByteCount(value.Length) is var maximum && maximum > _utf8.Length)
            _utf8 = new byte[maximum];
        return BindUtf8(_utf8.AsSpan(0, Encoding.UTF8.GetBytes(value, _utf8)));
    }

    /// <summary>Moves to the next row. Returns false after the last one.</summary>
    public bool Step()
    {
        var result = raw.sqlite3_step(_statement);
        if (result == raw.SQLITE_ROW)
            return true;
        if (result != raw.SQLITE_DONE)
            Fail(result);

        // Releases the snapshot at once.
        Reset();
        IsDone = true;
        return false;
    }

    /// <summary>Reads the first row. Returns <c>null</c> if there is none. Other rows are ignored.</summary>
    public T? First<T>(Func<SqliteStatement, T> read)
        where T : class
    {
        var first = Step() ? read(this) : null;
        Reset();
        return first;
    }

    /// <summary>
    /// Reads the number in the first row. If there is no row, returns <paramref name="none"/>, or throws if that is <c>null</c>.
    /// </summary>
    public long ReadLong(long? none = null)
    {
        var number = Step() ? Long(0) : none ?? throw new InvalidOperationException("The statement returned no row.");
        Reset();
        return number;
    }

    /// <summary>Runs the statement to its end. Returns the number of changed rows.</summary>
    public int Execute()
    {
        while (Step())
        {
        }

        return raw.sqlite3_changes(_database);
    }

    public bool IsNull(int column) => raw.sqlite3_column_type(_statement, column) == raw.SQLITE_NULL;

    public long Long(int column) => raw.sqlite3_column_int64(_statement, column);

    public double Double(int column) => raw.sqlite3_column_double(_statement, column);

    public string String(int column) => Encoding.UTF8.GetString(Bytes(column));

    /// <summary>Returns a text that many rows have. Frequent texts share one object.</summary>
    public string SharedString(int column) => StoredEvents.TextOf(Bytes(column));

    public string? OptionalString(int column) => IsNull(column) ? null : String(column);

    public Guid Guid(int column) => new(raw.sqlite3_column_blob(_statement, column), bigEndian: true);

    /// <summary>Returns the column's bytes, or its text as UTF-8, valid until the next step.</summary>
    public ReadOnlySpan<byte> Bytes(int column) => raw.sqlite3_column_blob(_statement, column);

    public DateOnly Day(int column) => DateOnly.ParseExact(String(column), DayFormat, CultureInfo.InvariantCulture);

    public DateTimeOffset Time(int column) => DateTimeOffset.UnixEpoch.AddTicks(Long(column) * TimeSpan.TicksPerMicrosecond);

    public void Dispose() => _statement.Dispose();

    private SqliteStatement Bound(int result)
    {
        Check(result);
        return this;
    }

    private void Check(int result)
    {
        if (result != raw.SQLITE_OK)
            Fail(result);
    }

    private void Fail(int result)
    {
        var fault = new SqliteException(raw.sqlite3_errmsg(_database).utf8_to_string(), result & 0xFF, result);
        Reset();
        throw fault;
    }
}
