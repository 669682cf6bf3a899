using System.Net.Sockets;
using System.Security.Authentication;
using Npgsql;
using TelemetryKit.Core.Storage;

namespace TelemetryKit.Storage.Postgres;

/// <summary>Distinguishes an unavailable store from data that it rejects.</summary>
internal static class PostgresFaults
{
    /// <summary>
    /// Returns true unless the data itself can be the cause. Only these SQLSTATE classes can be caused by the written data: 21 cardinality,
    /// 22 data exception (such as U+0000 in text), 23 integrity, 54 program limit. All other errors (out of connections, disk or memory,
    /// shutdown, read-only, deadlock, a missing table) don't depend on the data, and a fault of the driver without an error of the server
    /// is a lost connection or a timeout.
    /// </summary>
    public static bool IsUnavailable(Exception fault) => fault switch
    {
        PostgresException error => !(error.SqlState is ['2', '1' or '2' or '3', ..] or ['5', '4', ..]),
        NpgsqlException or IOException or SocketException or TimeoutException => true,
        _ => false,
    };

    /// <summary>
    /// Returns true if a retry fails again unless the database or its permissions are changed: classes 0A, 22, 23 and 42.
    /// </summary>
    public static bool IsFinal(PostgresException error) => error.SqlState[..2] is "0A" or "22" or "23" or "42";

    /// <summary>Returns true if the transaction conflicted with another one, so that an immediate retry may succeed.</summary>
    public static bool IsSerialization(Exception fault) =>
        fault is PostgresException { SqlState: PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected };

    /// <summary>
    /// Returns the exception for the caller. For these classes, the message of the server contains names of tables and settings but no
    /// data.
    /// </summary>
    public static StorageUnavailableException Unavailable(Exception fault) =>
        new(
            fault is PostgresException error
                ? $"PostgreSQL reports an error ({error.SqlState}): {error.MessageText}"
                : $"PostgreSQL can't be reached: {fault.Message}",
            fault)
        {
            Remedy = RemedyOf(fault),
        };

    private static string? RemedyOf(Exception fault) => fault switch
    {
        PostgresException { SqlState: PostgresErrorCodes.InvalidCatalogName } => "Create the database, or correct its name.",
        PostgresException { SqlState: PostgresErrorCodes.InvalidPassword } => "Correct the user name or the password.",
        PostgresException { SqlState: PostgresErrorCodes.InvalidAuthorizationSpecification } =>
            "Create the role with the right to log in, correct its name, or allow its connections in pg_hba.conf.",
        PostgresException { SqlState: PostgresErrorCodes.InvalidSchemaName } => "Create the schema, or correct search_path.",
        PostgresException { InvariantSeverity: "FATAL", SqlState: PostgresErrorCodes.UndefinedObject } =>
            "Correct the options of the connection string.",
        NpgsqlException { InnerException: AuthenticationException } =>
            "Correct sslmode or sslrootcert, or the certificate of the server.",
        // The driver has no codes for these.
        NpgsqlException { Message: var message } when message.StartsWith("SSL connection requested", StringComparison.Ordinal) =>
            "Enable TLS on the server, or correct sslmode.",
        NpgsqlException { Message: var message } when message.StartsWith("No password has been provided", StringComparison.Ordinal) =>
            "Add the password to the connection string.",
        _ => null,
    };
}
