using System.Globalization;
using System.Text;

namespace TelemetryKit.Json;

/// <summary>
/// Reads small JSON documents that the SDK wrote or a server returned. Objects become dictionaries, arrays lists, and numbers long or
/// double. Never throws for invalid JSON.
/// </summary>
internal struct JsonReader
{
    private const int MaxDepth = 32;

    private readonly string _text;
    private readonly bool _mayRepeat;
    private int _position;
    private int _depth;

    private JsonReader(string text, bool mayRepeat)
    {
        _text = text;
        _mayRepeat = mayRepeat;
        _position = 0;
        _depth = 0;
    }

    /// <summary>Reads a JSON object. Returns null if the bytes are not one.</summary>
    public static Dictionary<string, object?>? TryReadObject(byte[] utf8, int offset, int count) =>
        TryReadObject(Encoding.UTF8.GetString(utf8, offset, count));

    /// <summary>Reads a JSON object. Returns null if the text is not one.</summary>
    /// <param name="text">The text.</param>
    /// <param name="mayRepeat">Whether an object may have two members with the same name. Then the last one counts.</param>
    public static Dictionary<string, object?>? TryReadObject(string text, bool mayRepeat = true)
    {
        var reader = new JsonReader(text, mayRepeat);
        if (!reader.TryValue(out var value))
            return null;
        reader.SkipSpace();
        return reader._position == text.Length ? value as Dictionary<string, object?> : null;
    }

    private bool TryValue(out object? value)
    {
        value = null;
        SkipSpace();
        if (_position >= _text.Length)
            return false;
        switch (_text[_position])
        {
            case '{':
                return TryObject(out value);
            case '[':
                return TryArray(out value);
            case '"':
                var read = TryString(out var text);
                value = text;
                return read;
            case 't':
                value = true;
                return TryWord("true");
            case 'f':
                value = false;
                return TryWord("false");
            case 'n':
                return TryWord("null");
            default:
                return TryNumber(out value);
        }
    }

    private bool TryObject(out object? value)
    {
        var members = new Dictionary<string, object?>(StringComparer.Ordinal);
        value = members;
        _position++;
        if (++_depth > MaxDepth)
            return false;
        if (Skip('}'))
            return EndNested();
        do
        {
            SkipSpace();
            if (!TryString(out var name) || !Skip(':') || !TryValue(out var member) || (!_mayRepeat && members.ContainsKey(name)))
                return false;
            members[name] = member;
        }
        while (Skip(','));
        return Skip('}') && EndNested();
    }

    private bool TryArray(out object? value)
    {
        var items = new List<object?>();
        value = items;
        _position++;
        if (++_depth > MaxDepth)
            return false;
        if (Skip(']'))
            return EndNested();
        do
        {
            if (!TryValue(out var item))
                return false;
            items.Add(item);
        }
        while (Skip(','));
        return Skip(']') && EndNested();
    }

    private bool TryString(out string value)
    {
        value = "";
        if (_position >= _text.Length || _text[_position] != '"')
            return false;
        var start = ++_position;
        while (_position < _text.Length && _text[_position] is not ('"' or '\\'))
            _position++;
        if (_position >= _text.Length)
            return false;
        if (_text[_position] == '"')
        {
            value = _text.Substring(start, _position++ - start);
            return true;
        }

        var builder = new StringBuilder();
        builder.Append(_text, start, _position - start);
        while (_position < _text.Length)
        {
            var c = _text[_position++];
            if (c == '"')
            {
                value = builder.ToString();
                return true;
            }

            if (c != '\\')
                builder.Append(c);
            else if (!TryEscape(builder))
                return false;
        }

        return false;
    }

    private bool TryEscape(StringBuilder builder)
    {
        if (_position >= _text.Length)
            return false;
        var c = _text[_position++];
        if (c == 'u')
        {
            if (_position + 4 > _text.Length)
                return false;
            var digits = _text.Substring(_position, 4);
            if (!ushort.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code))
                return false;
            _position += 4;
            builder.Append((char)code);
            return true;
        }

        var index = "\"\\/bfnrt".IndexOf(c);
        if (index < 0)
            return false;
        builder.Append("\"\\/\b\f\n\r\t"[index]);
        return true;
    }

    private bool TryNumber(out object? value)
    {
        var start = _position;
        while (_position < _text.Length && _text[_position] is (>= '0' and <= '9' or '-' or '+' or '.' or 'e' or 'E'))
            _position++;
        var digits = _text.Substring(start, _position - start);
        if (long.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var integer))
        {
            value = integer;
            return true;
        }

        var parsed = double.TryParse(digits, NumberStyles.Float, CultureInfo.InvariantCulture, out var number);
        value = number;
        return parsed;
    }

    private bool TryWord(string word)
    {
        if (string.CompareOrdinal(_text, _position, word, 0, word.Length) != 0)
            return false;
        _position += word.Length;
        return true;
    }

    private bool EndNested()
    {
        _depth--;
        return true;
    }

    private bool Skip(char c)
    {
        SkipSpace();
        if (_position >= _text.Length || _text[_position] != c)
            return false;
        _position++;
        return true;
    }

    private void SkipSpace()
    {
        while (_position < _text.Length && _text[_position] is (' ' or '\t' or '\n' or '\r'))
            _position++;
    }
}
