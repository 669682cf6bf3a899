using System.Text;

namespace TelemetryKit.Json;

/// <summary>Indents valid JSON for display.</summary>
internal static class JsonIndenter
{
    public static string Indent(string json)
    {
        var text = new StringBuilder(json.Length * 2);
        var depth = 0;
        var inString = false;
        for (var i = 0; i < json.Length; i++)
        {
            var c = json[i];
            if (inString)
            {
                text.Append(c);
                if (c == '\\')
                    text.Append(json[++i]);
                else if (c == '"')
                    inString = false;
                continue;
            }

            if (c is '}' or ']')
                NewLine(text, --depth);
            text.Append(c);
            if (c == '"')
                inString = true;
            else if (c is '{' or '[')
                NewLine(text, ++depth);
            else if (c == ',')
                NewLine(text, depth);
            else if (c == ':')
                text.Append(' ');
        }

        return text.ToString();
    }

    private static void NewLine(StringBuilder text, int depth) => text.Append('\n').Append(' ', depth * 2);
}
