using System.Collections;
using System.Globalization;

namespace TelemetryKit.Json;

/// <summary>Writes untyped values as JSON: those that <see cref="JsonReader"/> returns, and metadata.</summary>
internal static class JsonText
{
    public static void Metadata(Utf8Buffer json, TelemetryMetadata metadata)
    {
        var separator = "{";
        foreach (var entry in metadata)
        {
            json.Ascii(separator);
            json.String(entry.Key);
            json.Byte((byte)':');
            Value(json, entry.Value.ToObject());
            separator = ",";
        }

        json.Ascii(separator == "{" ? "{}" : "}");
    }

    public static void Value(Utf8Buffer json, object? value)
    {
        switch (value)
        {
            case null:
                json.Ascii("null");
                break;
            case string text:
                json.String(text);
                break;
            case bool boolean:
                json.Boolean(boolean);
                break;
            case long integer:
                json.Integer(integer);
                break;
            case int integer:
                json.Integer(integer);
                break;
            case double number:
                json.Number(number);
                break;
            case IEnumerable<KeyValuePair<string, object?>> members:
                Object(json, members);
                break;
            case IEnumerable items:
                List(json, items);
                break;
            default:
                json.String(Convert.ToString(value, CultureInfo.InvariantCulture) ?? "");
                break;
        }
    }

    private static void Object(Utf8Buffer json, IEnumerable<KeyValuePair<string, object?>> members)
    {
        var separator = "{";
        foreach (var member in members)
        {
            json.Ascii(separator);
            json.String(member.Key);
            json.Byte((byte)':');
            Value(json, member.Value);
            separator = ",";
        }

        json.Ascii(separator == "{" ? "{}" : "}");
    }

    private static void List(Utf8Buffer json, IEnumerable items)
    {
        var separator = "[";
        foreach (var item in items)
        {
            json.Ascii(separator);
            Value(json, item);
            separator = ",";
        }

        json.Ascii(separator == "[" ? "[]" : "]");
    }
}
