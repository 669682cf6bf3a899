using Npgsql;
using NpgsqlTypes;
using TelemetryKit.Core;

namespace TelemetryKit.Storage.Postgres;

/// <summary>Adds typed positional parameters: values aren't boxed, and the server doesn't have to infer types.</summary>
internal static class Parameters
{
    public static NpgsqlParameterCollection With<T>(this NpgsqlParameterCollection parameters, T value, NpgsqlDbType type)
    {
        parameters.Add(new NpgsqlParameter<T> { TypedValue = value, NpgsqlDbType = type });
        return parameters;
    }

    /// <summary>Adds an array, or null if <paramref name="values"/> is <c>null</c>.</summary>
    public static NpgsqlParameterCollection WithArray<T>(
        this NpgsqlParameterCollection parameters, IList<T>? values, NpgsqlDbType element)
    {
        if (values is not null)
            return parameters.With(values, NpgsqlDbType.Array | element);
        parameters.Add(new NpgsqlParameter { Value = DBNull.Value, NpgsqlDbType = NpgsqlDbType.Array | element });
        return parameters;
    }

    public static NpgsqlParameterCollection With(this NpgsqlParameterCollection parameters, Guid value) =>
        parameters.With(value, NpgsqlDbType.Uuid);

    public static NpgsqlParameterCollection With(this NpgsqlParameterCollection parameters, DateOnly value) =>
        parameters.With(value, NpgsqlDbType.Date);

    public static NpgsqlParameterCollection With(this NpgsqlParameterCollection parameters, long value) =>
        parameters.With(value, NpgsqlDbType.Bigint);

    public static NpgsqlParameterCollection With(this NpgsqlParameterCollection parameters, int value) =>
        parameters.With(value, NpgsqlDbType.Integer);

    public static NpgsqlParameterCollection With(this NpgsqlParameterCollection parameters, string? value) =>
        parameters.With(value, NpgsqlDbType.Text);

    public static NpgsqlParameterCollection With(this NpgsqlParameterCollection parameters, byte[] value) =>
        parameters.With(value, NpgsqlDbType.Bytea);

    public static NpgsqlParameterCollection With(this NpgsqlParameterCollection parameters, DataEnvironment environment) =>
        parameters.With((short)environment, NpgsqlDbType.Smallint);

    public static NpgsqlParameterCollection With(this NpgsqlParameterCollection parameters, DateTimeOffset time) =>
        parameters.With(time.UtcDateTime, NpgsqlDbType.TimestampTz);

    /// <summary>Adds a time in microseconds since 1970-01-01 UTC, as in events.</summary>
    public static NpgsqlParameterCollection WithTime(this NpgsqlParameterCollection parameters, long microseconds) =>
        parameters.With(PostgresTime.FromUnix(microseconds), NpgsqlDbType.TimestampTz);
}
