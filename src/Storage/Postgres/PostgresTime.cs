namespace TelemetryKit.Storage.Postgres;

/// <summary>
/// Converts timestamps: on the wire of PostgreSQL they are microseconds since 2000-01-01, in events microseconds since 1970-01-01.
/// </summary>
internal static class PostgresTime
{
    private const long Epoch = 946_684_800_000_000;

    /// <summary>Converts to the wire format. Values are clamped to the range of the type, because ranges are often open-ended.</summary>
    public static long FromUnix(long microseconds) => Math.Clamp(microseconds, -62_135_596_800_000_000, 253_402_300_799_999_999) - Epoch;

    /// <summary>Converts from the wire format.</summary>
    public static long ToUnix(long wire) => wire + Epoch;
}
