using System.Data.Common;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Data.Sqlite;
using Npgsql;
using NpgsqlTypes;
using TelemetryKit.Bench.Support;

namespace TelemetryKit.Bench.Ingest;

/// <summary>
/// A straightforward but efficient collector: asynchronous, with pooled connections, one INSERT of many rows for each request, and a
/// response after the commit. One row per event and two indexes: the primary key and (event_type, timestamp). No key, no validation, no
/// counters.
/// </summary>
internal static class NaiveCollector
{
    public const string SqliteFile = "naive.db";

    private const int Columns = 11;

    public static async Task RunAsync(StorageKind storage, string database, string url, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.UseUrls(url);
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        // PostgreSQL accepts 100 connections by default; with a smaller pool, requests wait instead of failing.
        await using DbDataSource source = storage == StorageKind.Postgres
            ? NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(database) { MaxPoolSize = 90 }.ConnectionString)
            : SqliteFactory.Instance.CreateDataSource($"Data Source={Path.Combine(database, SqliteFile)};Default Timeout=30");
        await CreateTableAsync(source, storage);

        var app = builder.Build();
        app.MapPost("/events", async (BatchDto batch) =>
        {
            await using var connection = await source.OpenConnectionAsync();
            await using var insert = connection.CreateCommand();
            insert.CommandText = InsertOf(batch.Events.Count);
            foreach (var e in batch.Events)
                AddParameters(insert, storage, batch, e);
            await insert.ExecuteNonQueryAsync();
            return Results.Ok(new AnswerDto(batch.Events.Count));
        });
        app.MapGet("/count", async () =>
        {
            await using var connection = await source.OpenConnectionAsync();
            await using var count = connection.CreateCommand();
            count.CommandText = "select count(*) from events";
            return Convert.ToString(await count.ExecuteScalarAsync(), CultureInfo.InvariantCulture);
        });
        await app.RunAsync(cancellationToken);
    }

    private static async Task CreateTableAsync(DbDataSource source, StorageKind storage)
    {
        await using var connection = await source.OpenConnectionAsync();
        await using var create = connection.CreateCommand();
        create.CommandText = storage == StorageKind.Postgres
            ? """
              create table if not exists events (
                  id uuid primary key, service text, version text, event_type text not null, timestamp timestamptz not null,
                  user_id text, session_id text, success boolean, duration_ms double precision, context jsonb, metadata jsonb);
              create index if not exists events_type_time on events (event_type, timestamp);
              """
            : """
              pragma journal_mode = wal;
              create table if not exists events (
                  id text primary key, service text, version text, event_type text not null, timestamp text not null,
                  user_id text, session_id text, success integer, duration_ms real, context text, metadata text);
              create index if not exists events_type_time on events (event_type, timestamp);
              """;
        await create.ExecuteNonQueryAsync();
    }

    private static string InsertOf(int rows)
    {
        var sql = new StringBuilder(
            "insert into events (id, service, version, event_type, timestamp, user_id, session_id, success, duration_ms, " +
            "context, metadata) values ");
        for (var row = 0; row < rows; row++)
        {
            sql.Append(row == 0 ? "(" : ",(");
            for (var column = 0; column < Columns; column++)
                sql.Append(column == 0 ? "" : ",").Append("@p").Append((row * Columns) + column);
            sql.Append(')');
        }

        return sql.ToString();
    }

    private static void AddParameters(DbCommand insert, StorageKind storage, BatchDto batch, EventDto e)
    {
        object?[] values =
        [
            e.EventId, batch.ServiceName, batch.ServiceVersion, e.EventType, e.Timestamp, e.UserId, e.SessionId, e.Success, e.DurationMs,
            batch.Context.GetRawText(), e.Metadata.GetRawText(),
        ];
        foreach (var value in values)
        {
            var name = "@p" + insert.Parameters.Count.ToString(CultureInfo.InvariantCulture);
            var isJson = insert.Parameters.Count % Columns >= Columns - 2;
            insert.Parameters.Add(storage == StorageKind.Postgres
                ? isJson
                    ? new NpgsqlParameter(name, NpgsqlDbType.Jsonb) { Value = value }
                    : new NpgsqlParameter(name, value ?? DBNull.Value)
                : new SqliteParameter(name, value ?? DBNull.Value));
        }
    }

    private sealed record AnswerDto([property: JsonPropertyName("accepted")] int Accepted);

    private sealed record BatchDto(
        [property: JsonPropertyName("service_name")] string? ServiceName,
        [property: JsonPropertyName("service_version")] string? ServiceVersion,
        [property: JsonPropertyName("context")] JsonElement Context,
        [property: JsonPropertyName("events")] List<EventDto> Events);

    private sealed record EventDto(
        [property: JsonPropertyName("event_id")] Guid EventId,
        [property: JsonPropertyName("event_type")] string EventType,
        [property: JsonPropertyName("timestamp")] DateTime Timestamp,
        [property: JsonPropertyName("user_id")] string? UserId,
        [property: JsonPropertyName("session_id")] string? SessionId,
        [property: JsonPropertyName("success")] bool? Success,
        [property: JsonPropertyName("duration_ms")] double? DurationMs,
        [property: JsonPropertyName("metadata")] JsonElement Metadata);
}
