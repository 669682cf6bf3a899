using System.Data.Common;
using Dapper;

namespace TelemetryKit.Storage.Database;

/// <summary>A connection, in a transaction or not, as the accounts' tables use it: Dapper with everything that would be repeated at each call.</summary>
internal readonly struct Sql(DbConnection connection, DbTransaction? transaction, CancellationToken cancellationToken)
{
    static Sql() => SqlTypes.Register();

    /// <summary>Seconds that the slow statements may take; <c>null</c> if the connection's own timeout is right for them, too.</summary>
    public int? SlowTimeout { get; init; }

    /// <summary>Runs a statement; answers the rows it changed.</summary>
    public Task<int> ExecuteAsync(string sql, object? parameters = null) => connection.ExecuteAsync(Command(sql, parameters));

    /// <summary>Runs a statement that may take minutes.</summary>
    public Task<int> SlowExecuteAsync(string sql, object? parameters = null) => connection.ExecuteAsync(Command(sql, parameters, slow: true));

    /// <summary>The first value of the first row; the type's default where there is none.</summary>
    public Task<T?> ValueAsync<T>(string sql, object? parameters = null) => connection.ExecuteScalarAsync<T>(Command(sql, parameters));

    /// <summary>The same, of a statement that may take minutes.</summary>
    public Task<T?> SlowValueAsync<T>(string sql, object? parameters = null) => connection.ExecuteScalarAsync<T>(Command(sql, parameters, slow: true));

    /// <summary>The only row, or <c>null</c>.</summary>
    public Task<T?> FindAsync<T>(string sql, object? parameters = null) => connection.QuerySingleOrDefaultAsync<T>(Command(sql, parameters));

    /// <summary>All rows.</summary>
    public async Task<IReadOnlyList<T>> ListAsync<T>(string sql, object? parameters = null) =>
        (await connection.QueryAsync<T>(Command(sql, parameters))).AsList();

    /// <summary>All rows, each of two parts, of which the second begins at the column <c>Id</c>.</summary>
    public async Task<IReadOnlyList<T>> ListAsync<TOne, TOther, T>(string sql, Func<TOne, TOther, T> join, object? parameters = null) =>
        (await connection.QueryAsync(Command(sql, parameters), join)).AsList();

    private CommandDefinition Command(string sql, object? parameters, bool slow = false) =>
        new(sql, parameters, transaction, slow ? SlowTimeout : null, cancellationToken: cancellationToken);
}
