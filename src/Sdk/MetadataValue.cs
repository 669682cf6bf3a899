using System.Globalization;

namespace TelemetryKit;

/// <summary>
/// A value of an event's metadata: a string, a number, a boolean, or an array of one of these. Values are converted implicitly, as in
/// <c>metadata["target"] = "production"</c>.
/// </summary>
public readonly struct MetadataValue : IEquatable<MetadataValue>
{
    // The reference determines which field holds the value: three marker objects represent the kinds that fit into 64 bits.
    // This keeps a value at 16 bytes and avoids boxing numbers.
    private static readonly object IntegerMarker = new();
    private static readonly object NumberMarker = new();
    private static readonly object BooleanMarker = new();

    // Fields rather than properties; OptionValues explains why.
    internal readonly object? Reference;
    internal readonly long Bits;

    private MetadataValue(object? reference, long bits = 0)
    {
        Reference = reference;
        Bits = bits;
    }

    /// <summary>Whether there is no value, as after assigning a null string.</summary>
    public bool IsNull => Reference is null;

    internal string? AsString => Reference as string;
    internal bool IsInteger => ReferenceEquals(Reference, IntegerMarker);
    internal bool IsNumber => ReferenceEquals(Reference, NumberMarker);
    internal bool IsBoolean => ReferenceEquals(Reference, BooleanMarker);
    internal double Number => BitConverter.Int64BitsToDouble(Bits);
    internal bool Boolean => Bits != 0;

    /// <summary>Converts a string. Strings of more than 1,024 characters are truncated when the event is recorded.</summary>
    public static implicit operator MetadataValue(string? value) => new(value);

    /// <summary>Converts an integer.</summary>
    public static implicit operator MetadataValue(int value) => new(IntegerMarker, value);

    /// <summary>Converts an integer.</summary>
    public static implicit operator MetadataValue(long value) => new(IntegerMarker, value);

    /// <summary>Converts a number. NaN and infinity are recorded as null, because JSON cannot represent them.</summary>
    public static implicit operator MetadataValue(double value) =>
        new(NumberMarker, BitConverter.DoubleToInt64Bits(value));

    /// <summary>Converts a boolean.</summary>
    public static implicit operator MetadataValue(bool value) => new(BooleanMarker, value ? 1 : 0);

    /// <summary>Converts an integer.</summary>
    public static implicit operator MetadataValue(ushort value) => (int)value;

    /// <summary>Converts an integer.</summary>
    public static implicit operator MetadataValue(uint value) => (long)value;

    /// <summary>Converts an integer. One that exceeds <see cref="long.MaxValue"/> is recorded with the precision of a number.</summary>
    public static implicit operator MetadataValue(ulong value) => value <= long.MaxValue ? (long)value : (double)value;

    /// <summary>Converts an integer that may be missing.</summary>
    public static implicit operator MetadataValue(int? value) => value is { } number ? number : default(MetadataValue);

    /// <summary>Converts an integer that may be missing.</summary>
    public static implicit operator MetadataValue(long? value) => value is { } number ? number : default(MetadataValue);

    /// <summary>Converts a number that may be missing.</summary>
    public static implicit operator MetadataValue(double? value) => value is { } number ? number : default(MetadataValue);

    /// <summary>Converts a boolean that may be missing.</summary>
    public static implicit operator MetadataValue(bool? value) => value is { } boolean ? boolean : default(MetadataValue);

    /// <summary>Converts a decimal number. It is recorded with the precision of a <see cref="double"/>.</summary>
    public static implicit operator MetadataValue(decimal value) => (double)value;

    /// <summary>Converts a decimal number that may be missing.</summary>
    public static implicit operator MetadataValue(decimal? value) => value is { } number ? number : default(MetadataValue);

    /// <summary>Converts a GUID that may be missing.</summary>
    public static implicit operator MetadataValue(Guid? value) => value is { } guid ? guid : default(MetadataValue);

    /// <summary>Converts a character to a string.</summary>
    public static implicit operator MetadataValue(char value) => new(value.ToString());

    /// <summary>Converts a GUID to a string. Never record one that identifies a person or a machine.</summary>
    public static implicit operator MetadataValue(Guid value) => new(value.ToString("D", CultureInfo.InvariantCulture));

    /// <summary>Converts a member of an enumeration to its name.</summary>
    public static implicit operator MetadataValue(Enum? value) => new(value?.ToString());

    /// <summary>Converts a list of strings, which is copied.</summary>
    public static implicit operator MetadataValue(List<string>? values) => new(values?.ToArray());

    /// <summary>Converts an array of strings. The array is not copied: do not change it afterwards.</summary>
    public static implicit operator MetadataValue(string[]? values) => new(values);

    /// <summary>Converts an array of integers. The array is not copied: do not change it afterwards.</summary>
    public static implicit operator MetadataValue(int[]? values) => new(values);

    /// <summary>Converts an array of integers. The array is not copied: do not change it afterwards.</summary>
    public static implicit operator MetadataValue(long[]? values) => new(values);

    /// <summary>Converts an array of numbers. The array is not copied: do not change it afterwards.</summary>
    public static implicit operator MetadataValue(double[]? values) => new(values);

    /// <summary>Converts an array of booleans. The array is not copied: do not change it afterwards.</summary>
    public static implicit operator MetadataValue(bool[]? values) => new(values);

    /// <summary>Returns the value as a string, long, double, bool or array, or null if there is none.</summary>
    public object? ToObject() =>
        IsInteger ? Bits : IsNumber ? Number : IsBoolean ? Boolean : Reference;

    /// <summary>Returns the value as a string, formatted in the invariant culture.</summary>
    public override string ToString() =>
        Convert.ToString(ToObject(), CultureInfo.InvariantCulture) ?? "";

    /// <inheritdoc />
    public bool Equals(MetadataValue other) =>
        Bits == other.Bits && Equals(Reference, other.Reference);

    /// <inheritdoc />
    public override bool Equals(object? obj) => obj is MetadataValue other && Equals(other);

    /// <inheritdoc />
    public override int GetHashCode() => (Reference?.GetHashCode() ?? 0) ^ Bits.GetHashCode();

    /// <summary>Returns whether two values are equal.</summary>
    public static bool operator ==(MetadataValue left, MetadataValue right) => left.Equals(right);

    /// <summary>Returns whether two values are not equal.</summary>
    public static bool operator !=(MetadataValue left, MetadataValue right) => !left.Equals(right);
}
