using System.Data;
using Dapper;
using Microsoft.Data.Sqlite;

namespace TelemetryKit.Storage.Database;

/// <summary>
/// Maps ids and times to the two databases: PostgreSQL stores them natively, SQLite as 16 bytes and as microseconds since 1970-01-01 UTC.
/// </summary>
internal static class SqlTypes
{
    /// <summary>Registers the mappings with Dapper. Must be called once for the process.</summary>
    public static void Register()
    {
        DefaultTypeMap.MatchNamesWithUnderscores = true;

        // Dapper doesn't call handlers for types that it has a mapping for.
        SqlMapper.RemoveTypeMap(typeof(Guid));
        SqlMapper.RemoveTypeMap(typeof(Guid?));
        SqlMapper.RemoveTypeMap(typeof(DateTimeOffset));
        SqlMapper.RemoveTypeMap(typeof(DateTimeOffset?));
        SqlMapper.AddTypeHandler(new Ids());
        SqlMapper.AddTypeHandler(new Times());
    }

    private sealed class Ids : SqlMapper.TypeHandler<Guid>
    {
        public override void SetValue(IDbDataParameter parameter, Guid value) =>
            parameter.Value = parameter is SqliteParameter ? value.ToByteArray(bigEndian: true) : value;

        public override Guid Parse(object value) => value is byte[] bytes ? new Guid(bytes, bigEndian: true) : (Guid)value;
    }

    private sealed class Times : SqlMapper.TypeHandler<DateTimeOffset>
    {
        public override void SetValue(IDbDataParameter parameter, DateTimeOffset value) =>
            parameter.Value = parameter is SqliteParameter
                ? (value - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond
                : value.ToUniversalTime();

        public override DateTimeOffset Parse(object value) => value switch
        {
            long microseconds => DateTimeOffset.UnixEpoch.AddTicks(microseconds * TimeSpan.TicksPerMicrosecond),
            DateTime utc => new DateTimeOffset(utc, TimeSpan.Zero),
            _ => throw new DataException($"A time was read as the unexpected type {value.GetType()}."),
        };
    }
}
