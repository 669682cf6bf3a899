using System.Text;
using System.Text.Json.Nodes;

namespace TelemetryKit.Core.Tests.Parsing;

/// <summary>Random metadata within all limits, without keys that have a meaning.</summary>
internal static class RandomJson
{
    private static readonly string[] Alphabet =
        ["a", "b", "Z", "_", " ", "\"", "\\", "/", "\n", "\t", "\u001f", "é", "构", "🎉", "\u2028", "\u007f", "<", "'"];

    public static JsonObject Object(Random random, string extra)
    {
        var metadata = new JsonObject();
        for (var n = random.Next(6); n > 0; n--)
            metadata[$"k{n}{Text(random, 3, "")}"] = Value(random, 3, extra);
        return metadata;
    }

    private static JsonNode? Value(Random random, int depth, string extra) => random.Next(depth > 0 ? 9 : 7) switch
    {
        0 => null,
        1 => random.Next(2) == 0,
        2 => random.NextInt64(-999_999_999_999, 999_999_999_999),
        // Smaller than card numbers, of which one in ten would be scrubbed.
        3 => random.NextDouble() * Math.Pow(10, random.Next(-20, 12)),
        4 => random.Next(10),
        5 => Text(random, random.Next(200), extra),
        6 => Text(random, 4, extra),
        7 => new JsonArray([.. Enumerable.Range(0, random.Next(6)).Select(_ => Value(random, depth - 1, extra))]),
        _ => new JsonObject(Enumerable.Range(0, random.Next(4))
            .Select(i => KeyValuePair.Create($"{i}{Text(random, 2, "")}", Value(random, depth - 1, extra)))),
    };

    private static string Text(Random random, int length, string extra)
    {
        var text = new StringBuilder();
        for (var i = 0; i < length; i++)
            text.Append(Alphabet[random.Next(Alphabet.Length)]);
        if (random.Next(3) == 0)
            text.Append(extra);
        return text.ToString();
    }
}
