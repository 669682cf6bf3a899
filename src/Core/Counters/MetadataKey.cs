namespace TelemetryKit.Core.Counters;

/// <summary>The values of a metadata key of a subject.</summary>
internal sealed class MetadataKey(TallyName name, InstallIndex installs, Breakdown breakdown)
    : ValueTable(Kept.Numbers, installs.Bounds.SubjectValues, installs, breakdown), INamed
{
    public string Text => name.Text!;

    /// <inheritdoc />
    public long Missed { get; set; }

    string? INamed.Text => name.Text;

    string? INamed.Type => null;

    ulong INamed.Hash => name.Hash;

    long INamed.Seen => Total;
}
