using System.Net.Sockets;
using Npgsql;
using TelemetryKit.Core.Storage;

namespace TelemetryKit.Storage.Postgres;

/// <summary>Tells a store that is away from data it refuses.</summary>
internal static class PostgresFaults
{
    /// <summary>
    /// True unless the data itself can be at fault. Only these SQLSTATE classes can be caused by what was written: 21 cardinality, 22 data exception (such as
    /// U+0000 in text), 23 integrity, 54 program limit. Everything else the server says (out of connections, disk or memory, shutting down,
    /// read-only, deadlock, a missing table) it would say to anybody, and a driver's fault without a server's answer is a lost connection or a timeout.
    /// </summary>
    public static bool IsUnavailable(Exception fault) => fault switch
    {
        PostgresException answer => !(answer.SqlState is ['2', '1' or '2' or '3', ..] or ['5', '4', ..]),
        NpgsqlException or IOException or SocketException or TimeoutException => true,
        _ => false,
    };

    /// <summary>True where the server will say the same again until somebody changes it: classes 0A, 22, 23 and 42, such as a missing permission.</summary>
    public static bool IsFinal(PostgresException answer) => answer.SqlState[..2] is "0A" or "22" or "23" or "42";

    /// <summary>True where another transaction's change was in the way and the same work may succeed at once.</summary>
    public static bool IsSerialization(Exception fault) =>
        fault is PostgresException { SqlState: PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected };

    /// <summary>What the caller sees. The server's text names tables and settings but not a value, for the classes that come here.</summary>
    public static StorageUnavailableException Unavailable(Exception fault) =>
        new(fault is PostgresException answer ? $"PostgreSQL refuses ({answer.SqlState}): {answer.MessageText}" : $"PostgreSQL can't be reached: {fault.Message}", fault);
}
