using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace TelemetryKit.Storage.Tests.Accounts;

/// <summary>Looks into tables beside the store.</summary>
internal static class Tables
{
    /// <summary>The tables (not views) that have a column of that name.</summary>
    public static async Task<IReadOnlyList<string>> WithColumnAsync(this StoreHarness harness, string column)
    {
        var isSqlite = harness is SqliteHarness;
        return await harness.ReadAsync(
            isSqlite
                ? $"select m.name from sqlite_master m, pragma_table_info(m.name) c "
                    + $"where m.type = 'table' and c.name = '{column}' order by 1"
                : $"""
                   select c.table_name from information_schema.columns c join information_schema.tables t using (table_schema, table_name)
                   where t.table_type = 'BASE TABLE' and t.table_schema = 'public' and c.column_name = '{column}' order by 1
                   """,
            reader => reader.GetString(0));
    }

    /// <summary>Rows of a table whose column has that id.</summary>
    public static async Task<long> CountAsync(this StoreHarness harness, string table, string column, Guid id)
    {
        var literal = harness is SqliteHarness ? $"x'{Convert.ToHexString(id.ToByteArray(bigEndian: true))}'" : $"'{id}'";
        var counts = await harness.ReadAsync(
            $"select count(*) from {table} where {column} = {literal}", reader => Convert.ToInt64(reader.GetValue(0)));
        return counts[0];
    }

    /// <summary>Makes the suspended rows of a table active, as in a database of a version without suspensions.</summary>
    public static Task ResumeAllAsync(this StoreHarness harness, string table) =>
        harness.ReadAsync($"update {table} set suspended_at = null returning 1", reader => reader.GetInt32(0));

    private static async Task<IReadOnlyList<T>> ReadAsync<T>(this StoreHarness harness, string sql, Func<DbDataReader, T> read)
    {
        await using DbConnection connection = harness switch
        {
            PostgresHarness postgres => new Npgsql.NpgsqlConnection(postgres.ConnectionString),
            SqliteHarness sqlite => new SqliteConnection(
                $"Data Source={Path.Combine(sqlite.Folder, StorageOptions.DatabaseFile)};Pooling=False"),
            _ => throw new ArgumentOutOfRangeException(nameof(harness)),
        };
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await using var reader = await command.ExecuteReaderAsync();
        List<T> rows = [];
        while (await reader.ReadAsync())
            rows.Add(read(reader));
        return rows;
    }
}
