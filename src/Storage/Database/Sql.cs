using System.Data.Common;
using Dapper;

namespace TelemetryKit.Storage.Database;

/// <summary>Runs statements of the tables of accounts with Dapper on a connection, optionally in a transaction.</summary>
internal readonly struct Sql(DbConnection connection, DbTransaction? transaction, CancellationToken cancellationToken)
{
    static Sql() => SqlTypes.Register();

    /// <summary>The timeout of slow statements in seconds, or <c>null</c> for the timeout of the connection.</summary>
    public int? SlowTimeout { get; init; }

    /// <summary>Runs a statement. Returns the number of changed rows.</summary>
    public Task<int> ExecuteAsync(string sql, object? parameters = null) => connection.ExecuteAsync(Command(sql, parameters));

    /// <summary>Runs a statement that may take minutes. Returns the number of changed rows.</summary>
    public Task<int> SlowExecuteAsync(string sql, object? parameters = null) =>
        connection.ExecuteAsync(Command(sql, parameters, slow: true));

    /// <summary>Returns the first value of the first row, or the type's default if there is no row.</summary>
    public Task<T?> ValueAsync<T>(string sql, object? parameters = null) =>
        connection.ExecuteScalarAsync<T>(Command(sql, parameters));

    /// <summary>Like <see cref="ValueAsync{T}"/>, for a statement that may take minutes.</summary>
    public Task<T?> SlowValueAsync<T>(string sql, object? parameters = null) =>
        connection.ExecuteScalarAsync<T>(Command(sql, parameters, slow: true));

    /// <summary>Returns the only row, or <c>null</c> if there is none.</summary>
    public Task<T?> FindAsync<T>(string sql, object? parameters = null) =>
        connection.QuerySingleOrDefaultAsync<T>(Command(sql, parameters));

    /// <summary>Returns all rows.</summary>
    public async Task<IReadOnlyList<T>> ListAsync<T>(string sql, object? parameters = null) =>
        (await connection.QueryAsync<T>(Command(sql, parameters))).AsList();

    /// <summary>Returns all rows. Each row has two parts, of which the second begins with the column <c>Id</c>.</summary>
    public async Task<IReadOnlyList<T>> ListAsync<TOne, TOther, T>(string sql, Func<TOne, TOther, T> join, object? parameters = null) =>
        (await connection.QueryAsync(Command(sql, parameters), join)).AsList();

    private CommandDefinition Command(string sql, object? parameters, bool slow = false) =>
        new(sql, parameters, transaction, slow ? SlowTimeout : null, cancellationToken: cancellationToken);
}
