namespace TelemetryKit.Core.Counters;

/// <summary>A value of a dimension.</summary>
internal struct Value(string text, ulong hash, Kept kept) : INamed
{
    public Tally Tally = new(kept);

    public readonly string Text => text;

    public readonly ulong Hash => hash;

    // The string is mostly one of a few that all rollups share, so it isn't counted; its reference and hash are counted by the table.
    public readonly long EstimatedBytes => Tally.Details?.EstimatedBytes ?? 0;

    readonly string? INamed.Text => text;

    readonly string? INamed.Type => null;
}
