namespace TelemetryKit.Storage.Postgres;

/// <summary>Timestamps on PostgreSQL's wire are microseconds since 2000-01-01; ours since 1970-01-01.</summary>
internal static class PostgresTime
{
    private const long Epoch = 946_684_800_000_000;

    /// <summary>To the wire. Ranges are often open ended ("from the smallest long"), so this keeps within what the type can hold.</summary>
    public static long FromUnix(long microseconds) => Math.Clamp(microseconds, -62_135_596_800_000_000, 253_402_300_799_999_999) - Epoch;

    /// <summary>From the wire.</summary>
    public static long ToUnix(long wire) => wire + Epoch;
}
