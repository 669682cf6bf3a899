using TelemetryKit.Privacy;

namespace TelemetryKit.Json;

/// <summary>
/// Writes the names of one object's members, whose author may have chosen them badly: scrubbed and cut to their length like any text, none
/// empty, none twice, none past a bound. The server would refuse the whole event, or the whole batch, for one of these.
/// </summary>
internal sealed class MemberNames(int bound)
{
    // A list searched from the front: objects carry a handful of members.
    private readonly string[] _names = new string[bound];
    private int _count;

    /// <summary>Begins another object.</summary>
    public void Clear() => _count = 0;

    /// <summary>Writes a name and its colon, with a comma before it unless it is the first; false when the member must be left out.</summary>
    public bool TryWrite(Utf8Buffer json, string name)
    {
        name = Scrubber.Scrub(name);
        if (name.Length > Limits.KeyLength)
            name = name.Substring(0, Utf8Buffer.CutAt(name, Limits.KeyLength));
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
