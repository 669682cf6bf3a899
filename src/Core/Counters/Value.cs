namespace TelemetryKit.Core.Counters;

/// <summary>A value of a dimension.</summary>
internal struct Value(string text, ulong hash, Kept kept) : INamed
{
    public Tally Tally = new(kept);

    public readonly string Text => text;

    public readonly ulong Hash => hash;

    /// <inheritdoc />
    public long Missed { get; set; }

    // The string is usually shared with other rollups (NamePool), so it isn't counted. The table counts its reference and hash.
    public readonly long EstimatedBytes => Tally.Details?.EstimatedBytes ?? 0;

    readonly long INamed.Seen => Tally.Events;

    readonly string? INamed.Text => text;

    readonly string? INamed.Type => null;
}
