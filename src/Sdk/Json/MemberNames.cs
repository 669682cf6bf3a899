using TelemetryKit.Privacy;

namespace TelemetryKit.Json;

/// <summary>
/// Writes the names of an object's members, which the author of the tool chose. Names are scrubbed and truncated. Empty and duplicate names
/// and those beyond the maximum number are rejected, because the server would reject the whole event or batch for one of them.
/// </summary>
internal sealed class MemberNames(int maxCount)
{
    // An array with linear search, because objects have few members.
    private readonly string[] _names = new string[maxCount];
    private int _count;

    /// <summary>Begins a new object.</summary>
    public void Clear() => _count = 0;

    /// <summary>Writes a name and a colon, after a comma if necessary. Returns false if the member must be omitted.</summary>
    public bool TryWrite(Utf8Buffer json, string name)
    {
        name = Scrubber.Scrub(name);
        if (name.Length > Limits.KeyLength)
            name = name.Substring(0, Utf8Buffer.TruncatedLength(name, Limits.KeyLength));
        if (name.Length == 0 || _count == _names.Length)
            return false;
        for (var i = 0; i < _count; i++)
        {
            if (_names[i] == name)
                return false;
        }

        if (_count > 0)
            json.Byte((byte)',');
        _names[_count++] = name;
        json.String(name);
        json.Byte((byte)':');
        return true;
    }
}
