using System.Diagnostics;

namespace TelemetryKit.Privacy;

/// <summary>
/// The set of characters of a regex class, or a single character. Classes name ASCII characters only. All other characters belong either
/// to the set or not, depending on whether the class is negated.
/// </summary>
internal sealed class CharacterClass
{
    private ulong _low;
    private ulong _high;
    private bool _others;

    // The single character if it isn't ASCII, or U+0000.
    private char _other;

    // The bits of A-Z and a-z in the upper half of ASCII.
    private const ulong UpperCase = 0x7fffffeUL;
    private const ulong LowerCase = UpperCase << 32;

    public static CharacterClass Of(char c, bool ignoreCase)
    {
        var set = new CharacterClass();
        if (c < 128)
            set.Add(c);
        else
            set._other = c;
        if (ignoreCase)
            set.AddOtherCase();
        return set;
    }

    /// <summary>Parses the part of a class between its brackets.</summary>
    public static CharacterClass Parse(string inside, bool ignoreCase = false)
    {
        var set = new CharacterClass();
        var position = 0;
        var negated = inside.Length > 0 && inside[0] == '^';
        if (negated)
            position++;
        while (position < inside.Length)
        {
            if (inside[position] == '\\' && inside[position + 1] is 's' or 'S')
            {
                // \s and \S occur only together, as [\s\S], which matches everything.
                set._low = set._high = ulong.MaxValue;
                set._others = true;
                position += 2;
                continue;
            }

            var from = ReadCharacter(inside, ref position);
            var to = from;
            if (position + 1 < inside.Length && inside[position] == '-')
            {
                position++;
                to = ReadCharacter(inside, ref position);
            }

            for (var c = from; c <= to; c++)
                set.Add(c);
        }

        if (ignoreCase)
            set.AddOtherCase();
        if (negated)
        {
            set._low = ~set._low;
            set._high = ~set._high;
            set._others = !set._others;
        }

        return set;
    }

    public bool Contains(char c) =>
        c < 64 ? (_low >> c & 1) != 0 : c < 128 ? (_high >> (c - 64) & 1) != 0 : _others || c == _other;

    /// <summary>Adds all characters of another set, and perhaps more that aren't ASCII.</summary>
    public void UnionWith(CharacterClass other)
    {
        _low |= other._low;
        _high |= other._high;
        _others |= other._others || other._other != 0;
    }

    /// <summary>Reads one character of a class or a regex, which may be escaped.</summary>
    public static char ReadCharacter(string regex, ref int position)
    {
        var c = regex[position++];
        if (c != '\\')
            return c;
        c = regex[position++];
        if (c != 'x')
            return c;
        position += 2;
        return (char)(HexValue(regex[position - 2]) << 4 | HexValue(regex[position - 1]));
    }

    private static int HexValue(char c) => c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;

    private void AddOtherCase() => _high |= (_high & UpperCase) << 32 | (_high & LowerCase) >> 32;

    private void Add(char c)
    {
        Debug.Assert(c < 128, "Classes name ASCII characters only.");
        if (c < 64)
            _low |= 1UL << c;
        else
            _high |= 1UL << (c - 64);
    }
}
