using System.Text;

namespace TelemetryKit.Core.Tests.Parsing;

/// <summary>
/// Mutates request bodies: some mutations are random, others use the syntax of JSON and batches. Deterministic for a seed.
/// </summary>
internal sealed class Mutator(int seed)
{
    /// <summary>The number of values at the end that are not valid JSON.</summary>
    private const int InvalidValues = 6;

    private static readonly string[] Values =
    [
        "null", "true", "false", "0", "-1", "1e999", "-1E-999", "0.1e+5", new string('9', 400), "1" + new string('0', 70),
        "\"\"", "\"x\"", "\"\\ud800\"", "\"\\udc00\\ud800\"", "\"\\u0000\"", "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"",
        "\"" + new string('x', 1_100) + "\"", "\"" + new string('é', 130) + "\"", "\"alice@example.com\"", "\"/home/alice\"",
        "\"10.0.0.1\"", "4111111111111111", "{}", "[]", "[[[[[[1]]]]]]", "{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":1}}}}}",
        "{\"k\":1,\"k\":2}", "\"2026-11-20T10:30:00Z\"", "\"9999-12-31T23:59:59Z\"", "\"0001-01-01T00:00:00+23:59\"",
        "\"019a8c1e-7d2b-7f00-8a4e-0123456789ab\"",
        "\"00000000-0000-0000-0000-000000000000\"", "[1,\"a\",true,null,{\"a\":[]},[1]]", "\"\\u0065\"",
        new string('[', 80) + new string(']', 80), "NaN", "'x'", "01", "+1", "\"",
    ];

    private static readonly string[] Names =
    [
        "events", "batch_id", "service_name", "service_version", "sdk", "sent_at", "context",
        "event_id", "event_type", "timestamp", "user_id", "session_id", "success", "duration_ms", "metadata",
        "command", "name", "os", "ci", "actor", "\\u0065vents", "\\ud800", "", "a@example.com", "b@example.com", "[email]",
    ];

    private static readonly byte[][] InvalidUtf8 =
        [[0xff], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xf5, 0x80, 0x80, 0x80], [0xe2, 0x82], [0x80], [0xef, 0xbb, 0xbf], [0]];

    private readonly Random _random = new(seed);

    public byte[] Mutate(byte[] body)
    {
        var bytes = new List<byte>(body);
        // Two bodies in three remain valid JSON, because otherwise their events would rarely be parsed.
        var keepsSyntax = _random.Next(3) > 0;
        for (var mutations = _random.Next(1, 5); mutations > 0 && bytes.Count > 0; mutations--)
            MutateOnce(bytes, keepsSyntax);
        return [.. bytes];
    }

    private void MutateOnce(List<byte> bytes, bool keepsSyntax)
    {
        var at = _random.Next(bytes.Count);
        switch (_random.Next(keepsSyntax ? 7 : 0, 12))
        {
            case 0:
                bytes[at] ^= (byte)(1 << _random.Next(8));
                break;
            case 1:
                bytes[at] = (byte)_random.Next(256);
                break;
            case 2:
                bytes.RemoveRange(at, Math.Min(_random.Next(1, 20), bytes.Count - at));
                break;
            case 3:
                bytes.RemoveRange(at, bytes.Count - at);
                break;
            case 4:
                var copy = bytes.GetRange(at, Math.Min(_random.Next(1, 300), bytes.Count - at));
                bytes.InsertRange(_random.Next(bytes.Count + 1), copy);
                break;
            case 5:
                bytes.InsertRange(at, InvalidUtf8[_random.Next(InvalidUtf8.Length)]);
                break;
            case 6:
                bytes[at] = "{}[],:\"\\ \n"u8[_random.Next(10)];
                break;
            case 7 or 8:
                ReplaceValue(bytes, at, Value(keepsSyntax));
                break;
            case 9:
                ReplaceName(bytes, at);
                break;
            default:
                InsertMember(bytes, at, Value(keepsSyntax));
                break;
        }
    }

    private string Value(bool keepsSyntax) => Values[_random.Next(keepsSyntax ? Values.Length - InvalidValues : Values.Length)];

    private static void ReplaceValue(List<byte> bytes, int near, string value)
    {
        // The colon of a member whose value is not an object or array; a colon inside a string has no quote before it.
        var colon = near;
        do
            colon = bytes.IndexOf((byte)':', colon + 1);
        while (colon > 0 && colon + 1 < bytes.Count && (bytes[colon - 1] != '"' || bytes[colon + 1] is (byte)'{' or (byte)'['));
        if (colon < 0)
            return;
        var end = colon + 1;
        while (end < bytes.Count && !",}]"u8.Contains(bytes[end]))
            end++;
        bytes.RemoveRange(colon + 1, end - colon - 1);
        bytes.InsertRange(colon + 1, Encoding.UTF8.GetBytes(value));
    }

    private void ReplaceName(List<byte> bytes, int near)
    {
        var colon = near;
        do
            colon = bytes.IndexOf((byte)':', colon + 1);
        while (colon > 0 && bytes[colon - 1] != '"');
        var start = colon < 2 ? -1 : bytes.LastIndexOf((byte)'"', colon - 2);
        if (start < 0)
            return;
        bytes.RemoveRange(start, colon - start);
        bytes.InsertRange(start, Encoding.UTF8.GetBytes($"\"{Names[_random.Next(Names.Length)]}\""));
    }

    private void InsertMember(List<byte> bytes, int near, string value)
    {
        var brace = bytes.IndexOf((byte)'{', near);
        if (brace >= 0)
            bytes.InsertRange(brace + 1, Encoding.UTF8.GetBytes($"\"{Names[_random.Next(Names.Length)]}\":{value},"));
    }
}
