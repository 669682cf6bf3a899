using System.Globalization;

namespace TelemetryKit;

/// <summary>
/// One value of an event's metadata: a string, a number, a boolean, or an array of them. Values convert to it implicitly,
/// so <c>metadata["target"] = "production"</c> is all there is to write.
/// </summary>
public readonly struct MetadataValue : IEquatable<MetadataValue>
{
    // Which of the two fields holds the value is told by the reference: three marker objects stand for the kinds
    // that fit into 64 bits. This keeps a value at 16 bytes and numbers unboxed.
    private static readonly object IntegerMarker = new();
    private static readonly object NumberMarker = new();
    private static readonly object BooleanMarker = new();

    // Fields, for the reason that OptionValues gives.
    internal readonly object? Reference;
    internal readonly long Bits;

    private MetadataValue(object? reference, long bits = 0)
    {
        Reference = reference;
        Bits = bits;
    }

    /// <summary>True when there is no value, as after assigning a null string.</summary>
    public bool IsNull => Reference is null;

    internal string? AsString => Reference as string;
    internal bool IsInteger => ReferenceEquals(Reference, IntegerMarker);
    internal bool IsNumber => ReferenceEquals(Reference, NumberMarker);
    internal bool IsBoolean => ReferenceEquals(Reference, BooleanMarker);
    internal double Number => BitConverter.Int64BitsToDouble(Bits);
    internal bool Boolean => Bits != 0;

    /// <summary>Takes a text. Texts longer than 1,024 characters are cut when the event is recorded.</summary>
    public static implicit operator MetadataValue(string? value) => new(value);

    /// <summary>Takes an integer.</summary>
    public static implicit operator MetadataValue(int value) => new(IntegerMarker, value);

    /// <summary>Takes an integer.</summary>
    public static implicit operator MetadataValue(long value) => new(IntegerMarker, value);

    /// <summary>Takes a number. JSON knows no infinity and no NaN: they are recorded as null.</summary>
    public static implicit operator MetadataValue(double value) =>
        new(NumberMarker, BitConverter.DoubleToInt64Bits(value));

    /// <summary>Takes a boolean.</summary>
    public static implicit operator MetadataValue(bool value) => new(BooleanMarker, value ? 1 : 0);

    /// <summary>Takes texts. The array is not copied: do not change it afterwards.</summary>
    public static implicit operator MetadataValue(string[]? values) => new(values);

    /// <summary>Takes integers. The array is not copied: do not change it afterwards.</summary>
    public static implicit operator MetadataValue(int[]? values) => new(values);

    /// <summary>Takes integers. The array is not copied: do not change it afterwards.</summary>
    public static implicit operator MetadataValue(long[]? values) => new(values);

    /// <summary>Takes numbers. The array is not copied: do not change it afterwards.</summary>
    public static implicit operator MetadataValue(double[]? values) => new(values);

    /// <summary>Takes booleans. The array is not copied: do not change it afterwards.</summary>
    public static implicit operator MetadataValue(bool[]? values) => new(values);

    /// <summary>The value as a string, long, double, bool or array; null when there is none.</summary>
    public object? ToObject() =>
        IsInteger ? Bits : IsNumber ? Number : IsBoolean ? Boolean : Reference;

    /// <summary>The value as a person would write it, in the invariant culture.</summary>
    public override string ToString() =>
        Convert.ToString(ToObject(), CultureInfo.InvariantCulture) ?? "";

    /// <inheritdoc />
    public bool Equals(MetadataValue other) =>
        Bits == other.Bits && Equals(Reference, other.Reference);

    /// <inheritdoc />
    public override bool Equals(object? obj) => obj is MetadataValue other && Equals(other);

    /// <inheritdoc />
    public override int GetHashCode() => (Reference?.GetHashCode() ?? 0) ^ Bits.GetHashCode();

    /// <summary>Compares two values.</summary>
    public static bool operator ==(MetadataValue left, MetadataValue right) => left.Equals(right);

    /// <summary>Compares two values.</summary>
    public static bool operator !=(MetadataValue left, MetadataValue right) => !left.Equals(right);
}
